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
#include "server/services.hpp"

using namespace vmrpc;

namespace {

// Without memory to note it, libtirpc alone knows the service.
void note(u_long program, u_long version, server::Dispatch dispatch) {
  c_boundary([&] { server::note_service(static_cast<rpcprog_t>(program), static_cast<rpcvers_t>(version), dispatch); },
             [](clnt_stat, int) {});
}

void forget(u_long program, u_long version) {
  c_boundary([&] { server::forget_service(static_cast<rpcprog_t>(program), static_cast<rpcvers_t>(version)); },
             [](clnt_stat, int) {});
}

}  // namespace

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

RPC_VM_API bool_t svc_reg(SVCXPRT* xprt, const rpcprog_t program, const rpcvers_t version,
                          void (*dispatch)(svc_req*, SVCXPRT*), const struct netconfig* nconf) {
  const bool_t done = stock().svc_reg(xprt, program, version, dispatch, nconf);
  if (done) note(program, version, dispatch);
  return done;
}

RPC_VM_API bool_t svc_register(SVCXPRT* xprt, u_long program, u_long version, void (*dispatch)(svc_req*, SVCXPRT*),
                               int protocol) {
  const bool_t done = stock().svc_register(xprt, program, version, dispatch, protocol);
  if (done) note(program, version, dispatch);
  return done;
}

RPC_VM_API void svc_unreg(const rpcprog_t program, const rpcvers_t version) {
  forget(program, version);
  stock().svc_unreg(program, version);
}

RPC_VM_API void svc_unregister(u_long program, u_long version) {
  forget(program, version);
  stock().svc_unregister(program, version);
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
