/* SPDX-License-Identifier: BSD-3-Clause */
/* Many rounds of connecting, calling and destroying leave no descriptor, mapping, thread or memory
 * behind. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/footprint.h"
#include "stress.h"

static void one_round(const struct service* service) {
  struct service_bytes sent = {calloc(1, 70000), 70000}, got = {0};
  CLIENT* clnt = connect_upgraded(service);
  for (int i = 0; i < 4; i++) {
    CU_ASSERT_EQUAL(service_call(clnt, SERVICE_ECHO, (xdrproc_t)xdr_service_bytes, &sent,
                                 (xdrproc_t)xdr_service_bytes, &got),
                    RPC_SUCCESS);
    clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &got);
  }
  clnt_destroy(clnt);
  free(sent.data);
}

/* The server sees the end of a connection some time after the client. */
static struct footprint settled_server(const struct service* service, CLIENT* witness,
                                       const struct footprint* expected) {
  deadline_t deadline = deadline_in_ms(2000);
  struct footprint now;
  do {
    service_call(witness, SERVICE_NULL, XDR_NOTHING, NULL, XDR_NOTHING, NULL);
    now = footprint_of(service->process.pid);
  } while (!footprint_equal(&now, expected) && deadline_left_ms(deadline) > 0);
  return now;
}

static void assert_no_growth(const char* who, struct footprint before, struct footprint after) {
  CU_ASSERT(footprint_equal(&before, &after));
  CU_ASSERT(after.resident_kib <= before.resident_kib + 1024);
  printf("(%s: %u descriptors, %u mappings, %lu KiB; then %u, %u, %lu) ", who, before.n_descriptors,
         before.n_shared_mappings, before.resident_kib, after.n_descriptors,
         after.n_shared_mappings, after.resident_kib);
}

static void run_rounds(int family) {
  struct service service = start_on(family);
  CLIENT* witness = connect_upgraded(&service);
  struct footprint alone = footprint_of(service.process.pid);
  for (int i = 0; i < 20; i++) one_round(&service);
  struct footprint server = settled_server(&service, witness, &alone);
  struct footprint client = footprint_of(getpid());
  for (int i = 0; i < 200; i++) one_round(&service);
  assert_no_growth("client", client, footprint_of(getpid()));
  assert_no_growth("server", server, settled_server(&service, witness, &alone));
  clnt_destroy(witness);
  service_end(&service);
}

static void over_ipv4(void) { run_rounds(AF_INET); }
static void over_unix(void) { run_rounds(AF_UNIX); }

CU_TestInfo leak_tests[] = {
    {"200 rounds of connect, call and destroy over IPv4 leave nothing", over_ipv4},
    {"200 rounds of connect, call and destroy over AF_UNIX leave nothing", over_unix},
    CU_TEST_INFO_NULL,
};
