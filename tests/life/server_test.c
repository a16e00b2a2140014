/* SPDX-License-Identifier: BSD-3-Clause */
/* Servers that end a connection in the middle of it. */
#include <poll.h>

#include "life.h"

static enum clnt_stat call_void(CLIENT* clnt, enum service_proc proc) {
  return service_call(clnt, proc, XDR_NOTHING, NULL, XDR_NOTHING, NULL);
}

static bool ends(CLIENT* clnt) {
  struct pollfd fd = {.events = POLLIN};
  clnt_control(clnt, CLGET_FD, (char*)&fd.fd);
  return poll(&fd, 1, PATIENCE_MS) == 1;
}

static void another_connection_is_destroyed(enum service_proc how, int rounds) {
  struct service service = start_service();
  CLIENT* bystander = connect_upgraded(&service);
  for (int i = 0; i < rounds; i++) {
    CLIENT* clnt = connect_upgraded(&service);
    CU_ASSERT_EQUAL(call_void(clnt, SERVICE_REMEMBER), RPC_SUCCESS);
    CU_ASSERT_EQUAL(call_void(bystander, how), RPC_SUCCESS);
    CU_ASSERT(ends(clnt));
    enum clnt_stat stat = call_void(clnt, SERVICE_NULL);
    CU_ASSERT(stat == RPC_CANTRECV || stat == RPC_CANTSEND);
    clnt_destroy(clnt);
    CU_ASSERT(works(bystander));
  }
  clnt_destroy(bystander);
  service_end(&service);
}

static void a_dispatch_routine_destroys_another_connection(void) {
  another_connection_is_destroyed(SERVICE_DESTROY, 5);
}

/* svc_run() looks at both connections meanwhile. libtirpc's own ends the process by an assertion. */
static void a_thread_destroys_an_idle_connection(void) {
  if (!traffic_is_counted()) return;
  another_connection_is_destroyed(SERVICE_DESTROY_APART, 100);
}

static void a_dispatch_routine_hangs_up(void) {
  struct service service = start_service();
  CLIENT* bystander = connect_upgraded(&service);
  for (int i = 0; i < 5; i++) {
    CLIENT* clnt = connect_upgraded(&service);
    CU_ASSERT_EQUAL(call_void(clnt, SERVICE_HANG_UP), RPC_CANTRECV);
    clnt_destroy(clnt);
    CU_ASSERT(works(bystander));
  }
  clnt_destroy(bystander);
  service_end(&service);
}

CU_TestInfo server_tests[] = {
    {"a dispatch routine destroys another connection",
     a_dispatch_routine_destroys_another_connection},
    {"a thread destroys an idle connection", a_thread_destroys_an_idle_connection},
    {"a dispatch routine hangs up", a_dispatch_routine_hangs_up},
    CU_TEST_INFO_NULL,
};
