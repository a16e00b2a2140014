/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of rpc/vm.h that other tests have no use for. */
#include <sched.h>

#include "fixture.h"

static void echo_often(CLIENT* handle, int n_calls) {
  bulk sent = small_bulk();
  for (int i = 0; i < n_calls; i++) assert_echoes(handle, &sent);
}

static bool has_one_cpu(void) {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) == 1;
}

/* Waits that ended while looking, of so many calls. */
static uint64_t spins_won_in(CLIENT* handle, int n_calls) {
  uint64_t before = stats_of(handle).spins_won;
  echo_often(handle, n_calls);
  return stats_of(handle).spins_won - before;
}

static void a_handle_looks_as_long_as_it_is_told(void) {
  CU_ASSERT_TRUE(clnt_vm_setspin(clnt, 0));
  CU_ASSERT_EQUAL(spins_won_in(clnt, 50), 0);
  CU_ASSERT_TRUE(clnt_vm_setspin(clnt, 1000000));
  CU_ASSERT_TRUE(spins_won_in(clnt, 50) > 0 || has_one_cpu());
  CU_ASSERT_FALSE(clnt_vm_setspin(clnt, 1000001));
  CU_ASSERT_FALSE(clnt_vm_setspin(NULL, 0));
}

/* In the process at large; the last test, since nothing takes it back. */
static void handles_made_later_look_as_long_as_the_process_is_told(void) {
  CU_ASSERT_FALSE(rpc_vm_setspin(1000001));
  CU_ASSERT_TRUE(rpc_vm_setspin(0));
  CLIENT* later = connect_placed(&server);
  CU_ASSERT_EQUAL(spins_won_in(later, 50), 0);
  clnt_destroy(later);
  CU_ASSERT_TRUE(rpc_vm_setspin(1000000));
  later = connect_placed(&server);
  CU_ASSERT_TRUE(spins_won_in(later, 50) > 0 || has_one_cpu());
  clnt_destroy(later);
}

static void a_transport_tells_what_it_runs_on_and_what_it_counted(void) {
  CLIENT *other = connect_placed(&server), *socket = connect_to_port(server.port);
  tally before = tally_of(clnt);
  CU_ASSERT_EQUAL(before.transport, RPC_VM_LOCAL);
  CU_ASSERT_EQUAL(before.encodings, RPC_VM_ENC_XDR | RPC_VM_ENC_PLACED);
  echo_often(clnt, 5);
  echo_often(other, 7);
  tally after = tally_of(clnt);
  CU_ASSERT_EQUAL(after.own_calls - before.own_calls, 6); /* the tally is one */
  CU_ASSERT_EQUAL(after.calls_placed + after.calls_xdr - before.calls_placed - before.calls_xdr, 13);
  tally first = tally_of(socket);
  CU_ASSERT_EQUAL(first.transport, RPC_VM_SOCKET);
  CU_ASSERT_EQUAL(first.encodings, 0);
  CU_ASSERT_EQUAL(first.own_calls, 1);
  clnt_destroy(other);
  clnt_destroy(socket);
}

static void what_has_no_transport_tells_nothing(void) {
  struct rpc_vm_info info;
  struct rpc_vm_stats stats;
  CU_ASSERT_FALSE(svc_vm_getinfo(NULL, &info, sizeof info));
  CU_ASSERT_FALSE(svc_vm_getstats(NULL, &stats, sizeof stats));
}

static void transports_have_the_words_of_the_log(void) {
  CU_ASSERT_STRING_EQUAL(rpc_vm_strtransport(RPC_VM_LOCAL), "local");
  CU_ASSERT_STRING_EQUAL(rpc_vm_strtransport(RPC_VM_XEN), "xen");
  CU_ASSERT_STRING_EQUAL(rpc_vm_strtransport(RPC_VM_IVSHMEM), "ivshmem");
  CU_ASSERT_STRING_EQUAL(rpc_vm_strtransport((enum rpc_vm_transport)99), "unknown");
}

CU_TestInfo api_tests[] = {
    {"a handle looks as long as it is told", a_handle_looks_as_long_as_it_is_told},
    {"a transport tells what it runs on and what it counted", a_transport_tells_what_it_runs_on_and_what_it_counted},
    {"what has no transport tells nothing", what_has_no_transport_tells_nothing},
    {"transports have the words of the log", transports_have_the_words_of_the_log},
    {"handles made later look as long as the process is told", handles_made_later_look_as_long_as_the_process_is_told},
    CU_TEST_INFO_NULL,
};
