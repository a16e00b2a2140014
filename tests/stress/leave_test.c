/* SPDX-License-Identifier: BSD-3-Clause */
/* Clients that leave after any number of calls, also while an answer is on its way to them, do not end a server
 * that takes SIGPIPE as it comes. */
#include <signal.h>
#include <stdio.h>

#include "stress.h"

#define MOST_CALLS 8
#define ROUNDS 100

static void take_sigpipe(void) { signal(SIGPIPE, SIG_DFL); }

static void call_and_leave(const struct service* service, int n_calls) {
  CLIENT* clnt = service_connect(service, SERVICE_PROG, SERVICE_VERS);
  CU_ASSERT_PTR_NOT_NULL_FATAL(clnt);
  for (int i = 0; i < n_calls; i++)
    CU_ASSERT_EQUAL(service_call(clnt, SERVICE_NULL, XDR_NOTHING, NULL, XDR_NOTHING, NULL),
                    RPC_SUCCESS);
  clnt_destroy(clnt);
}

static void run_leavers(int family) {
  struct service_options options = {.family = family, .before_loop = take_sigpipe};
  struct service service = service_start(&options);
  for (int round = 0; round < ROUNDS; round++)
    for (int n_calls = 1; n_calls <= MOST_CALLS; n_calls++) call_and_leave(&service, n_calls);
  service_end(&service);
}

static void over_ipv4(void) { run_leavers(AF_INET); }
static void over_unix(void) { run_leavers(AF_UNIX); }

CU_TestInfo leave_tests[] = {
    {"clients leave a server over IPv4 after any number of calls", over_ipv4},
    {"clients leave a server over AF_UNIX after any number of calls", over_unix},
    CU_TEST_INFO_NULL,
};
