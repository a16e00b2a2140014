/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold whatever happens: order, at most once, ends in time, nothing left over. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int run_all(int channel, const void* arg) {
  static CU_SuiteInfo suites[] = {
      {"mixtures of calls", NULL, NULL, NULL, NULL, mixture_tests},
      {"cuts at each step", NULL, NULL, NULL, NULL, cut_tests},
      {"leaks", NULL, NULL, NULL, NULL, leak_tests},
      {"clients that leave", NULL, NULL, NULL, NULL, leave_tests},
      {NULL, NULL, NULL, NULL, NULL, NULL},
      {NULL, NULL, NULL, NULL, NULL, NULL},
  };
  (void)channel, (void)arg;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (traffic_is_counted())
    suites[4] = (CU_SuiteInfo){"shared memory refused", NULL, NULL, NULL, NULL, refusal_tests};
  if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
    die("%s", CU_get_error_msg());
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_basic_run_tests();
  unsigned failures = CU_get_number_of_failures();
  CU_cleanup_registry();
  exit(failures != 0);
}

/* Beyond VMRPC_REGION_MAX a call is too large for its region: a small one makes that cheap. */
int main(void) {
  setenv("VMRPC_REGION_MAX", "2m", 0);
  return child_run_tests(run_all, NULL, 15 * 60 * 1000);
}
