/* SPDX-License-Identifier: BSD-3-Clause */
/* What programs do to themselves while they call and serve: fork, threads, signals, limits. With
 * plain libtirpc too, which has to end in the same way. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int run_all(int channel, const void* arg) {
  static CU_SuiteInfo suites[] = {
      {"limits", NULL, NULL, NULL, NULL, limit_tests}, /* before any test in which libtirpc leaks */
      {"fork", NULL, NULL, NULL, NULL, fork_tests},
      {"another root", NULL, NULL, NULL, NULL, root_tests},
      {"threads", NULL, NULL, NULL, NULL, thread_tests},
      {"servers", NULL, NULL, NULL, NULL, server_tests},
      {NULL, NULL, NULL, NULL, NULL, NULL},
      {"destroying while cancelled", NULL, NULL, NULL, NULL, destroy_tests},
      {NULL, NULL, NULL, NULL, NULL, NULL},
  };
  (void)channel, (void)arg;
  if (traffic_is_counted()) /* plain libtirpc hangs in these */
    suites[5] = (CU_SuiteInfo){"signals", NULL, NULL, NULL, NULL, signal_tests};
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
    die("%s", CU_get_error_msg());
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_basic_run_tests();
  unsigned failures = CU_get_number_of_failures();
  CU_cleanup_registry();
  exit(failures != 0);
}

int main(void) {
  return child_run_tests(run_all, NULL, 5 * 60 * 1000);
}
