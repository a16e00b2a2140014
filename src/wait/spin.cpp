// SPDX-License-Identifier: BSD-3-Clause
// The spin policy.
#include "config.h"

#include "wait/spin.hpp"

#include <algorithm>
#include <utility>

#include "base/clock.hpp"
#include "wait/pause.hpp"

namespace vmrpc::wait {
namespace {

constexpr std::uint32_t kFirstRetry = 4;     // waits without spinning before it is tried again
// The interval doubles up to this. Asleep across CPUs a call takes a hundred times as long: that must not last.
constexpr std::uint32_t kLastRetry = 16;
constexpr unsigned kSmallestPart = 16;       // below max / 16, do not spin at all
// The peer may sleep by now, too, and waking it may take longer than the bound: trying again is no try unless it lasts
// until the peer is awake, nor if the next wait is then given up before.
constexpr std::uint32_t kLongTimes = 3;

double measure_round_ns() {
  constexpr int kRounds = 512;
  double best = 1e9;
  for (int attempt = 0; attempt < 3; ++attempt) {  // the least disturbed of three
    const Nanoseconds begin = now_ns();
    for (int i = 0; i < kRounds; ++i) pause_round();
    best = std::min(best, static_cast<double>(now_ns() - begin) / kRounds);
  }
  return std::max(best, 1.0);
}

// Reading a MiB that another CPU has written takes 60 to 130 us, and looking at a private copy of it as long.
constexpr std::size_t kFewBytes = 16384, kBytesPerUs = 4096;
constexpr unsigned kMostForBytes = 500;
unsigned us_for(std::size_t bytes) {
  return static_cast<unsigned>(std::min<std::size_t>(bytes / kBytesPerUs, kMostForBytes));
}

std::uint32_t rounds_of(unsigned usec) {
  return static_cast<std::uint32_t>(usec * 1000.0 / round_ns());
}

}  // namespace

double round_ns() {
  static const double measured = measure_round_ns();
  return measured;
}

SpinBudget::SpinBudget(unsigned max_us)
    : max_rounds_(rounds_of(max_us)), rounds_(all()), retry_interval_(kFirstRetry) {}

void SpinBudget::set_max_us(unsigned max_us) {
  max_rounds_.store(rounds_of(max_us), std::memory_order_relaxed);
  rounds_ = all();
  waits_without_spin_ = 0;
  retry_interval_ = kFirstRetry;
  is_trying_ = false;
}

std::uint32_t SpinBudget::begin(std::size_t bytes_first) noexcept {
  if (all() == 0) return 0;
  if (rounds_ != 0) return bytes_first < kFewBytes ? rounds_ : rounds_ + rounds_of(us_for(bytes_first));
  if (++waits_without_spin_ < retry_interval_) return 0;
  waits_without_spin_ = 0;
  rounds_ = all();
  is_trying_ = true;
  return all() * kLongTimes;
}

void SpinBudget::won(std::uint32_t used) noexcept {
  const std::uint32_t most = used > all() / 2 ? all() * kLongTimes : all();
  rounds_ = std::min(most, rounds_ * 2);
  retry_interval_ = kFirstRetry;
  is_trying_ = false;
}

void SpinBudget::lost() noexcept {
  if (rounds_ == 0) return;
  rounds_ /= 2;
  if (std::exchange(is_trying_, false) || rounds_ < all() / kSmallestPart) {
    rounds_ = 0;
    retry_interval_ = std::min(retry_interval_ * 2, kLastRetry);
  }
}

}  // namespace vmrpc::wait
