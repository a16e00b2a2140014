// SPDX-License-Identifier: BSD-3-Clause
// The one loop that times: rewrite, time a call or a group of calls, verify, until time is up.
#ifndef VMRPC_BENCH_TIMING_HPP
#define VMRPC_BENCH_TIMING_HPP

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <ctime>
#include <vector>

#include "histogram.hpp"

namespace vmrpc::bench {

inline std::uint64_t read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}
inline std::uint64_t now_ns() { return read_clock(CLOCK_MONOTONIC); }
inline std::uint64_t process_cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

// One kind of call, ready to be made again and again.
class Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;

  virtual void rewrite() {}  // untimed
  virtual void call() = 0;   // timed
  virtual void verify() {}   // untimed; throws when a byte is not what it should be

  // Calls in one sample: more than one where a clock inside would cost too much of the call.
  virtual unsigned group() const { return 1; }
  // Payload bytes of one call, for the throughput.
  virtual std::size_t bytes() const { return 0; }
};

struct Timing {
  std::vector<double> call_ns;  // per call, one entry a sample
  std::uint64_t calls = 0;
  std::uint64_t untimed_calls = 0;  // made for `singles` alone
  std::uint64_t timed_ns = 0;
  std::uint64_t cpu_ns = 0;  // of this process, while timed
  Histogram singles;         // calls timed one by one, the clock included

  void merge(const Timing& other);
};

struct Budget {
  double seconds = 0.2;
  std::size_t least_samples = 5;
  std::size_t most_samples = 200'000;
};

Timing time_operation(Operation& operation, const Budget& budget);
void warm_up(Operation& operation, double seconds);

// What a worker reports of a timing.
nlohmann::json to_json(const Timing& timing, std::size_t bytes_per_call);

double median_of(std::vector<double> values);

}  // namespace vmrpc::bench

#endif
