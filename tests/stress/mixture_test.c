/* SPDX-License-Identifier: BSD-3-Clause */
/* Random mixtures of batched, answered, small and oversized calls: each runs once, in the order of
 * sending. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stress.h"

#define N_CALLS 3000
#define LARGEST (6u << 20) /* larger than a region */

static unsigned seed;

static unsigned next_random(void) { return (unsigned)rand_r(&seed); }

/* Mostly small; now and then up to some pages, seldom larger than a region. */
static u_int random_size(void) {
  unsigned dice = next_random() % 100;
  if (dice < 70) return 4 + next_random() % 200;
  if (dice < 95) return 4 + next_random() % 30000;
  if (dice < 99) return 4 + next_random() % 1000000;
  return 4 + next_random() % (LARGEST - 4);
}

static bool send_batched(CLIENT* clnt, struct service_bytes* bytes) {
  return clnt_call(clnt, SERVICE_NOTE_BYTES, (xdrproc_t)xdr_service_bytes, (char*)bytes, NULL, NULL,
                   ((struct timeval){0, 0})) == RPC_SUCCESS;
}

static bool call_answered(CLIENT* clnt, struct service_bytes* bytes, u_int serial) {
  u_int answer = ~serial;
  return service_call(clnt, SERVICE_NOTED, (xdrproc_t)xdr_service_bytes, bytes,
                      (xdrproc_t)xdr_u_int, &answer) == RPC_SUCCESS &&
         answer == serial;
}

static void assert_all_noted(CLIENT* clnt, u_int n_calls) {
  struct service_bytes notes = {0};
  CU_ASSERT_EQUAL_FATAL(
      service_call(clnt, SERVICE_NOTES, XDR_NOTHING, NULL, (xdrproc_t)xdr_service_bytes, &notes),
      RPC_SUCCESS);
  CU_ASSERT_EQUAL_FATAL(notes.nbytes, n_calls * sizeof(u_int));
  CU_ASSERT_EQUAL(service_notes_in_order(&notes), n_calls);
  clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &notes);
}

static void send_mixture(CLIENT* clnt, char* data) {
  for (u_int serial = 0; serial < N_CALLS; serial++) {
    struct service_bytes bytes = {data, random_size()};
    memcpy(data, &serial, sizeof serial);
    bool sent =
        next_random() % 3 == 0 ? call_answered(clnt, &bytes, serial) : send_batched(clnt, &bytes);
    CU_ASSERT_FATAL(sent);
  }
}

static void run_mixture(int family) {
  char* data = calloc(1, LARGEST);
  if (data == NULL) die("no memory");
  seed = (unsigned)getpid() ^ (unsigned)now_us();
  printf("(seed %u) ", seed);
  struct service service = start_on(family);
  CLIENT* clnt = connect_upgraded(&service);
  send_mixture(clnt, data);
  assert_all_noted(clnt, N_CALLS);
  if (traffic_is_counted()) {
    struct traffic traffic = traffic_of_client(clnt);
    CU_ASSERT(traffic.shared_calls > N_CALLS * 9 / 10);
  }
  clnt_destroy(clnt);
  service_end(&service);
  free(data);
}

static void over_ipv4(void) { run_mixture(AF_INET); }
static void over_ipv6(void) { run_mixture(AF_INET6); }
static void over_unix(void) { run_mixture(AF_UNIX); }

/* No call waits for the upgrade, so it happens somewhere among them. */
static void from_the_first_call_on(void) {
  for (int round = 0; round < 30; round++) {
    struct service service = start_on(AF_INET);
    CLIENT* clnt = service_connect(&service, SERVICE_PROG, SERVICE_VERS);
    char data[4000] = {0};
    seed = (unsigned)round;
    for (u_int serial = 0; serial < 100; serial++) {
      struct service_bytes bytes = {data, 4 + next_random() % 3996};
      memcpy(data, &serial, sizeof serial);
      CU_ASSERT_FATAL(next_random() % 2 ? call_answered(clnt, &bytes, serial)
                                        : send_batched(clnt, &bytes));
    }
    assert_all_noted(clnt, 100);
    clnt_destroy(clnt);
    service_end(&service);
  }
}

CU_TestInfo mixture_tests[] = {
    {"a random mixture of calls arrives in order over IPv4", over_ipv4},
    {"a random mixture of calls arrives in order over IPv6", over_ipv6},
    {"a random mixture of calls arrives in order over AF_UNIX", over_unix},
    {"order holds while the connection is being upgraded", from_the_first_call_on},
    CU_TEST_INFO_NULL,
};
