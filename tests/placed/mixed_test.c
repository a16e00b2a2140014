/* SPDX-License-Identifier: BSD-3-Clause */
/* Placed calls beside everything else that programs do with Sun RPC. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fixture.h"
#include "revised.h"

static void preset_results_are_filled(void) {
  char label[65], data[64];
  double numbers[8];
  bulk sent = small_bulk(), got = {label, {sizeof data, data}, {8, numbers}};
  struct rpc_vm_stats before = stats_of(clnt);
  CU_ASSERT_EQUAL_FATAL(placed_echo_1(&sent, &got, clnt), RPC_SUCCESS);
  CU_ASSERT_PTR_EQUAL(got.label, label);
  CU_ASSERT_PTR_EQUAL(got.data.data_val, data);
  CU_ASSERT_PTR_EQUAL(got.numbers.numbers_val, numbers);
  CU_ASSERT_TRUE(bulk_equal(&sent, &got));
  assert_placed(clnt, before, 1);
}

static void hand_written_xdr_inside(void) {
  static char zone[] = "CET", text[] = "a letter";
  mail sent = {{77, zone}, text};
  for (int i = 0; i < 3; i++) {
    mail got = {{0, NULL}, NULL};
    struct rpc_vm_stats before = stats_of(clnt);
    CU_ASSERT_EQUAL_FATAL(placed_mail_1(&sent, &got, clnt), RPC_SUCCESS);
    CU_ASSERT_EQUAL(got.when.seconds, 78);
    CU_ASSERT_STRING_EQUAL(got.when.zone, zone);
    CU_ASSERT_STRING_EQUAL(got.text, text);
    if (i > 0) assert_placed(clnt, before, 1);
    clnt_freeres(clnt, (xdrproc_t)xdr_mail, (caddr_t)&got);
  }
}

/* The bounds differ, and with them the fingerprints: it is XDR's to decide, each time. */
static void another_revision_uses_xdr(void) {
  bulk sent = small_bulk();
  revised_bulk revised = {sent.label, {sent.data.data_len, sent.data.data_val}, {0, NULL}};
  CLIENT* handle = connect_to_port(server.port);
  CU_ASSERT_EQUAL(clnt_vm_upgrade(handle, (struct timeval){20, 0}), RPC_SUCCESS);
  struct rpc_vm_stats before = stats_of(handle);
  for (int i = 0; i < 5; i++) {
    revised_bulk got = {0};
    CU_ASSERT_EQUAL_FATAL(clnt_call(handle, PLACED_ECHO, (xdrproc_t)xdr_revised_bulk,
                                    (caddr_t)&revised, (xdrproc_t)xdr_revised_bulk, (caddr_t)&got,
                                    ((struct timeval){20, 0})),
                          RPC_SUCCESS);
    CU_ASSERT_STRING_EQUAL(got.label, sent.label);
    CU_ASSERT_EQUAL(got.data.data_len, sent.data.data_len);
    CU_ASSERT_EQUAL(memcmp(got.data.data_val, sent.data.data_val, sent.data.data_len), 0);
    clnt_freeres(handle, (xdrproc_t)xdr_revised_bulk, (caddr_t)&got);
  }
  assert_xdr(handle, before, 5);
  clnt_destroy(handle);
  before = stats_of(clnt);
  assert_echoes(clnt, &sent);
  assert_placed(clnt, before, 1);
}

/* Stubs of stock rpcgen here, of rpcgen-vm there. */
static void a_client_of_stock_stubs(void) {
  bulk sent = small_bulk();
  CLIENT* handle = connect_to_port(server.port);
  CU_ASSERT_EQUAL(clnt_vm_upgrade(handle, (struct timeval){20, 0}), RPC_SUCCESS);
  struct rpc_vm_stats before = stats_of(handle);
  tally server_before = tally_of(clnt);
  for (int i = 0; i < 5; i++) {
    bulk got = {0};
    CU_ASSERT_EQUAL_FATAL(clnt_call(handle, PLACED_ECHO, (xdrproc_t)xdr_stock_bulk, (caddr_t)&sent,
                                    (xdrproc_t)xdr_stock_bulk, (caddr_t)&got, ((struct timeval){20, 0})),
                          RPC_SUCCESS);
    CU_ASSERT_TRUE(bulk_equal(&sent, &got));
    clnt_freeres(handle, (xdrproc_t)xdr_stock_bulk, (caddr_t)&got);
  }
  assert_xdr(handle, before, 5);
  tally server_after = tally_of(clnt);
  CU_ASSERT_TRUE(server_after.calls_xdr - server_before.calls_xdr >= 5);
  clnt_destroy(handle);
}

