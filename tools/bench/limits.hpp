// SPDX-License-Identifier: BSD-3-Clause
// The limits that this project sets itself, as data: what, how measured, and how good it must be.
#ifndef VMRPC_BENCH_LIMITS_HPP
#define VMRPC_BENCH_LIMITS_HPP

#include <span>
#include <string_view>

namespace vmrpc::bench {

enum class Rule {
  kFloorPlus,      // at most the floor and so many nanoseconds
  kFloorTimes,     // at most the floor times a factor
  kStockTimes,     // at least so many times faster than the better of stock's TCP rows
  kRateTimes,      // at least so many times stock's calls a second
  kSlowest,        // the slowest client has at least that part of the mean
  kIdle,           // no CPU time and no context switch while idle
  kBytesAHandle,   // at most so many bytes a handle
  kFallback,       // slower than stock by at most that factor, or 0.2 us
  kAsleepTimes,    // at least so many times the calls a second of one sleeping client of the same way
  kNullPlus,       // at most a null call of the same way and so many nanoseconds
};

// What kAsleepTimes compares with.
inline constexpr std::string_view kOneAsleep = "null,asleep";

struct Limit {
  std::string_view what;
  std::string_view item;   // as on the command line
  std::string_view cores;  // "two" or "one"
  std::string_view way;
  Rule rule;
  double value;
  std::string_view floor;  // for the floor rules
};

std::span<const Limit> limit_table();

}  // namespace vmrpc::bench

#endif
