/* SPDX-License-Identifier: BSD-3-Clause */
/* Signal handlers that call, and that never come back. libtirpc 1.3.3 runs handlers while it holds
 * a lock of all connections, and hangs in the next call: only vmrpc is asked. */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "life.h"

static CLIENT *in_handler, *outside;
static volatile sig_atomic_t n_handled, n_good;
static sigjmp_buf way_out;

static void call_elsewhere(int number) {
  (void)number;
  n_good += works(in_handler);
  n_handled++;
}

static void leave(int number) {
  (void)number;
  n_handled++;
  siglongjmp(way_out, 1);
}

static void await_handler(int n) {
  deadline_t deadline = deadline_in_ms(PATIENCE_MS);
  while (n_handled < n && deadline_left_ms(deadline) > 0) sched_yield();
}

static enum clnt_stat call_that_signals(CLIENT* clnt) {
  return service_call(clnt, SERVICE_SIGNAL, XDR_NOTHING, NULL, XDR_NOTHING, NULL);
}

static void a_handler_calls_on_another_connection(void) {
  struct service first = start_service(), second = start_service();
  outside = connect_upgraded(&first);
  in_handler = connect_upgraded(&second);
  n_handled = n_good = 0;
  signal(SIGUSR1, call_elsewhere);
  for (int i = 1; i <= 20; i++) {
    CU_ASSERT_EQUAL(call_that_signals(outside), RPC_SUCCESS);
    await_handler(i);
  }
  signal(SIGUSR1, SIG_DFL);
  CU_ASSERT_EQUAL(n_handled, 20);
  CU_ASSERT_EQUAL(n_good, 20);
  clnt_destroy(in_handler);
  clnt_destroy(outside);
  service_end(&first);
  service_end(&second);
}

/* The handle is as good as inside that call for ever; it has to say so, and to be destroyed. */
static int leave_calls(int channel, const void* arg) {
  (void)channel, (void)arg;
  n_handled = 0;
  struct service service = start_service(); /* whose parent, this process, is sent the signals */
  in_handler = connect_upgraded(&service);
  signal(SIGUSR1, leave);
  for (volatile int i = 1; i <= 10; i++) {
    outside = connect_upgraded(&service);
    if (sigsetjmp(way_out, 1) == 0) {
      call_that_signals(outside);
      await_handler(i);
    }
    if (n_handled != i || !works(in_handler)) return 1;
    if (!works(outside) && call_that_signals(outside) != RPC_CANTSEND) return 2;
    clnt_destroy(outside);
  }
  return works(in_handler) ? EXIT_SUCCESS : 3;
}

static void a_handler_leaves_by_siglongjmp(void) {
  int status = run_apart(leave_calls, NULL);
  if (status != 0) fprintf(stderr, "(status %d) ", status);
  CU_ASSERT_EQUAL(status, 0);
}

CU_TestInfo signal_tests[] = {
    {"a signal handler calls on another connection", a_handler_calls_on_another_connection},
    {"a signal handler leaves by siglongjmp", a_handler_leaves_by_siglongjmp},
    CU_TEST_INFO_NULL,
};
