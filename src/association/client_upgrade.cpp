// SPDX-License-Identifier: BSD-3-Clause
// HELLO, ATTACH, PROVE as the client makes them.
#include "config.h"

#include "association/client_upgrade.hpp"

#include <cstring>

#include "association/control.hpp"
#include "base/boundary.hpp"
#include "base/random.hpp"

namespace vmrpc::association {
namespace {

constexpr std::size_t kWindowsOffered = 2;

// A decoded result that is freed with its own XDR routine.
template <typename T>
class Decoded {
 public:
  Decoded(XDR* xdrs, bool_t (*proc)(XDR*, T*)) : proc_(proc) {
    if (proc(xdrs, &value_) == FALSE) {
      release();
      throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
    }
  }
  Decoded(const Decoded&) = delete;
  ~Decoded() { release(); }
  T* operator->() noexcept { return &value_; }

 private:
  void release() noexcept {
    XDR free_stream{};
    free_stream.x_op = XDR_FREE;
    proc_(&free_stream, &value_);
  }
  bool_t (*proc_)(XDR*, T*);
  T value_{};
};

// XDR structs hold char pointers, our bytes are unsigned.
char* chars(transport::Bytes& bytes) { return reinterpret_cast<char*>(bytes.data()); }

void expect_ok(vmrpc_status status) {
  if (status != VMRPC_OK) throw UpgradeError(reason_of(status));
}

}  // namespace

ClientUpgrade::ClientUpgrade(const transport::Backend& backend) : backend_(backend) {}

void ClientUpgrade::go_to(Step step) {
  step_ = step;
  due_ = step != Step::kUp && step != Step::kStays;
}

void ClientUpgrade::give_up(rpc_vm_reason reason) {
  if (reason_ == RPC_VM_REASON_NONE) reason_ = reason;
  meeting_.reset();
  endpoint_ = {};
  waiting_ = false;
  go_to(Step::kStays);
}

bool ClientUpgrade::encode(XDR* xdrs) {
  due_ = false;
  return upgrade_boundary(
      [&] {
        xid_ = random_u32();
        if (!encode_arguments(xdrs)) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
        waiting_ = true;
        return true;
      },
      [&](rpc_vm_reason reason) {
        give_up(reason);
        return false;
      });
}

bool ClientUpgrade::encode_arguments(XDR* xdrs) {
  switch (step_) {
    case Step::kHello:
      return encode_hello(xdrs);
    case Step::kAttach: {
      vmrpc_attach_args args{};
      args.data = {static_cast<u_int>(attach_data_.size()), chars(attach_data_)};
      return encode_call_header(xdrs, xid_, VMRPC_ATTACH) && xdr_vmrpc_attach_args(xdrs, &args);
    }
    case Step::kProve: {
      vmrpc_prove_args args{};
      std::memcpy(args.nonce, endpoint_.peer->nonce().data(), sizeof args.nonce);
      return encode_call_header(xdrs, xid_, VMRPC_PROVE) && xdr_vmrpc_prove_args(xdrs, &args);
    }
    case Step::kDetach:
      return encode_call_header(xdrs, xid_, VMRPC_DETACH);
    default:
      return false;
  }
}

bool ClientUpgrade::encode_hello(XDR* xdrs) {
  meeting_ = backend_.client();
  transport::Bytes data = meeting_->hello();
  cpus_ = cpu_mask();
  vmrpc_offer offer{};
  offer.transport = backend_.kind;
  offer.data = {static_cast<u_int>(data.size()), chars(data)};
  vmrpc_hello_args args{};
  args.magic = VMRPC_MAGIC;
  args.major = VMRPC_MAJOR;
  args.minor = VMRPC_MINOR;
  args.byte_order = byte_order();
  args.page_bytes = page_bytes();
  args.cpus = {static_cast<u_int>(cpus_.size()), chars(cpus_)};
  args.offers = {1, &offer};
  offer_windows();
  u_int64_t windows[kWindowsOffered];
  for (std::size_t i = 0; i < windows_.size(); ++i) windows[i] = windows_[i].client.base();
  args.windows = {static_cast<u_int>(windows_.size()), windows};
  args.window_bytes = window_bytes();
  return encode_call_header(xdrs, xid_, VMRPC_HELLO) && xdr_vmrpc_hello_args(xdrs, &args);
}

// The ranges stay reserved until the server has chosen.
void ClientUpgrade::offer_windows() {
  windows_.clear();
  if (!backend_.has_chunks || window_bytes() == 0) return;
  for (std::size_t i = 0; i < kWindowsOffered; ++i) {
    auto pair = memory::WindowPair::reserve_anywhere(window_bytes());
    if (!pair) return;
    windows_.push_back(std::move(*pair));
  }
}

void ClientUpgrade::choose_window(std::uint64_t base) {
  for (memory::WindowPair& pair : windows_) {
    if (pair.client.base() == base) chosen_.emplace(std::move(pair));
  }
  windows_.clear();
}

void ClientUpgrade::on_answer(const rpc_msg& reply, XDR* xdrs) {
  waiting_ = false;
  const bool accepted =
      reply.rm_reply.rp_stat == MSG_ACCEPTED && reply.acpted_rply.ar_stat == SUCCESS;
  if (!accepted) {
    give_up(step_ == Step::kHello ? RPC_VM_PEER_IS_STOCK : RPC_VM_PEER_REFUSED);
    return;
  }
  upgrade_boundary([&] { take_answer(xdrs); },
                   [&](rpc_vm_reason reason) {
                     // The server may hold resources for us: it is told to drop them.
                     const bool server_knows_us = step_ != Step::kHello && step_ != Step::kDetach;
                     give_up(reason);
                     if (server_knows_us) go_to(Step::kDetach);
                   });
}

void ClientUpgrade::take_answer(XDR* xdrs) {
  switch (step_) {
    case Step::kHello:
      return take_hello(xdrs);
    case Step::kAttach:
      return take_attach(xdrs);
    case Step::kProve:
      return take_prove(xdrs);
    default:
      return go_to(Step::kStays);
  }
}

void ClientUpgrade::take_hello(XDR* xdrs) {
  Decoded<vmrpc_hello_res> res(xdrs, xdr_vmrpc_hello_res);
  if (res->magic != VMRPC_MAGIC) throw UpgradeError(RPC_VM_PEER_IS_STOCK);
  expect_ok(res->status);
  if (res->chosen.transport != static_cast<u_int>(backend_.kind)) {
    throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  }
  on_one_cpu_ = backend_.one_kernel && share_one_cpu(
      cpus_, {reinterpret_cast<unsigned char*>(res->cpus.cpus_val), res->cpus.cpus_len});
  choose_window(res->window);
  step_ = Step::kAttach;  // from here on the server has something to drop
  attach_data_ = meeting_->attach({reinterpret_cast<unsigned char*>(res->chosen.data.data_val),
                                   res->chosen.data.data_len},
                                  chosen_ ? &chosen_->server : nullptr);
  go_to(Step::kAttach);
}

void ClientUpgrade::take_attach(XDR* xdrs) {
  Decoded<vmrpc_attach_res> res(xdrs, xdr_vmrpc_attach_res);
  expect_ok(res->status);
  endpoint_ = meeting_->finish(
      {reinterpret_cast<unsigned char*>(res->data.data_val), res->data.data_len});
  meeting_.reset();
  if (chosen_) endpoint_.windows.emplace(std::move(chosen_->client), std::move(chosen_->server));
  chosen_.reset();
  go_to(Step::kProve);
}

void ClientUpgrade::take_prove(XDR* xdrs) {
  Decoded<vmrpc_prove_res> res(xdrs, xdr_vmrpc_prove_res);
  expect_ok(res->status);
  const std::span<const unsigned char> told(reinterpret_cast<unsigned char*>(res->nonce),
                                            sizeof res->nonce);
  if (!same_token(endpoint_.own->nonce(), told)) throw UpgradeError(RPC_VM_OTHER_HOST);
  go_to(Step::kUp);
}

}  // namespace vmrpc::association
