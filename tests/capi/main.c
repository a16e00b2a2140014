/* SPDX-License-Identifier: BSD-3-Clause */
/* The C API as libtirpc defines it: one program, built with plain libtirpc and with libvmrpc in
 * front of it. */
#include <stdlib.h>

#include "../support/suites.h"
#include "fixture.h"

static int next_variant(void) {
  variant = variant == NULL ? variants : variant + 1;
  return 0;
}

static CU_TestInfo* const subjects[] = {create_tests, call_tests, timeout_tests, control_tests,
                                        error_tests,  auth_tests, thread_tests,  crowd_tests, server_tests};

static void add_suite(const struct variant* each, const char* only) {
  const char* except = elsewhere_is_known() ? "signal" : NULL; /* signals do not travel */
  CU_pSuite suite = suite_begin(each->suite, next_variant, fixture_set_up, fixture_tear_down);
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
    suite_add(suite, subjects[i], only, except);
  if (traffic_is_counted()) suite_add(suite, beyond_tests, only, except);
}

static int run_all(int channel, const void* arg) {
  (void)channel;
  for (const struct variant* each = variants; each->suite != NULL; each++)
    if (!elsewhere_is_known() || each->family == AF_INET) add_suite(each, arg);
  exit(suites_run());
}

/* With an argument, only the tests whose name contains it. A test that hangs is a failure.
 * "serve" is for another machine, see child.h; the tests then run there and here over IPv4. */
int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "serve") == 0) return service_elsewhere();
  return child_run_tests(run_all, argc > 1 ? argv[1] : NULL, 10 * 60 * 1000);
}
