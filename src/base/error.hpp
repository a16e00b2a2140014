// SPDX-License-Identifier: BSD-3-Clause
// The exceptions of this library: what ends a call, and what ends an upgrade.
#pragma once

#include <rpc/rpc.h>

#include <exception>

#include "rpc/vm.h"

namespace vmrpc {

// Ends a call, in the terms of clnt_stat.
class RpcError : public std::exception {
 public:
  explicit RpcError(clnt_stat stat, int sys_errno = 0) noexcept
      : stat_(stat), sys_errno_(sys_errno) {}
  clnt_stat stat() const noexcept { return stat_; }
  int sys_errno() const noexcept { return sys_errno_; }
  const char* what() const noexcept override { return "RPC failure"; }

 private:
  clnt_stat stat_;
  int sys_errno_;
};

// Ends an upgrade: the connection stays on its socket for this reason.
class UpgradeError : public RpcError {
 public:
  explicit UpgradeError(rpc_vm_reason reason, int sys_errno = 0) noexcept
      : RpcError(RPC_UNKNOWNPROTO, sys_errno), reason_(reason) {}
  rpc_vm_reason reason() const noexcept { return reason_; }
  const char* what() const noexcept override { return "upgrade refused"; }

 private:
  rpc_vm_reason reason_;
};

}  // namespace vmrpc
