/* SPDX-License-Identifier: BSD-3-Clause */
/* What libvmrpc promises and libtirpc 1.3.3 does not do; not run with plain libtirpc. */
#include <signal.h>

#include "fixture.h"

static volatile sig_atomic_t n_signals;
static CLIENT* handle_of_handler;
static enum clnt_stat stat_of_handler;

static void call_in_handler(int number) {
  (void)number;
  n_signals++;
  stat_of_handler =
      service_call(handle_of_handler, SERVICE_NULL, XDR_NOTHING, NULL, XDR_NOTHING, NULL);
}

/* libtirpc lets the signal in while it holds the lock of all handles, and hangs. */
static void assert_calls_in_handlers_return(void) {
  struct sigaction action = {.sa_handler = call_in_handler};
  sigaction(SIGUSR1, &action, NULL);
  n_signals = 0;
  for (int i = 1; i <= 20; i++) {
    CU_ASSERT_EQUAL(service_call(clnt, SERVICE_SIGNAL, XDR_NOTHING, NULL, XDR_NOTHING, NULL),
                    RPC_SUCCESS);
    /* The answer may be seen before the signal that was sent first. */
    deadline_t deadline = deadline_in_ms(5000);
    while (n_signals != i && deadline_left_ms(deadline) > 0) continue;
    CU_ASSERT_EQUAL(n_signals, i);
  }
}

static void a_handler_may_call_on_another_handle(void) {
  struct service_options options = plain_options();
  struct service other = service_start(&options);
  handle_of_handler = connect_warm(&other, SERVICE_PROG, SERVICE_VERS);
  stat_of_handler = RPC_FAILED;
  assert_calls_in_handlers_return();
  CU_ASSERT_EQUAL(stat_of_handler, RPC_SUCCESS);
  clnt_destroy(handle_of_handler);
  service_end(&other);
}

/* The call inside may fail, the call outside succeeds. */
static void a_handler_may_call_on_the_same_handle(void) {
  handle_of_handler = clnt;
  assert_calls_in_handlers_return();
  assert_works(clnt);
}

/* libtirpc takes the next answer for the one that never came, and the next call times out as well.
 */
static void a_handle_survives_a_call_that_is_never_answered(void) {
  for (u_int i = 0; i < 3; i++) {
    u_int result = 0;
    CU_ASSERT_EQUAL(clnt_call(clnt, SERVICE_NO_REPLY, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int,
                              (char*)&result, ((struct timeval){0, 20000})),
                    RPC_TIMEDOUT);
    CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), 2 * i + 2);
  }
}

CU_TestInfo beyond_tests[] = {
    {"a signal handler may call on another handle", a_handler_may_call_on_another_handle},
    {"a signal handler that calls on the same handle does not hang",
     a_handler_may_call_on_the_same_handle},
    {"a handle stays usable after a call that is never answered",
     a_handle_survives_a_call_that_is_never_answered},
    CU_TEST_INFO_NULL,
};
