// SPDX-License-Identifier: BSD-3-Clause
// Which routine serves a program and version: what svc_reg() and its kin have told libtirpc, whose own list is static.
//
// Only what is certain is known here. For anything else svc_getreq_common() is asked, so that libtirpc decides.
#pragma once

#include <rpc/rpc.h>

#include "server/known.hpp"

namespace vmrpc::server {

using Dispatch = void (*)(svc_req*, SVCXPRT*);

// libtirpc took this registration.
void note_service(rpcprog_t program, rpcvers_t version, Dispatch dispatch);
// libtirpc is about to drop one or all registrations of this.
void forget_service(rpcprog_t program, rpcvers_t version);

// Null: not known for certain.
using KnownService = Known<Dispatch>;
template <>
Dispatch KnownService::look_up(rpcprog_t program, rpcvers_t version);

}  // namespace vmrpc::server
