// SPDX-License-Identifier: BSD-3-Clause
// The server's side of an upgrade: the answers to the control calls of one connection.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "association/control.hpp"
#include "association/quota.hpp"
#include "transport/transport.hpp"

namespace vmrpc::association {

class ServerUpgrade {
 public:
  // Each answers one call. What the result points to stays valid until the next call.
  vmrpc_hello_res hello(const vmrpc_hello_args& args);
  vmrpc_attach_res attach(const vmrpc_attach_args& args);
  vmrpc_prove_res prove(const vmrpc_prove_args& args);
  // Drops everything.
  void reset();

  // After a prove() that was answered with VMRPC_OK: both regions, once.
  bool is_up() const noexcept { return step_ == Step::kUp; }
  transport::Endpoint take_endpoint() { return std::move(endpoint_); }
  QuotaShare take_quota() { return std::move(quota_); }
  bool on_one_cpu() const noexcept { return on_one_cpu_; }
  rpc_vm_reason reason() const noexcept { return reason_; }

 private:
  enum class Step { kNothing, kHello, kAttached, kUp };

  void choose_window(const vmrpc_hello_args& args, vmrpc_hello_res& res);
  void meet(const vmrpc_hello_args& args, vmrpc_hello_res& res);
  template <typename Body>
  vmrpc_status answer(const Body& body);

  Step step_ = Step::kNothing;
  std::unique_ptr<transport::ServerMeeting> meeting_;
  transport::Bytes data_;
  transport::Endpoint endpoint_;
  QuotaShare quota_;
  std::vector<unsigned char> cpus_;
  std::optional<memory::WindowPair> windows_;
  bool on_one_cpu_ = false;
  rpc_vm_reason reason_ = RPC_VM_REASON_NONE;
};

}  // namespace vmrpc::association
