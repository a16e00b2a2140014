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
    if (!on_) return false;
    const Nanoseconds begin = now_ns();
    if (!may_try(begin)) return false;
    bool found = false;
    for (int i = 0; i < kYields && !found; ++i) {
      ::sched_yield();
      found = ready();
    }
    note(begin, now_ns());
    return found;
  }

  // The policy of until(): whether to yield for a wait that begins now, and from when to when a yield lasted.
  bool may_try(Nanoseconds now) const noexcept { return on_ && now >= rest_until_; }
  void note(Nanoseconds begin, Nanoseconds end) noexcept {
    const Nanoseconds took = end - begin;
    if (took > kTooLong) {
      rest_until_ = end + took * times_;
      times_ = std::min(times_ * 2, kMostTimes);
      streak_ = 0;
    } else if (++streak_ == kStreak) {
      times_ = std::max(times_ / 2, kLeastTimes);
      streak_ = 0;
    }
  }

 private:
  static constexpr int kYields = 2;
  static constexpr Nanoseconds kTooLong = 50'000;
  // A long yield is followed by so many times its length without: what it cost stays a small part, and one that an
  // interrupt made long, or a peer with much to compute, is soon forgotten.
  static constexpr Nanoseconds kLeastTimes = 8, kMostTimes = 256;
  static constexpr std::uint32_t kStreak = 128;  // so many short ones in a row halve the times

  bool on_;
  Nanoseconds rest_until_ = 0;
  Nanoseconds times_ = kLeastTimes;
  std::uint32_t streak_ = 0;
};

}  // namespace vmrpc::wait
