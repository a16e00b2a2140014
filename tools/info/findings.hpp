// SPDX-License-Identifier: BSD-3-Clause
// What was looked at, how it went, and what to do about it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace vmrpc::info {

enum class Outcome { kNotReached, kOk, kFailed };

struct Step {
  std::string name;
  Outcome outcome = Outcome::kNotReached;
  std::string detail;
  std::string remedy;  // empty when nothing is to be done
};

struct RoundTrip {
  std::string path;  // "tcp", "unix", "local", ...
  unsigned calls = 0;
  double median_us = 0;
  double p99_us = 0;
};

struct Findings {
  std::vector<Step> steps;
  std::vector<RoundTrip> round_trips;
  bool fast = false;      // the fast path would be used (or, for a machine, can be)
  std::string transport;  // the word of rpc_vm_strtransport(); empty while unknown
  std::string reason;     // that of rpc_vm_strreason(); empty while unknown
};

}  // namespace vmrpc::info
