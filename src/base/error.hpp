// SPDX-License-Identifier: BSD-3-Clause
// The one exception of this library: what ends a call, in the terms of clnt_stat.
#pragma once

#include <rpc/rpc.h>

#include <exception>

namespace vmrpc {

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

}  // namespace vmrpc
