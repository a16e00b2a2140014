/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold whatever happens: order, at most once, ends in time, nothing left over. */
#include <stdio.h>
#include <stdlib.h>

#include "../support/suites.h"
#include "stress.h"

struct service start_on(int family) {
  struct service_options options = {.family = family};
  return service_start(&options);
}

CLIENT* connect_upgraded(const struct service* service) {
  CLIENT* clnt = service_connect(service, SERVICE_PROG, SERVICE_VERS);
  if (clnt == NULL) die("%s", clnt_spcreateerror("no handle"));
  for (int i = 0; i < 3; i++)
    if (service_call(clnt, SERVICE_NULL, XDR_NOTHING, NULL, XDR_NOTHING, NULL) != RPC_SUCCESS)
      die("%s", clnt_sperror(clnt, "a first call fails"));
  if (!traffic_upgrade(clnt)) die("no shared memory: %s", traffic_reason(clnt));
  return clnt;
}

static void add(const char* name, const CU_TestInfo* tests) {
  suite_add(suite_begin(name, NULL, NULL, NULL), tests, NULL, NULL);
}

static int run_all(int channel, const void* arg) {
  (void)channel, (void)arg;
  add("mixtures of calls", mixture_tests);
  add("cuts at each step", cut_tests);
  add("leaks", leak_tests);
  add("clients that leave", leave_tests);
  if (traffic_is_counted()) add("shared memory refused", refusal_tests);
  exit(suites_run());
}

/* Beyond VMRPC_REGION_MAX a call is too large for its region: a small one makes that cheap. */
int main(void) {
  setenv("VMRPC_REGION_MAX", "2m", 0);
  return child_run_tests(run_all, NULL, 15 * 60 * 1000);
}
