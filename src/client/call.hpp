// SPDX-License-Identifier: BSD-3-Clause
// clnt_call(): one remote call, over shared memory or the socket.
#pragma once

#include <rpc/rpc.h>

#include "base/clock.hpp"

namespace vmrpc::client {

class Handle;

struct CallArguments {
  rpcproc_t procedure;
  xdrproc_t encode;
  void* arguments;
  xdrproc_t decode;
  void* results;
  timeval timeout;
};

clnt_stat call_remote(Handle& handle, const CallArguments& arguments);

// clnt_vm_upgrade(): RPC_SUCCESS, RPC_TIMEDOUT, RPC_UNKNOWNPROTO, or what broke the connection.
clnt_stat upgrade_handle(Handle& handle, Nanoseconds timeout_ns);

}  // namespace vmrpc::client
