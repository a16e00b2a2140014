/* SPDX-License-Identifier: BSD-3-Clause */
/* The system refuses what shared memory needs: calls go over the socket, and the reason is known.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stress.h"

/* From now on the system call fails with EPERM; only with this first argument, unless it is -1. */
static void refuse_call(unsigned number, int first_argument) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)first_argument, 0, first_argument < 0 ? 0 : 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    die("seccomp: %m");
}

static void refuse_memfd(void) { refuse_call(SYS_memfd_create, -1); }
static void refuse_unix(void) { refuse_call(SYS_socket, AF_UNIX); }

static void set_limit(__rlimit_resource_t resource, rlim_t limit) {
  struct rlimit limits = {limit, limit};
  if (setrlimit(resource, &limits) != 0) die("setrlimit: %m");
}

/* One more descriptor than are open: enough for a connection and nothing else. */
static void refuse_descriptors(void) {
  int lowest = dup(0);
  if (lowest < 0) die("dup: %m");
  close(lowest);
  set_limit(RLIMIT_NOFILE, (rlim_t)lowest + 1);
}

/* Less than one region is left. */
static void refuse_address_space(void) {
  unsigned long pages = 0;
  FILE* file = fopen("/proc/self/statm", "re");
  if (file == NULL || fscanf(file, "%lu", &pages) != 1) die("/proc/self/statm: %m");
  fclose(file);
  set_limit(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE) + (256 << 10));
}

static void leave_network(void) {
  if (unshare(CLONE_NEWNET) != 0) die("unshare: %m");
}

struct outcome {
  u_int n_succeeded;
  u_int n_shared;
  char reason[32];
};

struct restricted {
  const struct service* service;
  void (*restrict_self)(void);
};

/* Restricts itself, then makes calls; the connection may not even be tried to be moved. */
static int restricted_client(int channel, const void* arg) {
  const struct restricted* restricted = arg;
  struct outcome outcome = {0};
  if (restricted->restrict_self != NULL) restricted->restrict_self();
  CLIENT* clnt = service_connect(restricted->service, SERVICE_PROG, SERVICE_VERS);
  if (clnt == NULL) return EXIT_FAILURE;
  for (int i = 0; i < 20; i++) {
    outcome.n_succeeded +=
        service_call(clnt, SERVICE_NULL, XDR_NOTHING, NULL, XDR_NOTHING, NULL) == RPC_SUCCESS;
    if (i == 10) traffic_upgrade(clnt);
  }
  outcome.n_shared = (u_int)traffic_of_client(clnt).shared_calls;
  snprintf(outcome.reason, sizeof outcome.reason, "%s", traffic_reason(clnt));
  channel_send(channel, &outcome, sizeof outcome);
  clnt_destroy(clnt);
  return EXIT_SUCCESS;
}

static void assert_refused(int family, void (*by_server)(void), void (*by_client)(void),
                           const char* reason) {
  struct service_options options = {.family = family, .before_loop = by_server};
  struct service service = service_start(&options);
  struct restricted restricted = {&service, by_client};
  struct child client = child_start(restricted_client, &restricted);
  struct outcome outcome = {0};
  CU_ASSERT(channel_receive(client.channel, &outcome, sizeof outcome, deadline_in_ms(PATIENCE_MS)));
  CU_ASSERT_EQUAL(outcome.n_succeeded, 20);
  CU_ASSERT_EQUAL(outcome.n_shared, 0);
  if (strcmp(outcome.reason, reason) != 0) printf("(reason %s) ", outcome.reason);
  CU_ASSERT_STRING_EQUAL(outcome.reason, reason);
  child_end(&client);
  service_end(&service);
}

static void memfd_of_client(void) { assert_refused(AF_INET, NULL, refuse_memfd, "no-memory"); }
static void memfd_of_server(void) { assert_refused(AF_INET, refuse_memfd, NULL, "no-memory"); }
static void unix_of_client(void) { assert_refused(AF_INET, NULL, refuse_unix, "no-memory"); }
static void unix_of_server(void) { assert_refused(AF_INET, refuse_unix, NULL, "no-memory"); }
static void descriptors_of_client(void) {
  assert_refused(AF_INET, NULL, refuse_descriptors, "no-memory");
}
static void address_space_of_client(void) {
  assert_refused(AF_INET, NULL, refuse_address_space, "no-memory");
}
static void address_space_of_server(void) {
  assert_refused(AF_INET, refuse_address_space, NULL, "no-memory");
}
/* A path in the file system crosses network namespaces, an abstract name does not. */
static void network_of_client(void) { assert_refused(AF_UNIX, NULL, leave_network, "other-host"); }

CU_TestInfo refusal_tests[] = {
    {"memfd_create refused to the client", memfd_of_client},
    {"memfd_create refused to the server", memfd_of_server},
    {"AF_UNIX sockets refused to the client", unix_of_client},
    {"AF_UNIX sockets refused to the server", unix_of_server},
    {"no descriptor left to the client", descriptors_of_client},
    {"no address space left to the client", address_space_of_client},
    {"no address space left to the server", address_space_of_server},
    {"the client in another network namespace", network_of_client},
    CU_TEST_INFO_NULL,
};
