// SPDX-License-Identifier: BSD-3-Clause
// xdr_array() and xdr_vector() with a bulk path for scalar elements, and xdr_bytes(): the same bytes and results as
// libtirpc's, without a call per element, and without zeroing what is written next.
#pragma once

#include <rpc/rpc.h>

namespace vmrpc::placement {

bool_t xdr_array_fast(XDR* xdrs, caddr_t* address, u_int* count, u_int max_count, u_int element_bytes,
                      xdrproc_t element);
bool_t xdr_bytes_fast(XDR* xdrs, char** bytes, u_int* count, u_int max_count);
bool_t xdr_vector_fast(XDR* xdrs, char* base, u_int count, u_int element_bytes, xdrproc_t element);

}  // namespace vmrpc::placement
