/* SPDX-License-Identifier: BSD-3-Clause */
/* Set-up and tear-down of each test. */
#include "fixture.h"

struct server server;
CLIENT* clnt;

void fixture_set_up(void) {
  static const struct policy copies = {false, NULL};
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
