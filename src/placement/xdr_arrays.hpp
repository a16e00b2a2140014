// SPDX-License-Identifier: BSD-3-Clause
// xdr_array() and xdr_vector() with a bulk path for scalar elements: the same bytes and results as
// libtirpc's, without a call per element.
#pragma once

#include <rpc/rpc.h>

namespace vmrpc::placement {

bool_t xdr_array_fast(XDR* xdrs, caddr_t* address, u_int* count, u_int max_count, u_int element_bytes,
                      xdrproc_t element);
bool_t xdr_vector_fast(XDR* xdrs, char* base, u_int count, u_int element_bytes, xdrproc_t element);

}  // namespace vmrpc::placement
