/* SPDX-License-Identifier: BSD-3-Clause */
/* How each failure reaches the client, and that a handle survives those that are not the
 * connection's. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "fixture.h"

static struct rpc_err last_error(CLIENT* handle) {
  struct rpc_err error;
  clnt_geterr(handle, &error);
  return error;
}

static enum clnt_stat call_void(CLIENT* handle, rpcproc_t proc) {
  return clnt_call(handle, proc, XDR_NOTHING, NULL, XDR_NOTHING, NULL, TEN_SECONDS);
}

static enum clnt_stat call_failing(u_int failure, u_int detail) {
  struct service_error error = {failure, detail};
  return service_call(clnt, SERVICE_ERROR, (xdrproc_t)xdr_service_error, &error, XDR_NOTHING, NULL);
}

/* The failure under test, reported by the call, by clnt_geterr, and in the text of clnt_sperror. */
static void assert_failed(enum clnt_stat got, enum clnt_stat expected) {
  char prefix[100];
  CU_ASSERT_EQUAL(got, expected);
  CU_ASSERT_EQUAL(last_error(clnt).re_status, expected);
  snprintf(prefix, sizeof prefix, "name: %s", clnt_sperrno(expected));
  CU_ASSERT_EQUAL(strncmp(clnt_sperror(clnt, "name"), prefix, strlen(prefix)), 0);
}

static void an_unknown_procedure_is_reported(void) {
  assert_failed(call_void(clnt, 999), RPC_PROCUNAVAIL);
  assert_works(clnt);
}

static void an_unknown_program_is_reported(void) {
  CLIENT* handle = connect_warm(&service, SERVICE_PROG, SERVICE_VERS);
  u_int32_t prog = SERVICE_MISSING_PROG;
  clnt_control(handle, CLSET_PROG, (char*)&prog);
  CU_ASSERT_EQUAL(call_void(handle, SERVICE_NULL), RPC_PROGUNAVAIL);
  CU_ASSERT_STRING_EQUAL(clnt_sperror(handle, "x"), "x: RPC: Program unavailable");
  clnt_destroy(handle);
}

static void an_unknown_version_is_reported_with_the_known_ones(void) {
  u_int32_t vers = 2, known = SERVICE_VERS;
  clnt_control(clnt, CLSET_VERS, (char*)&vers);
  assert_failed(call_void(clnt, SERVICE_NULL), RPC_PROGVERSMISMATCH);
  CU_ASSERT_EQUAL(last_error(clnt).re_vers.low, SERVICE_VERS);
  CU_ASSERT_EQUAL(last_error(clnt).re_vers.high, SERVICE_LATER_VERS);
  CU_ASSERT_STRING_EQUAL(clnt_sperror(clnt, "x"),
                         "x: RPC: Program/version mismatch; low version = 1, high version = 3");
  clnt_control(clnt, CLSET_VERS, (char*)&known);
  assert_works(clnt);
}

static void undecodable_arguments_are_reported(void) {
  struct service_bytes result = {0};
  /* SERVICE_FILL wants a number and gets nothing. */
  assert_failed(
      service_call(clnt, SERVICE_FILL, XDR_NOTHING, NULL, (xdrproc_t)xdr_service_bytes, &result),
      RPC_CANTDECODEARGS);
  assert_failed(call_failing(FAIL_DECODE, 0), RPC_CANTDECODEARGS);
  assert_works(clnt);
}

static void an_impossible_length_is_reported(void) {
  u_int length_only = 0x7fffffff;
  struct service_bytes result = {0};
  assert_failed(service_call(clnt, SERVICE_ECHO, (xdrproc_t)xdr_u_int, &length_only,
                             (xdrproc_t)xdr_service_bytes, &result),
                RPC_CANTDECODEARGS);
  assert_works(clnt);
}

static void a_system_error_is_reported(void) {
  assert_failed(call_failing(FAIL_SYSTEM, 0), RPC_SYSTEMERROR);
  assert_works(clnt);
}

static void servers_may_deny_program_and_version(void) {
  assert_failed(call_failing(FAIL_NOPROG, 0), RPC_PROGUNAVAIL);
  assert_failed(call_failing(FAIL_PROGVERS, 5), RPC_PROGVERSMISMATCH);
  CU_ASSERT_EQUAL(last_error(clnt).re_vers.low, 5);
  CU_ASSERT_EQUAL(last_error(clnt).re_vers.high, 6);
  assert_works(clnt);
}

static void a_refused_credential_is_reported_with_its_why(void) {
  static const enum auth_stat whys[] = {AUTH_BADCRED, AUTH_REJECTEDCRED, AUTH_BADVERF,
                                        AUTH_REJECTEDVERF, AUTH_TOOWEAK};
  for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
    assert_failed(call_failing(FAIL_AUTH, whys[i]), RPC_AUTHERROR);
    CU_ASSERT_EQUAL(last_error(clnt).re_why, whys[i]);
  }
  assert_failed(call_failing(FAIL_WEAKAUTH, 0), RPC_AUTHERROR);
  CU_ASSERT_EQUAL(last_error(clnt).re_why, AUTH_TOOWEAK);
  CU_ASSERT_PTR_NOT_NULL(strstr(clnt_sperror(clnt, "x"), "why = "));
  assert_works(clnt);
}

