// SPDX-License-Identifier: BSD-3-Clause
// How a sleeping peer is woken: the interface, and the one over a connected AF_UNIX socket.
#pragma once

#include "base/fd.hpp"

namespace vmrpc::wait {

class Doorbell {
 public:
  virtual ~Doorbell() = default;

  // Readable while the peer has rung, or is gone.
  virtual int fd() const noexcept = 0;
  // Wakes the peer. Never blocks; a peer that is gone is not an error here.
  virtual void ring() noexcept = 0;
  // Takes what was rung. False when the peer is gone. Never blocks.
  virtual bool drain() noexcept = 0;
  // How many rings an edge-triggered watcher sees without draining.
  virtual unsigned rings_per_drain() const noexcept = 0;
};

// A stream socket and not an eventfd: an eventfd is one open file description for both sides, so
// that the peer could make our writes block.
class SocketDoorbell final : public Doorbell {
 public:
  explicit SocketDoorbell(OwnedFd connected) noexcept : socket_(std::move(connected)) {}

  int fd() const noexcept override { return socket_.get(); }
  void ring() noexcept override;
  bool drain() noexcept override;
  // Each byte is an edge of its own: all that counts is that the buffer does not fill up.
  unsigned rings_per_drain() const noexcept override { return 32; }

 private:
  OwnedFd socket_;
};

}  // namespace vmrpc::wait
