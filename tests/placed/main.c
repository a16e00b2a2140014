/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs the suites; those for a small heap in a process of its own, since VMRPC_REGION_MAX is read once. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "tests/support/suites.h"

static const char small_heap[] = "small heap";

static void add_suite(const char* name, const CU_TestInfo* tests) {
  suite_add(suite_begin(name, NULL, fixture_set_up, fixture_tear_down), tests, NULL, NULL);
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
  if (getenv("PLACED_TEST_LONG") == NULL) alarm(300); /* a test that hangs is a failure */
  if (argc > 1) {
    add_suite(small_heap, small_heap_tests);
    return suites_run();
  }
  add_suite("blocks of the shared heap", block_tests);
  add_suite("results and arguments in place", in_place_tests);
  add_suite("releasing what is in place", release_tests);
  add_suite("mixed cases", mixed_tests);
  add_suite("calls of several threads on their way", line_tests);
  add_suite("what those threads share", shared_handle_tests);
  add_suite("threads, forks and long lives", life_tests);
  int failed = suites_run();
  return run_small_heap() || failed;
}
