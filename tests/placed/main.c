/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs the suites; those for a small heap in a process of its own, since VMRPC_REGION_MAX is read once. */
#include <CUnit/Basic.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static const char small_heap[] = "small heap";

static void add_suite(const char* name, CU_TestInfo* tests) {
  CU_pSuite suite =
      CU_add_suite_with_setup_and_teardown(name, NULL, NULL, fixture_set_up, fixture_tear_down);
  if (suite == NULL) die("suite \"%s\": %s", name, CU_get_error_msg());
  for (; tests->pName != NULL; tests++)
    if (CU_add_test(suite, tests->pName, tests->pTestFunc) == NULL)
      die("test \"%s\": %s", tests->pName, CU_get_error_msg());
}

static int run(void) {
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_basic_run_tests();
  unsigned failures = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
  unsigned run = CU_get_number_of_tests_run();
  CU_cleanup_registry();
  return failures != 0 || run == 0;
}

static int run_small_heap(void) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    setenv("VMRPC_REGION_MAX", "2m", 1);
    execl("/proc/self/exe", "placed-test", small_heap, (char*)NULL);
    _exit(EXIT_FAILURE);
  }
  int status;
  return pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
}

int main(int argc, char** argv) {
  (void)argv;
  signal(SIGPIPE, SIG_IGN);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024); /* what malloc keeps of large blocks is not looked at */
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (getenv("PLACED_TEST_LONG") == NULL) alarm(300); /* a test that hangs is a failure */
  if (CU_initialize_registry() != CUE_SUCCESS) die("%s", CU_get_error_msg());
  if (argc > 1) {
    add_suite(small_heap, small_heap_tests);
    return run();
  }
  add_suite("blocks of the shared heap", block_tests);
  add_suite("results and arguments in place", in_place_tests);
  add_suite("releasing what is in place", release_tests);
  add_suite("mixed cases", mixed_tests);
  add_suite("threads, forks and long lives", life_tests);
  int failed = run();
  return run_small_heap() || failed;
}
