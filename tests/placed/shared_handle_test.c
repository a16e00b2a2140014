/* SPDX-License-Identifier: BSD-3-Clause */
/* What threads share while several of their calls are on their way: the handle's time-out, XIDs, signal handlers. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "call_thread.h"
#include "tests/support/deadline.h"

/* As a program without rpcgen-vm has it: encoded, and streamed when it is large. */
static bool_t xdr_by_hand(XDR* xdrs, bulk* value) {
  return xdr_string(xdrs, &value->label, ~0u) &&
         xdr_bytes(xdrs, &value->data.data_val, &value->data.data_len, ~0u) &&
         xdr_array(xdrs, (char**)&value->numbers.numbers_val, &value->numbers.numbers_len, ~0u, sizeof(double),
                   (xdrproc_t)xdr_double);
}

/* A large answer takes several waits, none of which may be cut short by what another call wants. */
static void a_call_that_waits_not_leaves_others_their_time(void) {
  struct call held = call_of(PLACED_HOLD, 10 * LARGE), hasty = call_of(PLACED_ECHO, SMALL);
  CU_ASSERT_TRUE(clnt_vm_setspin(clnt, 0)); /* so that it sleeps for parts of the answer */
  held.xdr = (xdrproc_t)xdr_by_hand;
  hasty.timeout_ms = 0;
  begin(&held);
  await_server();
  make_call(&hasty);
  CU_ASSERT_EQUAL(hasty.stat, RPC_TIMEDOUT);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  CU_ASSERT_EQUAL(stats_of(clnt).calls_tcp, 0);
}

/* The call in front reads no more of it than whose it is. */
static void a_large_answer_goes_on_in_its_own_thread(void) {
  struct call apart;
  want wanted = {LARGE, FALSE};
  begin_call(&apart, PLACED_APART, SMALL);
  await_server();
  for (int i = 0; i < 3; i++) {
    bulk got = {0};
    CU_ASSERT_EQUAL(clnt_call(clnt, PLACED_MAKE, (xdrproc_t)xdr_want, (caddr_t)&wanted, (xdrproc_t)xdr_by_hand,
                              (caddr_t)&got, ((struct timeval){PATIENCE_MS / 1000, 0})),
                    RPC_SUCCESS);
    CU_ASSERT_EQUAL(got.data.data_len, LARGE);
    clnt_freeres(clnt, (xdrproc_t)xdr_by_hand, (caddr_t)&got);
  }
  CU_ASSERT_FALSE(apart.has_ended);
  let_server_go_on();
  end(&apart, RPC_SUCCESS);
}

static void a_call_keeps_the_time_that_it_was_given(void) {
  struct timeval now = {0, 0};
  struct call held;
  begin_call(&held, PLACED_HOLD, SMALL);
  await_server();
  CU_ASSERT_TRUE(clnt_control(clnt, CLSET_TIMEOUT, (char*)&now));
  let_server_go_on();
  end(&held, RPC_SUCCESS);
}

