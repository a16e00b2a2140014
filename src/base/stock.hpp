// SPDX-License-Identifier: BSD-3-Clause
// libtirpc's own versions of the functions that this library interposes.
#pragma once

#include <rpc/rpc.h>

namespace vmrpc {

struct Stock {
  CLIENT* (*clnt_vc_create)(int, const struct netbuf*, rpcprog_t, rpcvers_t, u_int, u_int);
  void (*xprt_register)(SVCXPRT*);
  void (*xprt_unregister)(SVCXPRT*);
  void (*svc_run)();
  bool_t (*svc_reg)(SVCXPRT*, rpcprog_t, rpcvers_t, void (*)(svc_req*, SVCXPRT*), const netconfig*);
  void (*svc_unreg)(rpcprog_t, rpcvers_t);
  bool_t (*svc_register)(SVCXPRT*, u_long, u_long, void (*)(svc_req*, SVCXPRT*), int);
  void (*svc_unregister)(u_long, u_long);
  bool_t (*xdr_array)(XDR*, caddr_t*, u_int*, u_int, u_int, xdrproc_t);
  bool_t (*xdr_vector)(XDR*, char*, u_int, u_int, xdrproc_t);
  bool_t (*xdr_bytes)(XDR*, char**, u_int*, u_int);
  bool_t (*xdr_pointer)(XDR*, char**, u_int, xdrproc_t);
  bool_t (*xdr_reference)(XDR*, caddr_t*, u_int, xdrproc_t);
  bool_t (*xdr_string)(XDR*, char**, u_int);
};

// Looked up at first use; ends the process with a message when libtirpc is not there,
// which only a broken installation can bring about (we are linked with it).
const Stock& stock();

// Whether `function` is libtirpc's code: the op tables of transports and handles that a
// program made by itself are left alone.
bool is_stock_code(const void* function);

}  // namespace vmrpc
