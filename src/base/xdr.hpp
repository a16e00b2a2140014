// SPDX-License-Identifier: BSD-3-Clause
// XDR routines as libtirpc wants them.
#pragma once

#include <rpc/rpc.h>

namespace vmrpc {

// xdrproc_t is declared variadic, the routines are not: every caller of libtirpc casts.
template <typename Result, typename... Arguments>
xdrproc_t as_xdrproc(Result (*routine)(Arguments...)) noexcept {
  return reinterpret_cast<xdrproc_t>(reinterpret_cast<void (*)()>(routine));
}

// A reply header ready to be decoded, with results left to the caller.
inline rpc_msg empty_reply() noexcept {
  rpc_msg reply{};
  reply.acpted_rply.ar_verf = _null_auth;
  reply.acpted_rply.ar_results.proc = as_xdrproc(xdr_void);
  return reply;
}

// What was decoded for a reply header.
inline void free_verifier(rpc_msg& reply) noexcept {
  if (reply.rm_reply.rp_stat != MSG_ACCEPTED || reply.acpted_rply.ar_verf.oa_base == nullptr) return;
  XDR xdr{};
  xdr.x_op = XDR_FREE;
  (void)xdr_opaque_auth(&xdr, &reply.acpted_rply.ar_verf);
}

}  // namespace vmrpc