static void a_server_of_stock_stubs(void) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                           .sin_port = htons((uint16_t)server.port)};
  int fd = RPC_ANYSOCK;
  CLIENT* handle = clnttcp_create(&to, STOCK_PROG, STOCK_VERS, &fd, 0, 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(handle);
  CU_ASSERT_EQUAL(clnt_vm_upgrade(handle, (struct timeval){20, 0}), RPC_SUCCESS);
  struct rpc_vm_stats before = stats_of(handle);
  bulk sent = small_bulk();
  for (int i = 0; i < 5; i++) assert_echoes(handle, &sent);
  assert_xdr(handle, before, 5);
  clnt_destroy(handle);
}

static enum clnt_stat echo_revised(CLIENT* handle, bulk* sent, revised_bulk* got) {
  return clnt_call(handle, PLACED_ECHO, (xdrproc_t)xdr_bulk, (caddr_t)sent, (xdrproc_t)xdr_revised_bulk,
                   (caddr_t)got, ((struct timeval){20, 0}));
}

/* Results that were placed so far are decoded as another type: only XDR can do that. */
static void one_procedure_decoded_as_two_types(void) {
  bulk sent = small_bulk();
  for (int i = 0; i < 4; i++) {
    struct rpc_vm_stats before = stats_of(clnt);
    revised_bulk got = {0};
    CU_ASSERT_EQUAL_FATAL(echo_revised(clnt, &sent, &got), RPC_SUCCESS);
    CU_ASSERT_STRING_EQUAL(got.label, sent.label);
    CU_ASSERT_EQUAL_FATAL(got.data.data_len, sent.data.data_len);
    CU_ASSERT_EQUAL(memcmp(got.data.data_val, sent.data.data_val, sent.data.data_len), 0);
    clnt_freeres(clnt, (xdrproc_t)xdr_revised_bulk, (caddr_t)&got);
    assert_echoes(clnt, &sent);
    assert_placed(clnt, before, 2); /* the arguments are as before */
  }
  struct rpc_vm_stats before = stats_of(clnt);
  node one = {1, sent.label, NULL};
  nodes list = &one, reversed = NULL;
  CU_ASSERT_EQUAL(placed_reverse_1(&list, &reversed, clnt), RPC_SUCCESS);
  assert_placed(clnt, before, 1); /* other procedures too */
  clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&reversed);
}

/* What one revision allows and the other does not is refused as with stock. */
static void a_bound_that_is_exceeded_is_refused(void) {
  char label[64];
  memset(label, 'x', 63);
  label[63] = '\0';
  bulk sent = small_bulk();
  sent.label = label;
  assert_echoes(clnt, &sent); /* 63 of 64 */
  CLIENT* handle = connect_to_port(server.port);
  CU_ASSERT_EQUAL(clnt_vm_upgrade(handle, (struct timeval){20, 0}), RPC_SUCCESS);
  revised_bulk got = {0};
  CU_ASSERT_EQUAL(clnt_call(handle, PLACED_ECHO, (xdrproc_t)xdr_bulk, (caddr_t)&sent,
                            (xdrproc_t)xdr_revised_bulk, (caddr_t)&got, ((struct timeval){20, 0})),
                  RPC_CANTDECODERES);
  clnt_destroy(handle);
  assert_echoes(clnt, &sent);
}

