// SPDX-License-Identifier: BSD-3-Clause
// How long to spin before sleeping: calibrated in rounds, shortened while spinning does not pay.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace vmrpc::wait {

// Nanoseconds that one round of looking takes on this machine; measured at first use (20 us).
double round_ns();

// The default bound. Sleeping and waking across CPUs costs 60-70 us inside a VM, so a spin of
// less than about 100 us can cost more than it saves.
inline constexpr unsigned kDefaultSpinUs = 100;

class SpinBudget {
 public:
  // 0 never spins.
  explicit SpinBudget(unsigned max_us);

  // Rounds to look before sleeping, for the wait that begins now. When spinning pays, it is worth some more while the
  // peer goes through `bytes_first`.
  std::uint32_t begin(std::size_t bytes_first = 0) noexcept;
  // When something is known to come.
  std::uint32_t all() const noexcept { return max_rounds_.load(std::memory_order_relaxed); }
  // `used`: rounds that it took.
  void won(std::uint32_t used) noexcept;
  void lost() noexcept;

  // The only one beside all() and is_on() that another thread may call while this one waits.
  void set_max_us(unsigned max_us);
  bool is_on() const noexcept { return all() != 0; }

 private:
  std::atomic<std::uint32_t> max_rounds_;
  std::uint32_t rounds_;
  std::uint32_t waits_without_spin_ = 0;
  std::uint32_t retry_interval_;
  bool is_trying_ = false;
};

}  // namespace vmrpc::wait
