// SPDX-License-Identifier: BSD-3-Clause
// Going back to the socket because an administrator asks for it: a domain that maps grants cannot be saved.
//
// A process that has an association whose memory belongs to a hypervisor has one thread that waits for such requests on a
// socket of its own. It sleeps until then, and no signal is handled on it.
#pragma once

#include <atomic>

#include "base/fd.hpp"

namespace vmrpc::association {

// What may be asked to leave shared memory. Registered from begin_listening() until it ends.
class Quiescible {
 public:
  Quiescible() noexcept = default;
  Quiescible(const Quiescible&) = delete;
  // From the thread for requests, again and again until it says true: nothing is mapped any more. Must not wait for anybody.
  virtual bool try_leave() = 0;

 protected:
  ~Quiescible() = default;  // after stop_listening()
  void begin_listening();
  void stop_listening() noexcept;
};

// For one that only its own thread can take down: it is told by a descriptor that stays readable.
class LeaveRequest final : public Quiescible {
 public:
  LeaveRequest();
  ~LeaveRequest() { stop_listening(); }

  int fd() const noexcept { return fd_.get(); }
  bool is_made() const noexcept { return made_.load(std::memory_order_relaxed); }
  bool try_leave() override;

 private:
  OwnedFd fd_;
  std::atomic<bool> made_{false};
};

}  // namespace vmrpc::association
