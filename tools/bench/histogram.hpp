// SPDX-License-Identifier: BSD-3-Clause
// A histogram with logarithmic buckets of 1/128 relative width, after the idea of HdrHistogram.
#ifndef VMRPC_BENCH_HISTOGRAM_HPP
#define VMRPC_BENCH_HISTOGRAM_HPP

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>

namespace vmrpc::bench {

// Counts values in nanoseconds. Values below 256 are exact, others lose at most 0.4 percent.
class Histogram {
 public:
  void add(std::uint64_t value, std::uint64_t times = 1) {
    buckets_[bucket_floor(value)] += times;
    count_ += times;
    max_ = std::max(max_, value);
  }

  void merge(const Histogram& other) {
    for (const auto& [value, times] : other.buckets_) buckets_[value] += times;
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }

  // The middle of the bucket below or in which `share` of all values lie.
  double percentile(double share) const {
    const double wanted = share * static_cast<double>(count_);
    double seen = 0;
    for (const auto& [value, times] : buckets_) {
      seen += static_cast<double>(times);
      if (seen >= wanted)
        return std::min(static_cast<double>(value) + static_cast<double>(bucket_width(value) - 1) / 2,
                        static_cast<double>(max_));
    }
    return static_cast<double>(max_);
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  const std::map<std::uint64_t, std::uint64_t>& buckets() const { return buckets_; }

 private:
  static constexpr int kBits = 7;

  static std::uint64_t bucket_width(std::uint64_t value) {
    const int excess = static_cast<int>(std::bit_width(value)) - (kBits + 1);
    return excess > 0 ? std::uint64_t{1} << excess : 1;
  }
  static std::uint64_t bucket_floor(std::uint64_t value) {
    return value & ~(bucket_width(value) - 1);
  }

  std::map<std::uint64_t, std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace vmrpc::bench

#endif
