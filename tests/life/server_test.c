/* SPDX-License-Identifier: BSD-3-Clause */
/* Servers that end a connection in the middle of it. */
#include "life.h"

static enum clnt_stat call_void(CLIENT* clnt, enum service_proc proc) {
  return service_call(clnt, proc, XDR_NOTHING, NULL, XDR_NOTHING, NULL);
}

static void a_dispatch_routine_destroys_another_connection(void) {
  struct service service = start_service();
  CLIENT* bystander = connect_upgraded(&service);
  for (int i = 0; i < 5; i++) {
    CLIENT* clnt = connect_upgraded(&service);
    CU_ASSERT_EQUAL(call_void(clnt, SERVICE_REMEMBER), RPC_SUCCESS);
    CU_ASSERT_EQUAL(call_void(bystander, SERVICE_DESTROY), RPC_SUCCESS);
    enum clnt_stat stat = call_void(clnt, SERVICE_NULL);
    CU_ASSERT(stat == RPC_CANTRECV || stat == RPC_CANTSEND);
    clnt_destroy(clnt);
    CU_ASSERT(works(bystander));
  }
  clnt_destroy(bystander);
  service_end(&service);
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
    {"a dispatch routine hangs up", a_dispatch_routine_hangs_up},
    CU_TEST_INFO_NULL,
};
