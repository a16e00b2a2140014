// SPDX-License-Identifier: BSD-3-Clause
// How long null calls take on either path.
#pragma once

#include <sys/types.h>

#include <optional>

#include "findings.hpp"
#include "reach.hpp"

namespace vmrpc::info {

// One null call. Any answer of the server will do; no value when there is none.
std::optional<rpc_err> null_call(CLIENT* client, unsigned timeout_s);

// No value when a call gets no answer.
std::optional<RoundTrip> measure(CLIENT* client, unsigned calls, unsigned timeout_s);

// A process of its own for the socket: there VMRPC is off, which a process decides once. It has to
// be made before this process uses RPC.
class SocketMeter {
 public:
  explicit SocketMeter(unsigned timeout_s);
  ~SocketMeter();
  SocketMeter(const SocketMeter&) = delete;
  SocketMeter& operator=(const SocketMeter&) = delete;

  std::optional<RoundTrip> measure(const Address& address, rpcprog_t program, rpcvers_t version,
                                   unsigned calls);

 private:
  [[noreturn]] void serve(int channel);

  unsigned timeout_s_;
  int channel_ = -1;
  pid_t process_ = -1;
};

}  // namespace vmrpc::info
