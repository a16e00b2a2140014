/* SPDX-License-Identifier: BSD-3-Clause */
/* What programs do to themselves while they call and serve: fork, threads, signals, limits. With
 * plain libtirpc too, which has to end in the same way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/suites.h"
#include "life.h"

struct service start_service(void) {
  struct service_options options = {.family = AF_INET};
  return service_start(&options);
}

CLIENT* connect_upgraded(const struct service* service) {
  CLIENT* clnt = service_connect(service, SERVICE_PROG, SERVICE_VERS);
  if (clnt == NULL) die("%s", clnt_spcreateerror("no handle"));
  if (traffic_is_counted() && !traffic_upgrade(clnt))
    die("no shared memory: %s", traffic_reason(clnt));
  return clnt;
}

bool works(CLIENT* clnt) {
  u_int value = 0;
  return service_call(clnt, SERVICE_PROGRAM, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int, &value) ==
             RPC_SUCCESS &&
         value == SERVICE_PROG * 16u + SERVICE_VERS;
}

int run_apart(int (*body)(int channel, const void* arg), const void* arg) {
  struct child child = child_start(body, arg);
  int status = child_wait(&child, deadline_in_ms(PATIENCE_MS));
  child_end(&child);
  return status;
}

static void add(const char* name, const CU_TestInfo* tests) {
  suite_add(suite_begin(name, NULL, NULL, NULL), tests, NULL, NULL);
}

static int run_all(int channel, const void* arg) {
  (void)channel, (void)arg;
  add("limits", limit_tests); /* before any test in which libtirpc leaks */
  add("fork", fork_tests);
  add("another root", root_tests);
  add("threads", thread_tests);
  add("servers", server_tests);
  if (traffic_is_counted()) { /* plain libtirpc hangs in these */
    add("signals", signal_tests);
    add("destroying while cancelled", destroy_tests);
  }
  exit(suites_run());
}

int main(void) {
  return child_run_tests(run_all, NULL, 5 * 60 * 1000);
}
