/* SPDX-License-Identifier: BSD-3-Clause */
/* The C API as libtirpc defines it: one program, built with plain libtirpc and with libvmrpc in
 * front of it. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static int next_variant(void) {
  variant = variant == NULL ? variants : variant + 1;
  return 0;
}

static CU_TestInfo* const subjects[] = {create_tests, call_tests, timeout_tests, control_tests,
                                        error_tests,  auth_tests, thread_tests,  server_tests};

/* Signals do not travel. */
static bool is_possible(const char* name) { return !elsewhere_is_known() || strstr(name, "signal") == NULL; }

static void add_tests(CU_pSuite suite, const CU_TestInfo* tests, const char* only) {
  for (; tests->pName != NULL; tests++)
    if ((only == NULL || strstr(tests->pName, only) != NULL) && is_possible(tests->pName))
      if (CU_add_test(suite, tests->pName, tests->pTestFunc) == NULL)
        die("test \"%s\": %s", tests->pName, CU_get_error_msg());
}

static void add_suite(const struct variant* each, const char* only) {
  CU_pSuite suite = CU_add_suite_with_setup_and_teardown(each->suite, next_variant, NULL,
                                                         fixture_set_up, fixture_tear_down);
  if (suite == NULL) die("suite \"%s\": %s", each->suite, CU_get_error_msg());
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
    add_tests(suite, subjects[i], only);
  if (traffic_is_counted()) add_tests(suite, beyond_tests, only);
}

static int run_all(int channel, const void* arg) {
  (void)channel;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (CU_initialize_registry() != CUE_SUCCESS) die("%s", CU_get_error_msg());
  for (const struct variant* each = variants; each->suite != NULL; each++)
    if (!elsewhere_is_known() || each->family == AF_INET) add_suite(each, arg);
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_basic_run_tests();
  unsigned failures = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
  unsigned run = CU_get_number_of_tests_run();
  CU_cleanup_registry();
  exit(failures != 0 || run == 0);
}

/* With an argument, only the tests whose name contains it. A test that hangs is a failure.
 * "serve" is for another machine, see child.h; the tests then run there and here over IPv4. */
int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "serve") == 0) return service_elsewhere();
  return child_run_tests(run_all, argc > 1 ? argv[1] : NULL, 10 * 60 * 1000);
}
