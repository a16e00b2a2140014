// SPDX-License-Identifier: BSD-3-Clause
// The routines of libtirpc that free one piece of a value. With XDR_FREE a piece may be one that
// free(3) does not know: part of a result that was left in place, or a block of the shared heap. With XDR_DECODE
// part of such a result may stand where memory to decode to is looked for.
#include "config.h"

#include "placement/releasing.hpp"

#include <rpc/rpc.h>

#include "base/boundary.hpp"
#include "base/stock.hpp"
#include "placement/held.hpp"
#include "placement/xdr_arrays.hpp"
#include "rpc/vm.h"

using namespace vmrpc;

namespace {

bool is_ours_to_free(const XDR* xdrs) {
  return xdrs->x_op == XDR_FREE && !placement::Held::instance().empty();
}

bool_t failed(clnt_stat, int) { return FALSE; }

}  // namespace

extern "C" {

RPC_VM_API bool_t xdr_string(XDR* xdrs, char** text, u_int bound) {
  // Always ours: libtirpc's measures a string before it frees it.
  if (xdrs->x_op == XDR_FREE) return c_boundary([&] { return placement::release_string(text); }, failed);
  placement::forget_held(xdrs, text);
  return stock().xdr_string(xdrs, text, bound);
}

RPC_VM_API bool_t xdr_bytes(XDR* xdrs, char** bytes, u_int* count, u_int bound) {
  if (is_ours_to_free(xdrs)) return c_boundary([&] { return placement::release_bytes(bytes); }, failed);
  placement::forget_held(xdrs, bytes);
  return placement::xdr_bytes_fast(xdrs, bytes, count, bound);
}

RPC_VM_API bool_t xdr_reference(XDR* xdrs, char** object, u_int bytes, xdrproc_t routine) {
  if (is_ours_to_free(xdrs)) return c_boundary([&] { return placement::release_reference(xdrs, object, routine); }, failed);
  placement::forget_held(xdrs, object);
  return stock().xdr_reference(xdrs, object, bytes, routine);
}

RPC_VM_API bool_t xdr_pointer(XDR* xdrs, char** object, u_int bytes, xdrproc_t routine) {
  if (!is_ours_to_free(xdrs)) return stock().xdr_pointer(xdrs, object, bytes, routine);
  return c_boundary([&] { return placement::release_pointer(xdrs, object, routine); }, failed);
}

}  // extern "C"
