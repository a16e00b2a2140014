// SPDX-License-Identifier: BSD-3-Clause
// Waiting for a peer on our own CPU: letting it run costs a third of sleeping and being woken.
//
// With others on the CPU it can cost their time slices instead. How long a yield took tells; whether the peer was
// computing all the while does not matter, since then waking it would have cost little beside.
#pragma once

#include <sched.h>

#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"

namespace vmrpc::wait {

class YieldBudget {
 public:
  explicit YieldBudget(bool on) noexcept : on_(on) {}

  void set(bool on) noexcept { on_ = on; }
  bool is_on() const noexcept { return on_; }

  // Lets others run, twice at most, until `ready()`; not at all for a while after that took long.
  template <typename Ready>
  bool until(const Ready& ready) {
    if (!may_try()) return false;
    const Nanoseconds begin = now_ns();
    bool found = false;
    for (int i = 0; i < kYields && !found; ++i) {
      ::sched_yield();
      found = ready();
    }
    note(now_ns() - begin);
    return found;
  }

  // The policy of until(): whether to yield for this wait, and what that took.
  bool may_try() noexcept {
    if (!on_) return false;
    if (rest_ == 0) return true;
    --rest_;
    return false;
  }
  void note(Nanoseconds took) noexcept {
    if (took > kTooLong) {
      rest_ = next_rest_;
      next_rest_ = std::min(next_rest_ * 2, kLastRest);
      streak_ = 0;
    } else if (++streak_ == kStreak) {
      next_rest_ = std::max(next_rest_ / 2, kFirstRest);
      streak_ = 0;
    }
  }

 private:
  static constexpr int kYields = 2;
  static constexpr Nanoseconds kTooLong = 50'000;
  // For so many waits there is no yield after a long one: who yields is also made to wait at later wakings, so that
  // one in a thousand calls can still cost each of them some microseconds.
  static constexpr std::uint32_t kFirstRest = 1024, kLastRest = 65536;
  static constexpr std::uint32_t kStreak = 1024;  // so many short ones in a row halve the rest

  bool on_;
  std::uint32_t rest_ = 0;
  std::uint32_t next_rest_ = kFirstRest;
  std::uint32_t streak_ = 0;
};

}  // namespace vmrpc::wait
