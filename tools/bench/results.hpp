// SPDX-License-Identifier: BSD-3-Clause
// What the rounds of one cell gave, and medians over them.
#ifndef VMRPC_BENCH_RESULTS_HPP
#define VMRPC_BENCH_RESULTS_HPP

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "histogram.hpp"
#include "measure.hpp"

namespace vmrpc::bench {

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

struct Row {
  Cell cell;
  std::vector<nlohmann::json> rounds;
  std::string failure;  // why rounds are missing

  // Over all rounds that have the figure; nothing when none has.
  std::optional<Spread> figure(const std::string& name) const;
  std::optional<double> median(const std::string& name) const;
  Histogram histogram() const;
  std::string transport() const;  // that was really used, and how values went
  std::string shortfall() const;  // what the way should have done and did not; empty if all is well
  double cpu_ns_per_call() const; // of both processes
  double switches_per_call() const;
  std::uint64_t peak_kib() const;  // the larger of both
};

struct Results {
  nlohmann::json machine;
  std::vector<std::string> warnings;
  std::vector<Row> rows;
  bool complete = true;

  const Row* find(const std::string& item, const std::string& pinning,
                  std::string_view way) const;
  // The better of stock's TCP rows by median call time, as DESIGN counts it.
  std::optional<double> stock_call_ns(const std::string& item, const std::string& pinning) const;
};

nlohmann::json summary_of(const Row& row, const Results& results);

}  // namespace vmrpc::bench

#endif
