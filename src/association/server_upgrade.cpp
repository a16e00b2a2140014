// SPDX-License-Identifier: BSD-3-Clause
// HELLO, ATTACH, PROVE as the server answers them.
#include "config.h"

#include "association/server_upgrade.hpp"

#include <cstring>

#include "base/boundary.hpp"
#include "base/random.hpp"
#include "base/settings.hpp"
#include "memory/heap.hpp"

namespace vmrpc::association {
namespace {

// An address of user space that a whole window of the largest size fits behind, and that a chunk may begin at.
bool is_window_base(u_int64_t base) {
  return base % memory::kChunkBytes == 0 && base >= (u_int64_t{1} << 32) && base < (u_int64_t{1} << 47) - 2 * memory::kWindowBytesMax;
}

transport::View view(const char* data, u_int count) {
  return {reinterpret_cast<const unsigned char*>(data), count};
}

}  // namespace

void ServerUpgrade::reset() {
  const rpc_vm_reason reason = reason_;
  *this = ServerUpgrade{};
  reason_ = reason;
}

// Runs one step; a failure drops what was built and is the answer.
template <typename Body>
vmrpc_status ServerUpgrade::answer(const Body& body) {
  return upgrade_boundary(
      [&] {
        body();
        return VMRPC_OK;
      },
      [&](rpc_vm_reason reason) {
        reason_ = reason;
        reset();
        return status_of(reason);
      });
}

vmrpc_hello_res ServerUpgrade::hello(const vmrpc_hello_args& args) {
  reset();  // a client may begin again
  vmrpc_hello_res res{};
  res.magic = VMRPC_MAGIC;
  res.minor = VMRPC_MINOR;
  res.byte_order = byte_order();
  res.page_bytes = page_bytes();
  res.status = args.major != VMRPC_MAJOR ? VMRPC_OTHER_MAJOR : answer([&] { meet(args, res); });
  return res;
}

void ServerUpgrade::meet(const vmrpc_hello_args& args, vmrpc_hello_res& res) {
  if (settings().mode == Mode::kOff) throw UpgradeError(RPC_VM_OFF);
  cpus_ = cpu_mask();
  quota_ = QuotaShare::take();
  for (u_int i = 0; i < args.offers.offers_len; ++i) {
    const vmrpc_offer& offer = args.offers.offers_val[i];
    const auto* backend = transport::find_backend(static_cast<rpc_vm_transport>(offer.transport));
    if (backend == nullptr) continue;
    on_one_cpu_ = backend->one_kernel && share_one_cpu(cpus_, view(args.cpus.cpus_val, args.cpus.cpus_len));
    meeting_ = backend->server();
    data_ = meeting_->hello(view(offer.data.data_val, offer.data.data_len));
    res.chosen.transport = offer.transport;
    res.chosen.data = {static_cast<u_int>(data_.size()), reinterpret_cast<char*>(data_.data())};
    res.cpus = {static_cast<u_int>(cpus_.size()), reinterpret_cast<char*>(cpus_.data())};
    if (backend->has_chunks) choose_window(args, res);
    step_ = Step::kHello;
    return;
  }
  throw UpgradeError(RPC_VM_NO_TRANSPORT);
}

// None: everything goes in XDR.
void ServerUpgrade::choose_window(const vmrpc_hello_args& args, vmrpc_hello_res& res) {
  const auto bytes = static_cast<std::size_t>(args.window_bytes);
  const bool sensible = bytes >= memory::kWindowBytesMin && bytes <= memory::kWindowBytesMax &&
                        bytes % memory::kChunkBytes == 0 && window_bytes() != 0;
  for (u_int i = 0; sensible && i < args.windows.windows_len; ++i) {
    const u_int64_t base = args.windows.windows_val[i];
    if (!is_window_base(base)) continue;
    windows_ = memory::WindowPair::reserve(base, bytes);
    if (!windows_) continue;
    res.window = base;
    return;
  }
}

vmrpc_attach_res ServerUpgrade::attach(const vmrpc_attach_args& args) {
  vmrpc_attach_res res{};
  res.status = answer([&] {
    if (step_ != Step::kHello) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
    data_ = meeting_->attach(view(args.data.data_val, args.data.data_len), windows_ ? &windows_->client : nullptr);
    endpoint_ = meeting_->finish();
    if (windows_) endpoint_.windows.emplace(std::move(windows_->server), std::move(windows_->client));
    windows_.reset();
    meeting_.reset();
    step_ = Step::kAttached;
  });
  res.data = {static_cast<u_int>(data_.size()), reinterpret_cast<char*>(data_.data())};
  return res;
}

vmrpc_prove_res ServerUpgrade::prove(const vmrpc_prove_args& args) {
  vmrpc_prove_res res{};
  res.status = answer([&] {
    if (step_ != Step::kAttached) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
    const bool read_ours = same_token(endpoint_.own->nonce(), view(args.nonce, sizeof args.nonce));
    if (!read_ours) throw UpgradeError(RPC_VM_OTHER_HOST);
    std::memcpy(res.nonce, endpoint_.peer->nonce().data(), sizeof res.nonce);
    step_ = Step::kUp;
  });
  return res;
}

}  // namespace vmrpc::association
