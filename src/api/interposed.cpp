// SPDX-License-Identifier: BSD-3-Clause
// The functions of libtirpc that this library stands in front of. libtirpc's own calls to them go
// through its procedure linkage table, so that all ways of making handles and transports
// pass here.
#include "config.h"

#include <rpc/rpc.h>

#include "base/boundary.hpp"
#include "base/settings.hpp"
#include "base/stock.hpp"
#include "client/handle.hpp"
#include "placement/xdr_arrays.hpp"
#include "rpc/vm.h"
#include "server/adopt.hpp"
#include "server/run_loop.hpp"

using namespace vmrpc;

extern "C" {

RPC_VM_API CLIENT* clnt_vc_create(const int fd, const struct netbuf* address, const rpcprog_t program,
                                  const rpcvers_t version, const u_int send_bytes,
                                  const u_int receive_bytes) {
  return c_boundary(
      [&] { return client::create_handle(fd, address, program, version, send_bytes, receive_bytes); },
      [](clnt_stat stat, int error) -> CLIENT* {
        rpc_createerr.cf_stat = stat;
        rpc_createerr.cf_error.re_errno = error;
        return nullptr;
      });
}

RPC_VM_API void xprt_register(SVCXPRT* xprt) {
  c_boundary([&] { server::register_transport(xprt); },
             [&](clnt_stat, int) { stock().xprt_register(xprt); });
}

RPC_VM_API void xprt_unregister(SVCXPRT* xprt) {
  c_boundary([&] { server::unregister_transport(xprt); },
             [&](clnt_stat, int) { stock().xprt_unregister(xprt); });
}

RPC_VM_API void svc_run(void) {
  if (settings().mode == Mode::kOff) return stock().svc_run();
  c_boundary([] { server::run_loop(); }, [](clnt_stat, int) {});
}

RPC_VM_API bool_t xdr_array(XDR* xdrs, caddr_t* address, u_int* count, u_int max_count,
                            u_int element_bytes, xdrproc_t element) {
  return placement::xdr_array_fast(xdrs, address, count, max_count, element_bytes, element);
}

RPC_VM_API bool_t xdr_vector(XDR* xdrs, char* base, u_int count, u_int element_bytes, xdrproc_t element) {
  return placement::xdr_vector_fast(xdrs, base, count, element_bytes, element);
}

}  // extern "C"