static void batched_calls(void) {
  bulk sent = small_bulk();
  tally before = tally_of(clnt), after;
  for (int i = 0; i < 300; i++)
    CU_ASSERT_EQUAL(clnt_call(clnt, PLACED_NOTE, (xdrproc_t)xdr_bulk, (caddr_t)&sent, NULL, NULL,
                              ((struct timeval){0, 0})),
                    RPC_SUCCESS);
  after = tally_of(clnt);
  CU_ASSERT_EQUAL(after.notes - before.notes, 300);
  CU_ASSERT_EQUAL(after.noted_bytes - before.noted_bytes, 300 * sent.data.data_len);
  struct rpc_vm_stats stats = stats_of(clnt);
  CU_ASSERT_EQUAL(stats.batched, 300);
  for (int i = 0; i < 10; i++)
    clnt_call(clnt, PLACED_NOTE, (xdrproc_t)xdr_bulk, (caddr_t)&sent, NULL, NULL,
              ((struct timeval){0, 0}));
  CU_ASSERT_EQUAL(stats_of(clnt).calls_placed - stats.calls_placed, 10);
  CU_ASSERT_EQUAL(tally_of(clnt).notes - after.notes, 10);
}

static void auth_sys(void) {
  static char machine[] = "machine";
  AUTH* none = clnt->cl_auth;
  clnt->cl_auth = authunix_create(machine, 4711, 1, 0, NULL);
  CU_ASSERT_EQUAL(tally_of(clnt).uid, 4711);
  struct rpc_vm_stats before = stats_of(clnt);
  bulk sent = small_bulk();
  assert_echoes(clnt, &sent);
  assert_placed(clnt, before, 1);
  auth_destroy(clnt->cl_auth);
  clnt->cl_auth = none;
}

/* -N: several arguments are one type. */
static void arguments_by_value(void) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                           .sin_port = htons((uint16_t)server.port)};
  int fd = RPC_ANYSOCK;
  static char left[] = "left", right[] = "right", bytes[100000];
  CLIENT* handle = clnttcp_create(&to, BY_VALUE_PROG, BY_VALUE_VERS, &fd, 0, 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(handle);
  CU_ASSERT_EQUAL(clnt_vm_upgrade(handle, (struct timeval){20, 0}), RPC_SUCCESS);
  pair a = {left, {sizeof bytes, bytes}}, b = {right, {3, bytes}};
  for (int i = 0; i < 6; i++) {
    struct rpc_vm_stats before = stats_of(handle);
    pair* got = by_value_swap_1(a, i % 2, b, handle);
    CU_ASSERT_PTR_NOT_NULL_FATAL(got);
    CU_ASSERT_STRING_EQUAL(got->left, i % 2 ? right : left);
    CU_ASSERT_EQUAL(got->right.right_len, i % 2 ? 3 : sizeof bytes);
    if (i > 1) assert_placed(handle, before, 1);
    clnt_freeres(handle, (xdrproc_t)xdr_pair, (caddr_t)got);
  }
  clnt_destroy(handle);
}

static void* serve_relay(void* arg) {
  (void)arg;
  svc_run();
  return NULL;
}

static void a_server_calls_its_client_back(void) {
  pthread_t thread;
  struct rpc_vm_stats stats_before = stats_of(clnt);
  SVCXPRT* xprt = serve_here();
  relay sent = {xprt->xp_port, small_bulk()};
  pthread_create(&thread, NULL, serve_relay, NULL);
  bulk got = {0};
  struct rpc_vm_stats before, after;
  rpc_vm_getstats(&before, sizeof before);
  CU_ASSERT_EQUAL_FATAL(placed_relay_1(&sent, &got, clnt), RPC_SUCCESS);
  CU_ASSERT_TRUE(bulk_equal(&sent.load, &got));
  FREE_BULK(clnt, &got);
  pthread_join(thread, NULL);
  rpc_vm_getstats(&after, sizeof after); /* the relay itself was the first of its type, in XDR */
  CU_ASSERT_TRUE(after.calls_placed > before.calls_placed);
  CU_ASSERT_EQUAL(stats_of(clnt).calls_tcp, stats_before.calls_tcp);
}

