// SPDX-License-Identifier: BSD-3-Clause
// What is thrown when the peer's region holds an impossible value.
#pragma once

#include <cerrno>

#include "base/error.hpp"

namespace vmrpc::memory {

// Ends the association (reason protocol-error), never the process. `what()` names the value.
class PeerFault : public RpcError {
 public:
  explicit PeerFault(const char* what) noexcept : RpcError(RPC_CANTRECV, EPROTO), what_(what) {}
  const char* what() const noexcept override { return what_; }

 private:
  const char* what_;
};

}  // namespace vmrpc::memory
