// SPDX-License-Identifier: BSD-3-Clause
// An event channel between two domains, and the doorbell over it.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/fd.hpp"
#include "transport/xen_grants.hpp"
#include "wait/doorbell.hpp"

namespace vmrpc::transport {

// One port on a descriptor of its own; the port goes with the descriptor.
class EventChannel {
 public:
  EventChannel() noexcept = default;
  // A port that only `domid` can bind to. Throws UpgradeError.
  static EventChannel offer(std::uint16_t domid);
  // Bound to that domain's port. Throws UpgradeError(RPC_VM_OTHER_HOST) when it was not offered to us.
  static EventChannel connect(std::uint16_t domid, std::uint32_t port);

  int fd() const noexcept { return device_.get(); }
  std::uint32_t port() const noexcept { return port_; }

 private:
  OwnedFd device_;
  std::uint32_t port_ = 0;
};

class EventDoorbell final : public wait::Doorbell {
 public:
  // `peer_is_there` is a byte of the peer's region, which its kernel clears when it is gone.
  EventDoorbell(EventChannel channel, GrantedPages pages, const std::atomic<std::uint8_t>& peer_is_there) noexcept
      : channel_(std::move(channel)), pages_(std::move(pages)), peer_is_there_(peer_is_there) {}

  int fd() const noexcept override { return channel_.fd(); }
  void ring() noexcept override;
  bool drain() noexcept override;
  // The port is masked from the first ring until it is drained.
  unsigned rings_per_drain() const noexcept override { return 1; }

 private:
  EventChannel channel_;
  GrantedPages pages_;
  const std::atomic<std::uint8_t>& peer_is_there_;
};

}  // namespace vmrpc::transport
