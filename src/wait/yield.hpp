// SPDX-License-Identifier: BSD-3-Clause
// Waiting for a peer on our own CPU: letting it run costs a third of sleeping and being woken.
//
// With others on the CPU it can cost their time slices instead. How long a yield took tells; whether the peer was
// computing all the while does not matter, since then waking it would have cost little beside. Where a server has many
// clients on its CPU, the others' turns are no loss: each would have had its own anyway, and nobody has to be woken.
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace vmrpc::wait {

class YieldBudget {
 public:
  explicit YieldBudget(bool on) noexcept : on_(on) {}

  // These two also while another thread waits.
  void set(bool on) noexcept { on_.store(on, std::memory_order_relaxed); }
  bool is_on() const noexcept { return on_.load(std::memory_order_relaxed); }

  // Lets others run, twice at most, until `ready()`; not at all for a while after that took long. `crowded()`: whether
  // the server has many clients on this CPU.
  template <typename Ready, typename Crowded>
  bool until(const Ready& ready, const Crowded& crowded) {
    if (!is_on()) return false;
    const Nanoseconds begin = now_ns();
    if (!may_try(begin, crowded)) return false;
    bool found = false;
    for (int i = 0; i < kYields && !found; ++i) {
      ::sched_yield();
      found = ready();
    }
    note(begin, now_ns(), crowded);
    return found;
  }

  // The policy of until(): whether to yield for a wait that begins now, and from when to when a yield lasted.
  template <typename Crowded>
  bool may_try(Nanoseconds now, const Crowded& crowded) const noexcept {
    return is_on() && (now >= rest_until_ || (!rests_in_crowd_ && crowded()));
  }
  template <typename Crowded>
  void note(Nanoseconds begin, Nanoseconds end, const Crowded& crowded) noexcept {
    const Nanoseconds took = end - begin;
    if (took > kTooLong && (took > kTooLongInCrowd || !crowded())) {
      rest_until_ = end + took * times_;
      rests_in_crowd_ = took > kTooLongInCrowd;
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
  // In a crowd all share what a stranger's time slice costs, and all have to yield: one alone among sleepers is passed over.
  static constexpr Nanoseconds kTooLongInCrowd = 10'000'000;
  // A long yield is followed by so many times its length without: what it cost stays a small part, and one that an
  // interrupt made long, or a peer with much to compute, is soon forgotten.
  static constexpr Nanoseconds kLeastTimes = 8, kMostTimes = 256;
  static constexpr std::uint32_t kStreak = 128;  // so many short ones in a row halve the times

  std::atomic<bool> on_;
  bool rests_in_crowd_ = false;
  Nanoseconds rest_until_ = 0;
  Nanoseconds times_ = kLeastTimes;
  std::uint32_t streak_ = 0;
};

}  // namespace vmrpc::wait
