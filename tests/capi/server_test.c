/* SPDX-License-Identifier: BSD-3-Clause */
/* What a server may do: several clients and programs, ending, destroying, unregistering, limits. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static enum clnt_stat call_void(CLIENT* handle, enum service_proc proc) {
  return service_call(handle, proc, XDR_NOTHING, NULL, XDR_NOTHING, NULL);
}

static void one_transport_serves_several_programs(void) {
  CLIENT* other = connect_warm(&service, SERVICE_OTHER_PROG, SERVICE_VERS);
  CLIENT* later = connect_warm(&service, SERVICE_PROG, SERVICE_LATER_VERS);
  for (int i = 0; i < 10; i++) {
    assert_works(clnt);
    CU_ASSERT_EQUAL(call_u_int(other, SERVICE_PROGRAM), SERVICE_OTHER_PROG * 16u + SERVICE_VERS);
    CU_ASSERT_EQUAL(call_u_int(later, SERVICE_PROGRAM), SERVICE_PROG * 16u + SERVICE_LATER_VERS);
  }
  clnt_destroy(other);
  clnt_destroy(later);
}

static void many_clients_are_served(void) {
  CLIENT* others[20];
  for (size_t i = 0; i < 20; i++) others[i] = connect_warm(&service, SERVICE_PROG, SERVICE_VERS);
  for (int round = 0; round < 5; round++)
    for (size_t i = 0; i < 20; i++) assert_works(others[i]);
  for (size_t i = 0; i < 20; i++) clnt_destroy(others[i]);
  assert_works(clnt);
}

static void svc_exit_ends_svc_run(void) {
  CU_ASSERT_EQUAL(call_void(clnt, SERVICE_EXIT), RPC_SUCCESS);
  CU_ASSERT_EQUAL(child_wait(&service.process, deadline_in_ms(PATIENCE_MS)), 0);
}

static void svc_unreg_takes_a_program_away(void) {
  CLIENT* other = connect_warm(&service, SERVICE_OTHER_PROG, SERVICE_VERS);
  CU_ASSERT_EQUAL(call_void(clnt, SERVICE_UNREGISTER), RPC_SUCCESS);
  CU_ASSERT_EQUAL(call_void(other, SERVICE_NULL), RPC_PROGUNAVAIL);
  assert_works(clnt);
  clnt_destroy(other);
}

static void a_forked_child_may_answer(void) {
  u_int last = 0;
  for (int i = 0; i < 5; i++) {
    u_int pid = call_u_int(clnt, SERVICE_BY_CHILD);
    CU_ASSERT(pid != (u_int)service.process.pid && pid != last);
    last = pid;
    assert_works(clnt);
  }
}

static void a_client_that_goes_away_disturbs_nobody(void) {
  for (int i = 0; i < 10; i++) {
    CLIENT* other = connect_warm(&service, SERVICE_PROG, SERVICE_VERS);
    clnt_call(other, SERVICE_NOTE, (xdrproc_t)xdr_u_int, (char*)&i, NULL, NULL,
              ((struct timeval){0, 0}));
    clnt_destroy(other);
    assert_works(clnt);
  }
}

static enum clnt_stat call_sum(CLIENT* handle, u_int nbytes) {
  struct service_bytes bytes = {calloc(1, nbytes), nbytes};
  u_int result = 0;
  enum clnt_stat stat = service_call(handle, SERVICE_SUM, (xdrproc_t)xdr_service_bytes, &bytes,
                                     (xdrproc_t)xdr_u_int, &result);
  free(bytes.data);
  return stat;
}

static void a_record_above_the_limit_ends_the_connection(void) {
  struct service_options options = plain_options();
  options.max_record = 10000;
  struct service limited = service_start(&options);
  CLIENT* other = connect_warm(&limited, SERVICE_PROG, SERVICE_VERS);
  CLIENT* handle = connect_warm(&limited, SERVICE_PROG, SERVICE_VERS);
  for (int i = 0; i < 3; i++) CU_ASSERT_EQUAL(call_sum(handle, 5000), RPC_SUCCESS);
  enum clnt_stat stat = call_sum(handle, 20000);
  CU_ASSERT_NOT_EQUAL(stat, RPC_SUCCESS);
  /* Over AF_UNIX such a record comes in several fragments, and libtirpc takes each for a record. */
  if (stat == RPC_CANTRECV) CU_ASSERT_NOT_EQUAL(call_void(handle, SERVICE_NULL), RPC_SUCCESS);
  assert_works(other);
  clnt_destroy(handle);
  clnt_destroy(other);
  service_end(&limited);
}

static void both_processes_count_shared_calls(void) {
  struct service_bytes bytes = {0};
  struct traffic before = mark(clnt), server = {0};
  for (int i = 0; i < 10; i++) assert_works(clnt);
  CU_ASSERT_EQUAL(
      service_call(clnt, SERVICE_TRAFFIC, XDR_NOTHING, NULL, (xdrproc_t)xdr_service_bytes, &bytes),
      RPC_SUCCESS);
  CU_ASSERT_EQUAL_FATAL(bytes.nbytes, sizeof server);
  memcpy(&server, bytes.data, sizeof server);
  assert_shared_calls(clnt, before, 11);
  if (traffic_is_counted() && variant->warm) CU_ASSERT(server.shared_calls >= 10);
  clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &bytes);
}

CU_TestInfo server_tests[] = {
    {"one transport serves several programs and versions", one_transport_serves_several_programs},
    {"twenty clients are served beside each other", many_clients_are_served},
    {"svc_exit in a dispatch routine answers, then ends svc_run", svc_exit_ends_svc_run},
    {"svc_unreg takes a program away from its clients", svc_unreg_takes_a_program_away},
    {"a forked child of the server may answer", a_forked_child_may_answer},
    {"a client that goes away within a batch disturbs nobody",
     a_client_that_goes_away_disturbs_nobody},
    {"a record above RPC_SVC_CONNMAXREC_SET ends its connection only",
     a_record_above_the_limit_ends_the_connection},
    {"counters of both processes show how calls went", both_processes_count_shared_calls},
    CU_TEST_INFO_NULL,
};
