/* SPDX-License-Identifier: BSD-3-Clause */
/* What the environment says of placed values. Settings are read once, so each of these suites has a process of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"

/* --- VMRPC_TRUST=same-uid */

static void the_environment_is_believed(void) {
  assert_lists_stay(clnt, true);
  static const struct policy as_set = {.in_place = true};
  start_again(&as_set, false);
  assert_argument_lists_stay(clnt, true);
}

static void the_program_has_the_last_word(void) {
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "none"));
  assert_lists_stay(clnt, false);
  static const struct policy nobody = {.in_place = true, .trust = "none"};
  start_again(&nobody, false);
  assert_argument_lists_stay(clnt, false);
}

CU_TestInfo trusting_tests[] = {
    {"lists stay where they are", the_environment_is_believed},
    {"the program has the last word", the_program_has_the_last_word},
    CU_TEST_INFO_NULL,
};

/* --- VMRPC_PLACED_LIMITS */

static char log_path[] = "/tmp/placed-test-XXXXXX";

static void start_limited(const char* limits) {
  char log[64];
  int fd = mkstemp(strcpy(log_path, "/tmp/placed-test-XXXXXX"));
  CU_ASSERT_TRUE_FATAL(fd >= 0);
  close(fd);
  snprintf(log, sizeof log, "info:%s", log_path);
  const struct policy limited = {.limits = limits, .log = log};
  start_again(&limited, false);
}

static bool has_logged(const char* text) {
  char line[1024];
  bool has = false;
  FILE* log = fopen(log_path, "re");
  CU_ASSERT_PTR_NOT_NULL_FATAL(log);
  while (fgets(line, sizeof line, log) != NULL) has |= strstr(line, text) != NULL;
  fclose(log);
  return has;
}

static enum clnt_stat send_nest(u_int depth) {
  nest* nests = calloc(depth + 1, sizeof *nests);
  u_int answer = 0;
  CU_ASSERT_PTR_NOT_NULL_FATAL(nests);
  for (u_int i = 0; i < depth; i++) {
    nests[i].inner.inner_len = 1;
    nests[i].inner.inner_val = &nests[i + 1];
  }
  enum clnt_stat stat = placed_depth_1(nests, &answer, clnt);
  CU_ASSERT_EQUAL(answer, stat == RPC_SUCCESS ? depth : 0);
  free(nests);
  return stat;
}

/* The server was told of the type by an earlier call. */
static void assert_nest_is_placed(u_int depth, enum clnt_stat wanted) {
  struct rpc_vm_stats before = stats_of(clnt);
  CU_ASSERT_EQUAL(send_nest(depth), wanted);
  assert_placed(clnt, before, 1);
}

static void what_is_too_deep_is_refused(void) {
  bulk small = small_bulk();
  start_limited("depth:50");
  CU_ASSERT_EQUAL(send_nest(0), RPC_SUCCESS);
  assert_nest_is_placed(50, RPC_SUCCESS);
  CU_ASSERT_FALSE(has_logged("is refused"));
  assert_nest_is_placed(51, RPC_CANTDECODEARGS);
  CU_ASSERT_TRUE(has_logged("refused: VMRPC_PLACED_LIMITS, depth"));
  assert_echoes(clnt, &small); /* all else goes on */
  assert_nest_is_placed(50, RPC_SUCCESS);
  unlink(log_path);
}

static void with_more_depth_it_is_taken(void) {
  start_limited("depth:51");
  CU_ASSERT_EQUAL(send_nest(0), RPC_SUCCESS);
  assert_nest_is_placed(51, RPC_SUCCESS);
  unlink(log_path);
}

/* Three nodes that have one long name in common. */
static enum clnt_stat send_long_names(void) {
  const size_t length = 4 << 20;
  char* name = clnt_vm_alloc(clnt, length + 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL(name);
  memset(name, 'n', length);
  node third = {3, name, NULL}, second = {2, name, &third}, first = {1, name, &second};
  nodes list = &first, got = NULL;
  struct rpc_vm_stats before = stats_of(clnt);
  enum clnt_stat stat = placed_reverse_1(&list, &got, clnt);
  assert_placed(clnt, before, 1);
  CU_ASSERT_TRUE(stat != RPC_SUCCESS || strlen(got->name) == length);
  clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&got);
  rpc_vm_free(name);
  return stat;
}

static void what_takes_too_much_memory_is_refused(void) {
  start_limited("times:1,slack:0");
  CU_ASSERT_EQUAL(send_long_names(), RPC_CANTDECODEARGS);
  CU_ASSERT_TRUE(has_logged("refused: VMRPC_PLACED_LIMITS, times"));
  unlink(log_path);
}

static void with_more_times_it_is_taken(void) {
  start_limited("times:3,slack:0");
  CU_ASSERT_EQUAL(send_long_names(), RPC_SUCCESS);
  unlink(log_path);
}

static void what_is_not_understood_is_said(void) {
  start_limited("depth:none");
  CU_ASSERT_TRUE(has_logged("VMRPC_PLACED_LIMITS=depth:none is not understood"));
  CU_ASSERT_TRUE(has_logged("times:N, slack:SIZE, bytes-per-node:N, depth:N"));
  CU_ASSERT_EQUAL(send_nest(0), RPC_SUCCESS);
  assert_nest_is_placed(4000, RPC_SUCCESS);
  unlink(log_path);
}

CU_TestInfo limit_tests[] = {
    {"what is deeper than a server allows is refused", what_is_too_deep_is_refused},
    {"where that is allowed it is taken", with_more_depth_it_is_taken},
    {"what takes more memory than a server allows is refused", what_takes_too_much_memory_is_refused},
    {"where that much is allowed it is taken", with_more_times_it_is_taken},
    {"a limit that is not understood is said", what_is_not_understood_is_said},
    CU_TEST_INFO_NULL,
};

/* --- VMRPC_PLACED_LIMITS=depth:50 */

static void a_sender_leaves_what_is_deeper_to_xdr(void) {
  CU_ASSERT_EQUAL(send_nest(0), RPC_SUCCESS);
  assert_nest_is_placed(50, RPC_SUCCESS);
  struct rpc_vm_stats before = stats_of(clnt);
  CU_ASSERT_EQUAL(send_nest(51), RPC_SUCCESS);
  assert_xdr(clnt, before, 1);
}

CU_TestInfo short_limit_tests[] = {
    {"a sender leaves what is deeper to XDR", a_sender_leaves_what_is_deeper_to_xdr},
    CU_TEST_INFO_NULL,
};
