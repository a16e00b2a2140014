// SPDX-License-Identifier: BSD-3-Clause
// XDR_FREE of the routines of libtirpc that end in free(3), for values that free(3) does not know.
//
// Each does what libtirpc's routine of that name does with XDR_FREE, except that a piece of a held
// value is counted down and a block of our heap is freed there; and that an address which itself lies in
// the peer's region is not overwritten with NULL, and counts once.
#pragma once

#include <rpc/rpc.h>

namespace vmrpc::placement {

// Frees one piece, wherever it came from. NULL is allowed.
void release(void* piece);

// Before a piece is decoded: what an earlier value left there in place, in a variable that is used again, is no
// memory to decode to.
void forget_held(const XDR* xdrs, char** slot);

// Frees a value that was received: clnt_freeres() and svc_freeargs().
bool_t release_value(xdrproc_t routine, void* value);

bool_t release_string(char** text);
bool_t release_bytes(char** bytes);
bool_t release_reference(XDR* xdrs, char** object, xdrproc_t routine);
bool_t release_pointer(XDR* xdrs, char** object, xdrproc_t routine);
bool_t release_array(XDR* xdrs, char** elements, u_int count, u_int element_bytes, xdrproc_t routine);

}  // namespace vmrpc::placement
