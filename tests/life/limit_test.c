/* SPDX-License-Identifier: BSD-3-Clause */
/* Clients and servers that run out of descriptors or of addresses: what cannot be upgraded works
 * on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "life.h"

#define N_DESCRIPTORS 64
#define N_HANDLES 40

static void limit(__rlimit_resource_t which, rlim_t most) {
  if (setrlimit(which, &(struct rlimit){most, most}) != 0) die("setrlimit: %m");
}
static void few_descriptors(void) { limit(RLIMIT_NOFILE, N_DESCRIPTORS); }

/* Calls on each handle, so often that those which can move to shared memory have done so. */
static bool all_work(CLIENT* const* handles, int n) {
  for (int round = 0; round < 8; round++)
    for (int i = 0; i < n; i++)
      if (!works(handles[i])) {
        fprintf(stderr, "handle %d, round %d: %s\n", i, round, clnt_sperror(handles[i], ""));
        return false;
      }
  return true;
}

static int connect_many(int channel, const void* arg) {
  CLIENT* handles[N_HANDLES];
  (void)channel;
  for (int i = 0; i < N_HANDLES; i++)
    if ((handles[i] = service_connect(arg, SERVICE_PROG, SERVICE_VERS)) == NULL)
      return EXIT_FAILURE;
  bool good = all_work(handles, N_HANDLES);
  for (int i = 0; i < N_HANDLES; i++) clnt_destroy(handles[i]);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int connect_many_with_few_descriptors(int channel, const void* arg) {
  few_descriptors();
  return connect_many(channel, arg);
}

static void a_client_has_few_descriptors(void) {
#ifdef __SANITIZE_ADDRESS__ /* and, as a rule, UBSan with it */
  printf("(skipped: UBSan needs descriptors to look at an object) ");
  (void)connect_many_with_few_descriptors;
#else
  struct service service = start_service();
  CU_ASSERT_EQUAL(run_apart(connect_many_with_few_descriptors, &service), 0);
  service_end(&service);
#endif
}

static void a_server_has_few_descriptors(void) {
  struct service_options options = {.family = AF_INET, .before_loop = few_descriptors};
  struct service service = service_start(&options);
  CU_ASSERT_EQUAL(run_apart(connect_many, &service), 0);
  CU_ASSERT_EQUAL(run_apart(connect_many, &service), 0);
  service_end(&service);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static void a_client_has_little_address_space(void) {
  printf("(skipped: a sanitizer takes terabytes) ");
}
#else
/* The address space that this process takes, in bytes. */
static rlim_t address_space(void) {
  unsigned long pages = 0;
  FILE* statm = fopen("/proc/self/statm", "r");
  if (statm == NULL || fscanf(statm, "%lu", &pages) != 1) die("no /proc/self/statm");
  fclose(statm);
  return (rlim_t)pages * 4096;
}

static int call_with_little_address_space(int channel, const void* arg) {
  CLIENT* handle;
  (void)channel;
  if ((handle = service_connect(arg, SERVICE_PROG, SERVICE_VERS)) == NULL || !works(handle))
    return EXIT_FAILURE;
  limit(RLIMIT_AS, address_space() + 200 * 1024);
  if (!all_work(&handle, 1)) return EXIT_FAILURE;
  if (!traffic_is_counted()) return EXIT_SUCCESS;
  bool told = !traffic_upgrade(handle) && strcmp(traffic_reason(handle), "no-memory") == 0;
  if (!told) fprintf(stderr, "reason %s\n", traffic_reason(handle));
  return told ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void a_client_has_little_address_space(void) {
  struct service service = start_service();
  CU_ASSERT_EQUAL(run_apart(call_with_little_address_space, &service), 0);
  service_end(&service);
}
#endif

CU_TestInfo limit_tests[] = {
    {"a client that has 64 descriptors calls on 40 handles", a_client_has_few_descriptors},
    {"a server that has 64 descriptors serves 40 handles, twice", a_server_has_few_descriptors},
    {"a client that has no address space for a region stays on its socket",
     a_client_has_little_address_space},
    CU_TEST_INFO_NULL,
};
