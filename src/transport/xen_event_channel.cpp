// SPDX-License-Identifier: BSD-3-Clause
// Event channels through /dev/xen/evtchn.
#include "config.h"

#include "transport/xen_event_channel.hpp"

#include <sys/ioctl.h>

#include <cerrno>

#include "base/cancellation.hpp"
#include "base/error.hpp"
#include "transport/xen_kernel.hpp"

namespace vmrpc::transport {

EventChannel EventChannel::offer(std::uint16_t domid) {
  EventChannel channel;
  channel.device_ = open_xen_device(kEventDevice);
  ioctl_evtchn_bind_unbound_port request{domid};
  const int port = ::ioctl(channel.device_.get(), IOCTL_EVTCHN_BIND_UNBOUND_PORT, &request);
  // ESRCH: no domain of this host has that number.
  if (port < 0) throw UpgradeError(errno == ENOSPC ? RPC_VM_NO_MEMORY : RPC_VM_OTHER_HOST, errno);
  channel.port_ = static_cast<std::uint32_t>(port);
  return channel;
}

EventChannel EventChannel::connect(std::uint16_t domid, std::uint32_t port) {
  EventChannel channel;
  channel.device_ = open_xen_device(kEventDevice);
  ioctl_evtchn_bind_interdomain request{domid, port};
  const int own_port = ::ioctl(channel.device_.get(), IOCTL_EVTCHN_BIND_INTERDOMAIN, &request);
  if (own_port < 0) throw UpgradeError(errno == ENOSPC ? RPC_VM_NO_MEMORY : RPC_VM_OTHER_HOST, errno);
  channel.port_ = static_cast<std::uint32_t>(own_port);
  return channel;
}

void EventDoorbell::ring() noexcept {
  const int saved = errno;
  ioctl_evtchn_notify request{channel_.port()};
  (void)::ioctl(channel_.fd(), IOCTL_EVTCHN_NOTIFY, &request);
  errno = saved;
}

bool EventDoorbell::drain() noexcept {
  const int saved = errno;
  const CancellationDisabled whole;
  std::uint32_t ports[4];  // ours, once
  const ssize_t got = ::read(channel_.fd(), ports, sizeof ports);
  // Writing a port back unmasks it: from here on the next ring is seen.
  if (got > 0) (void)!::write(channel_.fd(), ports, static_cast<std::size_t>(got));
  errno = saved;
  return peer_is_there_.load(std::memory_order_acquire) != 0;
}

}  // namespace vmrpc::transport
