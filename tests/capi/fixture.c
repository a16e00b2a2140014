/* SPDX-License-Identifier: BSD-3-Clause */
/* Set-up and tear-down of each test of the C API. */
#include "fixture.h"

const struct variant variants[] = {
    {"IPv4, fresh connection", AF_INET, false},
    {"IPv4, after ten calls", AF_INET, true},
    {"IPv6, fresh connection", AF_INET6, false},
    {"IPv6, after ten calls", AF_INET6, true},
    {"AF_UNIX, fresh connection", AF_UNIX, false},
    {"AF_UNIX, after ten calls", AF_UNIX, true},
    {NULL, 0, false},
};
const struct variant* variant;
struct service service;
CLIENT* clnt;

struct service_options plain_options(void) {
  return (struct service_options){.family = variant->family};
}

void warm_up(CLIENT* handle) {
  for (int i = 0; i < 10; i++)
    if (service_call(handle, SERVICE_NULL, XDR_NOTHING, NULL, XDR_NOTHING, NULL) != RPC_SUCCESS)
      die("%s", clnt_sperror(handle, "a first call fails"));
  if (!traffic_upgrade(handle)) die("the connection does not move to shared memory");
}

CLIENT* connect_warm(const struct service* target, rpcprog_t prog, rpcvers_t vers) {
  CLIENT* handle = service_connect(target, prog, vers);
  if (handle == NULL) die("%s", clnt_spcreateerror("no handle"));
  if (variant->warm) warm_up(handle);
  return handle;
}

void fixture_set_up(void) {
  struct service_options options = plain_options();
  service = service_start(&options);
  clnt = connect_warm(&service, SERVICE_PROG, SERVICE_VERS);
}

void fixture_tear_down(void) {
  if (clnt != NULL) clnt_destroy(clnt);
  clnt = NULL;
  service_end(&service);
}

struct traffic mark(CLIENT* handle) {
  return traffic_of_client(handle);
}

void assert_shared_calls(CLIENT* handle, struct traffic mark, unsigned n) {
  if (!traffic_is_counted() || !variant->warm) return;
  struct traffic now = traffic_of_client(handle);
  CU_ASSERT_EQUAL(now.shared_calls - mark.shared_calls, n);
  CU_ASSERT_EQUAL(now.socket_calls, mark.socket_calls);
}

u_int call_u_int(CLIENT* handle, enum service_proc proc) {
  u_int value = 0;
  CU_ASSERT_EQUAL(service_call(handle, proc, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int, &value),
                  RPC_SUCCESS);
  return value;
}

void assert_works(CLIENT* handle) {
  CU_ASSERT_EQUAL(call_u_int(handle, SERVICE_PROGRAM), SERVICE_PROG * 16u + SERVICE_VERS);
}
