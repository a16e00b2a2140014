// SPDX-License-Identifier: BSD-3-Clause
// The flag that spares the sender the doorbell.
//
//   sleeper                          sender
//   epoch = odd      (seq_cst)       message published  (seq_cst)
//   look once more   (seq_cst)       epoch read         (seq_cst)
//   sleep                            odd and not rung for yet: ring
//
// In the one order of all seq_cst operations either the sleeper's second look sees the message
// or the sender sees the odd epoch. The epoch changes with each sleep: one ring for each.
#pragma once

#include <atomic>
#include <cstdint>

namespace vmrpc::wait {

// This side's epoch, in its own region.
class Sleeper {
 public:
  explicit Sleeper(std::atomic<std::uint32_t>& epoch) noexcept : epoch_(epoch) {}

  // After this the caller must look once more before it sleeps.
  void lie_down() noexcept {
    value_ = (value_ + 1) | 1;
    epoch_.store(value_, std::memory_order_seq_cst);
  }
  void get_up() noexcept {
    if ((value_ & 1) == 0) return;
    epoch_.store(++value_, std::memory_order_relaxed);
  }
  bool is_down() const noexcept { return (value_ & 1) != 0; }

 private:
  std::atomic<std::uint32_t>& epoch_;
  std::uint32_t value_ = 1;  // as the region is made
};

// The peer's epoch, in its region.
class PeerSleep {
 public:
  explicit PeerSleep(const std::atomic<std::uint32_t>& epoch) noexcept : epoch_(epoch) {}

  // Whether the peer has to be rung for what was published just now. True once for each sleep.
  bool must_ring() noexcept {
    const std::uint32_t epoch = epoch_.load(std::memory_order_seq_cst);
    if ((epoch & 1) == 0 || epoch == rung_) return false;
    rung_ = epoch;
    return true;
  }

 private:
  const std::atomic<std::uint32_t>& epoch_;
  std::uint32_t rung_ = 0;
};

}  // namespace vmrpc::wait