/* The heap has 2 MiB: what does not fit is encoded, and what fits is placed again. */
static void larger_than_the_heap(void) {
  const u_int nbytes = 6000000;
  bulk large = small_bulk(), small = small_bulk();
  large.data.data_len = nbytes;
  large.data.data_val = malloc(nbytes);
  for (u_int i = 0; i < nbytes; i++) large.data.data_val[i] = (char)(i * 3);
  struct rpc_vm_stats before = stats_of(clnt);
  for (int i = 0; i < 3; i++) assert_echoes(clnt, &large);
  assert_xdr(clnt, before, 3);
  before = stats_of(clnt);
  assert_echoes(clnt, &small);
  assert_placed(clnt, before, 1);
  free(large.data.data_val);
}

static void blocks_larger_than_the_heap(void) {
  char* blocks[8];
  for (int i = 0; i < 8; i++) {
    blocks[i] = clnt_vm_alloc(clnt, 500000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(blocks[i]);
    memset(blocks[i], 'a' + i, 500000);
  }
  bulk sent = small_bulk();
  sent.data.data_len = 500000;
  for (int i = 0; i < 8; i++) {
    sent.data.data_val = blocks[i];
    assert_echoes(clnt, &sent);
    rpc_vm_free(blocks[i]);
  }
}

/* With too little address space for windows, calls go through shared memory, in XDR, and the reason is told. */
static void without_a_window(void) {
  struct rlimit limit, narrow;
  unsigned long pages = 0;
  FILE* file = fopen("/proc/self/statm", "re");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  CU_ASSERT_EQUAL(fscanf(file, "%lu", &pages), 1);
  fclose(file);
  getrlimit(RLIMIT_AS, &limit);
  narrow = limit;
  narrow.rlim_cur = pages * 4096 + (16 << 20);
  setrlimit(RLIMIT_AS, &narrow);
  CLIENT* handle = connect_to_port(server.port);
  enum clnt_stat stat = clnt_vm_upgrade(handle, (struct timeval){PATIENCE_MS / 1000, 0});
  setrlimit(RLIMIT_AS, &limit);
  struct rpc_vm_info info;
  CU_ASSERT_EQUAL_FATAL(stat, RPC_SUCCESS);
  CU_ASSERT_TRUE(clnt_vm_getinfo(handle, &info, sizeof info));
  CU_ASSERT_EQUAL(info.transport, RPC_VM_LOCAL);
  CU_ASSERT_EQUAL(info.encodings, RPC_VM_ENC_XDR);
  CU_ASSERT_EQUAL(info.reason, RPC_VM_NO_WINDOW);
  bulk sent = small_bulk();
  struct rpc_vm_stats before = stats_of(handle);
  for (int i = 0; i < 3; i++) assert_echoes(handle, &sent);
  assert_xdr(handle, before, 3);
  clnt_destroy(handle);
}

CU_TestInfo mixed_tests[] = {
    {"preset results are filled", preset_results_are_filled},
    {"hand-written XDR inside a placed type", hand_written_xdr_inside},
    {"another revision of the .x file uses XDR", another_revision_uses_xdr},
    {"a client of stock stubs, a server of rpcgen-vm's", a_client_of_stock_stubs},
    {"a client of rpcgen-vm's stubs, a server of stock ones", a_server_of_stock_stubs},
    {"one procedure decoded as two types", one_procedure_decoded_as_two_types},
    {"a bound that is exceeded is refused", a_bound_that_is_exceeded_is_refused},
    {"batched calls", batched_calls},
    {"AUTH_SYS", auth_sys},
    {"arguments by value", arguments_by_value},
    {"without a window", without_a_window},
    {"a server that calls its client back", a_server_calls_its_client_back},
    CU_TEST_INFO_NULL,
};
CU_TestInfo small_heap_tests[] = {
    {"values larger than the heap", larger_than_the_heap},
    {"blocks larger than the heap", blocks_larger_than_the_heap},
    CU_TEST_INFO_NULL,
};
