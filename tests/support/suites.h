/* SPDX-License-Identifier: BSD-3-Clause */
/* Suites of CUnit. */
#ifndef SUPPORT_SUITES_H
#define SUPPORT_SUITES_H

#include <CUnit/Basic.h>

/* A suite without tests; any function may be NULL. Ends the process when that fails, as the next does. */
CU_pSuite suite_begin(const char* name, CU_InitializeFunc initialize, CU_SetUpFunc set_up,
                      CU_TearDownFunc tear_down);
/* Adds a list of tests, which CU_TEST_INFO_NULL ends: those whose name contains `only`, and not
 * `except`; NULL leaves none out. */
void suite_add(CU_pSuite suite, const CU_TestInfo* tests, const char* only, const char* except);
/* Runs all suites; the status to exit with. */
int suites_run(void);

#endif
