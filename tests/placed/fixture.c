/* SPDX-License-Identifier: BSD-3-Clause */
/* Set-up and tear-down of each test. */
#include "fixture.h"

struct server server;
CLIENT* clnt;

void fixture_set_up(void) {
  static const struct policy copies = {.in_place = false};
  server = server_start(&copies);
  clnt = connect_placed(&server);
}

void fixture_tear_down(void) {
  if (clnt != NULL) clnt_destroy(clnt);
  clnt = NULL;
  server_end(&server);
}

void start_again(const struct policy* policy, bool in_place) {
  fixture_tear_down();
  server = server_start(policy);
  clnt = connect_placed(&server);
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, in_place));
}

struct rpc_vm_stats stats_of(CLIENT* handle) {
  struct rpc_vm_stats stats;
  CU_ASSERT_TRUE(clnt_vm_getstats(handle, &stats, sizeof stats));
  return stats;
}

tally tally_of(CLIENT* handle) {
  tally result = {0};
  CU_ASSERT_EQUAL(placed_tally_1(NULL, &result, handle), RPC_SUCCESS);
  return result;
}

bulk small_bulk(void) {
  static char label[] = "small", data[] = "some bytes";
  static double numbers[] = {0.5, -1.25, 3};
  return (bulk){label, {sizeof data, data}, {3, numbers}};
}

void assert_echoes(CLIENT* handle, bulk* sent) {
  bulk got = {0};
  CU_ASSERT_EQUAL_FATAL(placed_echo_1(sent, &got, handle), RPC_SUCCESS);
  CU_ASSERT_TRUE(bulk_equal(sent, &got));
  CU_ASSERT_TRUE(FREE_BULK(handle, &got));
}

void assert_placed(CLIENT* handle, struct rpc_vm_stats before, unsigned n) {
  struct rpc_vm_stats now = stats_of(handle);
  CU_ASSERT_EQUAL(now.calls_placed - before.calls_placed, n);
  CU_ASSERT_EQUAL(now.calls_xdr, before.calls_xdr);
  CU_ASSERT_EQUAL(now.calls_tcp, before.calls_tcp);
}

void assert_xdr(CLIENT* handle, struct rpc_vm_stats before, unsigned n) {
  struct rpc_vm_stats now = stats_of(handle);
  CU_ASSERT_EQUAL(now.calls_xdr - before.calls_xdr, n);
  CU_ASSERT_EQUAL(now.calls_placed, before.calls_placed);
  CU_ASSERT_EQUAL(now.calls_tcp, before.calls_tcp);
}

/* More than a frame holds: nothing of that stays, so the last node is looked at. */
static nodes long_list(void) {
  enum { LENGTH = 100 };
  static char name[] = "a name";
  static node all[LENGTH];
  for (int i = 0; i < LENGTH; i++) all[i] = (node){i, name, i + 1 < LENGTH ? &all[i + 1] : NULL};
  return all;
}

/* The first may tell the other end that we take it. */
static nodes reverse_twice(CLIENT* handle) {
  nodes list = long_list(), got = NULL;
  CU_ASSERT_EQUAL_FATAL(placed_reverse_1(&list, &got, handle), RPC_SUCCESS);
  clnt_freeres(handle, (xdrproc_t)xdr_nodes, (caddr_t)&got);
  CU_ASSERT_EQUAL_FATAL(placed_reverse_1(&list, &got, handle), RPC_SUCCESS);
  return got;
}

void assert_lists_stay(CLIENT* handle, bool stays) {
  CU_ASSERT_TRUE(clnt_vm_setinplace(handle, TRUE));
  nodes got = reverse_twice(handle);
  const node* last = last_of(got);
  CU_ASSERT_EQUAL(lies_in_shared_memory(last), stays);
  CU_ASSERT_EQUAL(lies_in_shared_memory(last->name), stays);
  CU_ASSERT_EQUAL(last->id, 0);
  CU_ASSERT_STRING_EQUAL(last->name, "a name");
  clnt_freeres(handle, (xdrproc_t)xdr_nodes, (caddr_t)&got);
  CU_ASSERT_EQUAL(stats_of(handle).releases_held, 0);
}

void assert_argument_lists_stay(CLIENT* handle, bool stays) {
  nodes got = reverse_twice(handle);
  CU_ASSERT_EQUAL(tally_of(handle).list_stayed, stays);
  clnt_freeres(handle, (xdrproc_t)xdr_nodes, (caddr_t)&got);
}