static CLIENT* second_handle(void) {
  struct netbuf address = {0};
  int fd = -1;
  CU_ASSERT_TRUE_FATAL(clnt_control(clnt, CLGET_FD, (char*)&fd));
  CU_ASSERT_TRUE_FATAL(clnt_control(clnt, CLGET_SVC_ADDR, (char*)&address));
  CLIENT* second = clnt_vc_create(fd, &address, PLACED_PROG, PLACED_VERS, 0, 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(second);
  return second;
}

static void set_next_xid(CLIENT* handle, u_int32_t xid) {
  CU_ASSERT_TRUE(clnt_control(handle, CLSET_XID, (char*)&xid));
}

/* Each handle counts for itself; the second call is answered first. */
static void handles_that_count_alike_get_their_own_answers(void) {
  enum { XID = 0x1234 };
  CLIENT* second = second_handle();
  struct call held;
  set_next_xid(clnt, XID);
  begin_call(&held, PLACED_APART, SMALL);
  await_server();
  set_next_xid(second, XID);
  struct call behind = call_of(PLACED_ECHO, SMALL + 1);
  behind.handle = second;
  uint64_t before = n_sent();
  begin(&behind);
  await_sent(before + 1);
  end(&behind, RPC_SUCCESS);
  CU_ASSERT_FALSE(held.has_ended);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  clnt_destroy(second);
}

static volatile sig_atomic_t n_handled;
static enum clnt_stat stat_in_handler;
static struct rpc_err error_in_handler;
static bool settings_in_handler;

static void use_the_handle(int number) {
  int errno_before = errno;
  struct rpc_vm_stats stats;
  struct rpc_vm_info info;
  (void)number;
  stat_in_handler = placed_ping_1(NULL, NULL, clnt);
  clnt_geterr(clnt, &error_in_handler);
  settings_in_handler = clnt_vm_setspin(clnt, 50) && clnt_vm_getstats(clnt, &stats, sizeof stats) &&
                        clnt_vm_getinfo(clnt, &info, sizeof info) && info.transport != RPC_VM_SOCKET;
  errno = errno_before;
  n_handled++;
}

static void interrupt(struct call* call, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler}, before;
  sigaction(SIGUSR1, &action, &before);
  int wanted = n_handled + 1;
  CU_ASSERT_EQUAL(pthread_kill(call->thread, SIGUSR1), 0);
  deadline_t patience = deadline_in_ms(PATIENCE_MS);
  while (n_handled != wanted && deadline_left_ms(patience) > 0) sched_yield();
  CU_ASSERT_EQUAL(n_handled, wanted);
  sigaction(SIGUSR1, &before, NULL);
}

/* A call of its own would wait for the one that it interrupts; that it is refused is nobody else's error. */
static void assert_handler_may_use_the_handle(struct call* call) {
  interrupt(call, use_the_handle);
  CU_ASSERT_EQUAL(stat_in_handler, RPC_CANTSEND);
  CU_ASSERT_EQUAL(error_in_handler.re_errno, EDEADLK);
  CU_ASSERT_TRUE(settings_in_handler);
}

static void handlers_in_waiting_threads(void) {
  struct call held, behind[2];
  begin_behind(&held, behind, 2);
  assert_handler_may_use_the_handle(&held);
  assert_handler_may_use_the_handle(&behind[0]);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  for (int i = 0; i < 2; i++) end(&behind[i], RPC_SUCCESS);
}

static sigjmp_buf way_out;

static void leave(int number) {
  (void)number;
  n_handled++;
  siglongjmp(way_out, 1);
}

static struct call left;
static enum clnt_stat stat_after_leaving;
static _Atomic bool may_destroy;

/* libtirpc's lock would be held for ever; so is the place in line here. The handle says so, and can be destroyed. */
static void* leave_the_call(void* nothing) {
  if (sigsetjmp(way_out, 1) == 0) return make_call(&left);
  free(left.data);
  struct call again = call_of(PLACED_ECHO, SMALL);
  make_call(&again);
  stat_after_leaving = again.stat;
  while (!may_destroy) sched_yield();
  clnt_destroy(clnt);
  clnt = NULL;
  return nothing;
}

static void a_waiting_call_is_left_by_siglongjmp(void) {
  struct call held;
  begin_behind(&held, NULL, 0);
  uint64_t before = n_sent();
  left = call_of(PLACED_ECHO, SMALL);
  may_destroy = false;
  CU_ASSERT_EQUAL_FATAL(pthread_create(&left.thread, NULL, leave_the_call, NULL), 0);
  await_sent(before + 1);
  interrupt(&left, leave);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  may_destroy = true;
  CU_ASSERT_EQUAL(pthread_join(left.thread, NULL), 0);
  CU_ASSERT_EQUAL(stat_after_leaving, RPC_CANTSEND);
}

CU_TestInfo shared_handle_tests[] = {
    {"a call that waits for nothing leaves others their time", a_call_that_waits_not_leaves_others_their_time},
    {"a large answer goes on in its own thread", a_large_answer_goes_on_in_its_own_thread},
    {"a call keeps the time that it was given", a_call_keeps_the_time_that_it_was_given},
    {"handles that count alike get their own answers", handles_that_count_alike_get_their_own_answers},
    {"signal handlers in waiting threads", handlers_in_waiting_threads},
    {"a waiting call is left by siglongjmp", a_waiting_call_is_left_by_siglongjmp},
    CU_TEST_INFO_NULL,
};
