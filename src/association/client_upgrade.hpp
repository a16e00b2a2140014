// SPDX-License-Identifier: BSD-3-Clause
// The client's side of an upgrade: which control call is due, and what its answer means.
#pragma once

#include <rpc/rpc.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "rpc/vm.h"
#include "transport/transport.hpp"

namespace vmrpc::association {

class ClientUpgrade {
 public:
  explicit ClientUpgrade(const transport::Backend& backend);

  // A control call should go out behind the next message.
  bool is_due() const noexcept { return due_; }
  // An answer is outstanding.
  bool is_waiting() const noexcept { return waiting_; }
  // The first answer is outstanding: whether the peer is stock is not known yet.
  bool is_probing() const noexcept { return waiting_ && step_ == Step::kHello; }
  // PROVE is under way: the server may use the regions once it has answered.
  bool is_proving() const noexcept { return waiting_ && step_ == Step::kProve; }
  bool is_up() const noexcept { return step_ == Step::kUp; }
  bool stays() const noexcept { return step_ == Step::kStays; }
  // Why it stays.
  rpc_vm_reason reason() const noexcept { return reason_; }

  // Encodes the control call that is due as one message. False: it stays.
  bool encode(XDR* xdrs);
  bool awaits(std::uint32_t xid) const noexcept { return waiting_ && xid == xid_; }
  // Takes the answer: `reply` is its header, `xdrs` stands before the results.
  void on_answer(const rpc_msg& reply, XDR* xdrs);
  // Gives up, for this reason.
  void give_up(rpc_vm_reason reason);

  // Once it is up.
  transport::Endpoint take_endpoint() { return std::move(endpoint_); }
  bool on_one_cpu() const noexcept { return on_one_cpu_; }

 private:
  enum class Step { kHello, kAttach, kProve, kDetach, kUp, kStays };

  bool encode_arguments(XDR* xdrs);
  bool encode_hello(XDR* xdrs);
  void offer_windows();
  void choose_window(std::uint64_t base);
  void take_answer(XDR* xdrs);
  void take_hello(XDR* xdrs);
  void take_attach(XDR* xdrs);
  void take_prove(XDR* xdrs);
  void go_to(Step step);

  const transport::Backend& backend_;
  std::unique_ptr<transport::ClientMeeting> meeting_;
  transport::Bytes attach_data_;
  transport::Endpoint endpoint_;
  std::vector<unsigned char> cpus_;
  std::vector<memory::WindowPair> windows_;  // offered
  std::optional<memory::WindowPair> chosen_;
  Step step_ = Step::kHello;
  bool due_ = true;
  bool waiting_ = false;
  bool on_one_cpu_ = false;
  std::uint32_t xid_ = 0;
  rpc_vm_reason reason_ = RPC_VM_REASON_NONE;
};

}  // namespace vmrpc::association
