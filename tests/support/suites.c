/* SPDX-License-Identifier: BSD-3-Clause */
/* Registering and running. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "child.h"

CU_pSuite suite_begin(const char* name, CU_InitializeFunc initialize, CU_SetUpFunc set_up,
                      CU_TearDownFunc tear_down) {
  if (!CU_registry_initialized() && CU_initialize_registry() != CUE_SUCCESS)
    die("%s", CU_get_error_msg());
  CU_pSuite suite = CU_add_suite_with_setup_and_teardown(name, initialize, NULL, set_up, tear_down);
  if (suite == NULL) die("suite \"%s\": %s", name, CU_get_error_msg());
  return suite;
}

void suite_add(CU_pSuite suite, const CU_TestInfo* tests, const char* only, const char* except) {
  for (; tests->pName != NULL; tests++)
    if ((only == NULL || strstr(tests->pName, only) != NULL) && (except == NULL || strstr(tests->pName, except) == NULL))
      if (CU_add_test(suite, tests->pName, tests->pTestFunc) == NULL)
        die("test \"%s\": %s", tests->pName, CU_get_error_msg());
}

int suites_run(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_basic_run_tests();
  unsigned failures = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
  unsigned run = CU_get_number_of_tests_run();
  CU_cleanup_registry();
  return failures != 0 || run == 0;
}
