/* SPDX-License-Identifier: BSD-3-Clause */
/* Who the server believes is calling: AUTH_NONE, AUTH_SYS, a flavour of one's own, and the
 * connection. */
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static struct service_caller call_caller(void) {
  struct service_caller caller = {0};
  CU_ASSERT_EQUAL(
      service_call(clnt, SERVICE_CALLER, XDR_NOTHING, NULL, (xdrproc_t)xdr_service_caller, &caller),
      RPC_SUCCESS);
  return caller;
}

static void use_auth(AUTH* auth) {
  CU_ASSERT_PTR_NOT_NULL_FATAL(auth);
  auth_destroy(clnt->cl_auth);
  clnt->cl_auth = auth;
}

static void drop_auth(void) {
  auth_destroy(clnt->cl_auth);
  clnt->cl_auth = authnone_create();
}

static void a_new_handle_uses_auth_none(void) {
  struct traffic before = mark(clnt);
  CU_ASSERT_EQUAL(call_caller().flavor, AUTH_NONE);
  assert_shared_calls(clnt, before, 1);
}

static void auth_sys_arrives_whole(void) {
  gid_t gids[NGRPS];
  for (u_int i = 0; i < NGRPS; i++) gids[i] = 1000 + i;
  char machine[] = "a-machine.example";
  use_auth(authunix_create(machine, 4001, 4002, NGRPS, gids));
  struct traffic before = mark(clnt);
  struct service_caller caller = call_caller();
  assert_shared_calls(clnt, before, 1);
  CU_ASSERT_EQUAL(caller.flavor, AUTH_SYS);
  CU_ASSERT_EQUAL(caller.uid, 4001);
  CU_ASSERT_EQUAL(caller.gid, 4002);
  CU_ASSERT_EQUAL(caller.n_gids, NGRPS);
  for (u_int i = 0; i < NGRPS; i++) CU_ASSERT_EQUAL(caller.gids[i], 1000 + i);
  CU_ASSERT_STRING_EQUAL(caller.machine, machine);
  drop_auth();
}

static void auth_sys_default_is_the_process(void) {
  use_auth(authunix_create_default());
  struct service_caller caller = call_caller();
  CU_ASSERT_EQUAL(caller.uid, geteuid());
  CU_ASSERT_EQUAL(caller.gid, getegid());
  drop_auth();
}

static void credentials_may_change_from_call_to_call(void) {
  char machine[] = "m";
  for (u_int i = 0; i < 5; i++) {
    use_auth(authunix_create(machine, 10 + i, 20 + i, 0, NULL));
    CU_ASSERT_EQUAL(call_caller().uid, 10 + i);
    drop_auth();
    CU_ASSERT_EQUAL(call_caller().flavor, AUTH_NONE);
  }
}

/* Flavours that libtirpc does not know, with opaque credentials of 8 bytes. */
#define OWN_FLAVOR 0x5600
#define UNKNOWN_FLAVOR 0x5601

static void own_nextverf(AUTH* auth) { (void)auth; }
static int own_marshal(AUTH* auth, XDR* xdrs) {
  return xdr_opaque_auth(xdrs, &auth->ah_cred) && xdr_opaque_auth(xdrs, &auth->ah_verf);
}
static int own_validate(AUTH* auth, struct opaque_auth* verf) {
  (void)auth, (void)verf;
  return TRUE;
}
static int own_refresh(AUTH* auth, void* message) {
  (void)auth, (void)message;
  return FALSE;
}
static void own_destroy(AUTH* auth) { (void)auth; }
static int own_wrap(AUTH* auth, XDR* xdrs, xdrproc_t proc, caddr_t value) {
  (void)auth;
  return (*proc)(xdrs, value);
}

static struct auth_ops own_ops = {own_nextverf, own_marshal, own_validate, own_refresh,
                                  own_destroy,  own_wrap,    own_wrap};

static void an_unknown_flavor_is_refused_by_the_server(void) {
  char credential[] = "12345678";
  AUTH own = {.ah_cred = {UNKNOWN_FLAVOR, credential, 8}, .ah_ops = &own_ops};
  AUTH* plain = clnt->cl_auth;
  struct rpc_err error;
  clnt->cl_auth = &own;
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_NULL, XDR_NOTHING, NULL, XDR_NOTHING, NULL),
                  RPC_AUTHERROR);
  clnt_geterr(clnt, &error);
  CU_ASSERT_EQUAL(error.re_why, AUTH_REJECTEDCRED);
  clnt->cl_auth = plain;
  assert_works(clnt);
}

static enum auth_stat accept_own_flavor(struct svc_req* request, struct rpc_msg* message) {
  (void)message;
  request->rq_xprt->xp_verf = _null_auth;
  return request->rq_cred.oa_length == 8 ? AUTH_OK : AUTH_BADCRED;
}

static void use_own_flavor(void) {
  char credential[] = "12345678";
  AUTH own = {.ah_cred = {OWN_FLAVOR, credential, 8}, .ah_ops = &own_ops};
  AUTH* plain = clnt->cl_auth;
  for (int i = 0; i < 5; i++) {
    clnt->cl_auth = &own;
    CU_ASSERT_EQUAL(call_caller().flavor, OWN_FLAVOR);
    clnt->cl_auth = plain;
    CU_ASSERT_EQUAL(call_caller().flavor, AUTH_NONE);
  }
}

static void a_flavor_of_the_programs_own_works(void) {
  /* Inherited by the server that is started next: there is no way to take a flavour out again. */
  static bool registered;
  if (!registered) CU_ASSERT_EQUAL(svc_auth_reg(OWN_FLAVOR, accept_own_flavor), 0);
  registered = true;
  fixture_tear_down();
  fixture_set_up();
  use_own_flavor();
}

static u_int own_port(void) {
  struct sockaddr_storage address = {0};
  socklen_t length = sizeof address;
  int fd = -1;
  clnt_control(clnt, CLGET_FD, (char*)&fd);
  getsockname(fd, (struct sockaddr*)&address, &length);
  if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in*)&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6*)&address)->sin6_port);
  return 0;
}

static void a_dispatch_routine_sees_the_callers_address(void) {
  struct traffic before = mark(clnt);
  struct service_caller caller = call_caller();
  assert_shared_calls(clnt, before, 1);
  CU_ASSERT_EQUAL(caller.port_by_handle, own_port());
  CU_ASSERT_EQUAL(caller.port_by_socket, own_port());
  if (variant->family == AF_UNIX) CU_ASSERT_EQUAL(caller.pid_by_socket, (u_int)getpid());
}

CU_TestInfo auth_tests[] = {
    {"a new handle uses AUTH_NONE", a_new_handle_uses_auth_none},
    {"AUTH_SYS arrives with uid, gid, groups and machine name", auth_sys_arrives_whole},
    {"authunix_create_default is this process", auth_sys_default_is_the_process},
    {"credentials may change from call to call", credentials_may_change_from_call_to_call},
    {"a flavour that the server does not know is AUTH_REJECTEDCRED",
     an_unknown_flavor_is_refused_by_the_server},
    {"a flavour that the program registered works beside AUTH_NONE",
     a_flavor_of_the_programs_own_works},
    {"svc_getcaller and getpeername of xp_fd in a dispatch routine are the caller's address",
     a_dispatch_routine_sees_the_callers_address},
    CU_TEST_INFO_NULL,
};