static bool_t xdr_never(XDR* xdrs, void* value) {
  (void)xdrs, (void)value;
  return FALSE;
}

static void unencodable_arguments_are_reported(void) {
  u_int result = 0;
  assert_failed(
      service_call(clnt, SERVICE_SUM, (xdrproc_t)xdr_never, NULL, (xdrproc_t)xdr_u_int, &result),
      RPC_CANTENCODEARGS);
  assert_works(clnt);
}

/* Encodes more than any buffer holds and then gives up. */
static bool_t xdr_long_and_never(XDR* xdrs, void* value) {
  struct service_bytes* bytes = value;
  return xdr_service_bytes(xdrs, bytes) && FALSE;
}

static void unencodable_large_arguments_are_reported(void) {
  static char data[1 << 20];
  struct service_bytes bytes = {data, sizeof data};
  u_int result = 0;
  assert_failed(service_call(clnt, SERVICE_SUM, (xdrproc_t)xdr_long_and_never, &bytes,
                             (xdrproc_t)xdr_u_int, &result),
                RPC_CANTENCODEARGS);
  assert_works(clnt);
}

static void undecodable_results_are_reported(void) {
  int64_t too_long = 0;
  assert_failed(
      service_call(clnt, SERVICE_SHORT, XDR_NOTHING, NULL, (xdrproc_t)xdr_int64_t, &too_long),
      RPC_CANTDECODERES);
  assert_failed(service_call(clnt, SERVICE_SHORT, XDR_NOTHING, NULL, (xdrproc_t)xdr_never, NULL),
                RPC_CANTDECODERES);
  assert_works(clnt);
}

static void unencodable_results_fail_the_call_only(void) {
  u_int result = 0;
  assert_failed(
      service_call(clnt, SERVICE_UNENCODABLE, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int, &result),
      RPC_CANTDECODERES);
  assert_works(clnt);
}

static void more_results_than_expected_are_ignored(void) {
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_PROGRAM, XDR_NOTHING, NULL, XDR_NOTHING, NULL),
                  RPC_SUCCESS);
  assert_works(clnt);
}

static void assert_connection_broken(enum clnt_stat got) {
  CU_ASSERT_EQUAL(got, RPC_CANTRECV);
  CU_ASSERT_EQUAL(last_error(clnt).re_errno, ECONNRESET);
  CU_ASSERT_STRING_EQUAL(clnt_sperror(clnt, "x"),
                         "x: RPC: Unable to receive; errno = Connection reset by peer");
}

static void a_server_that_dies_in_the_call_breaks_it(void) {
  assert_connection_broken(call_void(clnt, SERVICE_DIE));
}

static void a_dead_server_breaks_every_later_call(void) {
  call_void(clnt, SERVICE_DIE);
  for (int i = 0; i < 3; i++) {
    enum clnt_stat stat = call_void(clnt, SERVICE_NULL);
    CU_ASSERT(stat == RPC_CANTRECV || stat == RPC_CANTSEND);
    CU_ASSERT_EQUAL(last_error(clnt).re_status, stat);
  }
}

static void a_server_killed_between_calls_breaks_the_next(void) {
  assert_works(clnt);
  child_kill(&service.process);
  CU_ASSERT(child_wait(&service.process, deadline_in_ms(PATIENCE_MS)) != -1);
  enum clnt_stat stat = call_void(clnt, SERVICE_NULL);
  CU_ASSERT(stat == RPC_CANTRECV || stat == RPC_CANTSEND);
}

CU_TestInfo error_tests[] = {
    {"an unknown procedure is RPC_PROCUNAVAIL", an_unknown_procedure_is_reported},
    {"an unknown program is RPC_PROGUNAVAIL", an_unknown_program_is_reported},
    {"an unknown version is RPC_PROGVERSMISMATCH with lowest and highest",
     an_unknown_version_is_reported_with_the_known_ones},
    {"arguments that the server cannot decode are RPC_CANTDECODEARGS",
     undecodable_arguments_are_reported},
    {"a length beyond the record is RPC_CANTDECODEARGS", an_impossible_length_is_reported},
    {"svcerr_systemerr is RPC_SYSTEMERROR", a_system_error_is_reported},
    {"svcerr_noprog and svcerr_progvers reach the client", servers_may_deny_program_and_version},
    {"svcerr_auth is RPC_AUTHERROR with its reason", a_refused_credential_is_reported_with_its_why},
    {"arguments that cannot be encoded are RPC_CANTENCODEARGS", unencodable_arguments_are_reported},
    {"arguments that fail after a mebibyte are RPC_CANTENCODEARGS",
     unencodable_large_arguments_are_reported},
    {"results that the client cannot decode are RPC_CANTDECODERES",
     undecodable_results_are_reported},
    {"results that the server cannot encode fail only that call",
     unencodable_results_fail_the_call_only},
    {"a result longer than the client reads is no error", more_results_than_expected_are_ignored},
    {"a server that dies in a call is RPC_CANTRECV with ECONNRESET",
     a_server_that_dies_in_the_call_breaks_it},
    {"a handle whose server died fails for good", a_dead_server_breaks_every_later_call},
    {"a server killed between two calls fails the second",
     a_server_killed_between_calls_breaks_the_next},
    CU_TEST_INFO_NULL,
};
