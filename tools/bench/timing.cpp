// SPDX-License-Identifier: BSD-3-Clause
// Timing of calls.
#include "timing.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vmrpc::bench {
namespace {

constexpr double kNsPerSecond = 1e9;

void time_group(Operation& operation, unsigned group, Timing& timing) {
  operation.rewrite();
  const std::uint64_t cpu_start = process_cpu_ns();
  const std::uint64_t start = now_ns();
  for (unsigned i = 0; i < group; ++i) operation.call();
  const std::uint64_t end = now_ns();
  timing.cpu_ns += process_cpu_ns() - cpu_start;
  operation.verify();
  timing.call_ns.push_back(static_cast<double>(end - start) / group);
  timing.calls += group;
  timing.timed_ns += end - start;
  if (group == 1) timing.singles.add(end - start);
}

void time_singles(Operation& operation, std::uint64_t until_ns, Histogram& singles) {
  std::uint64_t end = 0;
  do {
    const std::uint64_t start = now_ns();
    operation.call();
    end = now_ns();
    singles.add(end - start);
  } while (end < until_ns);
  operation.verify();
}

std::uint64_t deadline(double seconds) {
  return now_ns() + static_cast<std::uint64_t>(seconds * kNsPerSecond);
}

}  // namespace

void Timing::merge(const Timing& other) {
  call_ns.insert(call_ns.end(), other.call_ns.begin(), other.call_ns.end());
  calls += other.calls;
  untimed_calls += other.untimed_calls;
  timed_ns += other.timed_ns;
  cpu_ns += other.cpu_ns;
  singles.merge(other.singles);
}

Timing time_operation(Operation& operation, const Budget& budget) {
  Timing timing;
  const unsigned group = operation.group();
  const std::uint64_t until = deadline(budget.seconds);
  do {
    time_group(operation, group, timing);
  } while (timing.call_ns.size() < budget.least_samples ||
           (now_ns() < until && timing.call_ns.size() < budget.most_samples));
  if (group > 1) {
    time_singles(operation, deadline(budget.seconds / 2), timing.singles);
    timing.untimed_calls = timing.singles.count();
  }
  return timing;
}

void warm_up(Operation& operation, double seconds) {
  const std::uint64_t until = deadline(seconds);
  unsigned calls = 0;
  do {
    operation.rewrite();
    operation.call();
    operation.verify();
  } while (++calls < 3 || now_ns() < until);
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

nlohmann::json to_json(const Timing& timing, std::size_t bytes_per_call) {
  const double calls = static_cast<double>(timing.calls);
  nlohmann::json histogram = nlohmann::json::array();
  for (const auto& [value, times] : timing.singles.buckets()) histogram.push_back({value, times});
  return {
      {"call_ns", median_of(timing.call_ns)},
      {"samples", timing.call_ns.size()},
      {"calls", timing.calls},
      {"all_calls", timing.calls + timing.untimed_calls},
      {"timed_ns", timing.timed_ns},
      {"cpu_ns_per_call", static_cast<double>(timing.cpu_ns) / calls},
      {"bytes_per_call", bytes_per_call},
      {"histogram", histogram},
      {"max_ns", timing.singles.max()},
  };
}

}  // namespace vmrpc::bench
