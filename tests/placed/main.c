/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs the suites; those with settings of their own each in a process of its own, since they are read once. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "tests/support/suites.h"

static const struct apart {
  const char *name, *setting, *value;
  const CU_TestInfo* tests;
} suites_apart[] = {
    {"a small heap", "VMRPC_REGION_MAX", "2m", small_heap_tests},
    {"releasing under VMRPC_LOG=debug", "VMRPC_LOG", "debug:/dev/null", release_tests},
    {"trust by the environment", "VMRPC_TRUST", "same-uid", trusting_tests},
    {"a server's limits", "VMRPC_PLACED_LIMITS", "depth:4096", limit_tests},
    {"a client's limits", "VMRPC_PLACED_LIMITS", "depth:50", short_limit_tests},
    {"what the other side sees", "MALLOC_PERTURB_", "165", leak_tests},
    {"the rest of rpc/vm.h", "VMRPC_SPIN_US", "auto", api_tests},
};
enum { N_APART = sizeof suites_apart / sizeof *suites_apart };

static void add_suite(const char* name, const CU_TestInfo* tests) {
  suite_add(suite_begin(name, NULL, fixture_set_up, fixture_tear_down), tests, NULL, NULL);
}

static bool fails_apart(const struct apart* suite) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    setenv(suite->setting, suite->value, 1);
    execl("/proc/self/exe", "placed-test", "apart", suite->name, (char*)NULL);
    _exit(EXIT_FAILURE);
  }
  int status;
  return pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
}

static int run_apart(const char* name) {
  for (int i = 0; i < N_APART; i++)
    if (strcmp(suites_apart[i].name, name) == 0) add_suite(name, suites_apart[i].tests);
  return suites_run();
}

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024); /* what malloc keeps of large blocks is not looked at */
  if (getenv("PLACED_TEST_LONG") == NULL) alarm(300); /* a test that hangs is a failure */
  if (argc > 2) return strcmp(argv[1], "serve") == 0 ? serve_afresh(argv[2]) : run_apart(argv[2]);
  add_suite("blocks of the shared heap", block_tests);
  add_suite("results and arguments in place", in_place_tests);
  add_suite("releasing what is in place", release_tests);
  add_suite("chunks", chunk_tests);
  add_suite("mixed cases", mixed_tests);
  add_suite("calls of several threads on their way", line_tests);
  add_suite("what those threads share", shared_handle_tests);
  add_suite("threads, forks and long lives", life_tests);
  int failed = suites_run();
  for (int i = 0; i < N_APART; i++) failed |= fails_apart(&suites_apart[i]);
  return failed;
}
