// SPDX-License-Identifier: BSD-3-Clause
// What an operation of an XDR stream ran into. Exceptions must not cross the xdr_* routines of C programs: it is
// remembered, and thrown when they have returned.
#pragma once

#include <rpc/rpc.h>

#include "base/boundary.hpp"
#include "memory/fault.hpp"

namespace vmrpc::association {

class Failure {
 public:
  // Whether `body` says true; what it throws is a failure.
  template <typename Body>
  bool_t guard(const Body& body) {
    const auto note = [this](const RpcError& error) { what_ = error.what(); };
    return c_boundary([&]() -> bool_t { return observing_errors(body, note) ? TRUE : FALSE; },
                      [this](clnt_stat stat, int error) -> bool_t {
                        stat_ = stat;
                        errno_ = error;
                        return FALSE;
                      });
  }
  void forget() noexcept { stat_ = RPC_SUCCESS; }
  bool is_known() const noexcept { return stat_ != RPC_SUCCESS; }
  // Nothing when there is none.
  void throw_again() const {
    if (!is_known()) return;
    if (errno_ == EPROTO) throw memory::PeerFault(what_);
    throw RpcError(stat_, errno_);
  }

 private:
  clnt_stat stat_ = RPC_SUCCESS;
  int errno_ = 0;
  const char* what_ = "";
};

}  // namespace vmrpc::association
