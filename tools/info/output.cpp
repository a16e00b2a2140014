// SPDX-License-Identifier: BSD-3-Clause
// Text and JSON.
#include "config.h"

#include "output.hpp"

#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include <rpc/vm.h>

namespace vmrpc::info {
namespace {

constexpr int kNameColumns = 16;
constexpr int kWordColumns = 9;

const char* word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kNotReached:
      return "-";
  }
  return "-";
}

void write_step(std::ostream& out, const Step& step) {
  out << std::left << std::setw(kNameColumns) << step.name << std::setw(kWordColumns)
      << word_of(step.outcome) << step.detail << '\n';
  if (!step.remedy.empty())
    out << std::setw(kNameColumns + kWordColumns) << ""
        << "to do: " << step.remedy << '\n';
}

nlohmann::ordered_json json_of(const Step& step) {
  nlohmann::ordered_json one{
      {"name", step.name}, {"outcome", word_of(step.outcome)}, {"detail", step.detail}};
  if (step.outcome == Outcome::kNotReached) one["outcome"] = "none";
  if (!step.remedy.empty()) one["remedy"] = step.remedy;
  return one;
}

}  // namespace

void write_text(std::ostream& out, const Options& options, const Findings& findings) {
  for (const Step& step : findings.steps) write_step(out, step);
  const char* const subject = options.action == Action::kServer
                                  ? "calls would go through shared memory"
                                  : "shared memory can be used here";
  out << '\n' << subject << ": " << (findings.fast ? "yes, " + findings.transport : "no") << '\n';
}

void write_json(std::ostream& out, const Options& options, const Findings& findings) {
  nlohmann::ordered_json all;
  if (options.action == Action::kServer) all["program"] = options.target.program;
  all["vmrpc"] = rpc_vm_version();
  all["fast"] = findings.fast;
  all["transport"] = findings.transport;
  all["reason"] = findings.reason;
  all["steps"] = nlohmann::ordered_json::array();
  for (const Step& step : findings.steps) all["steps"].push_back(json_of(step));
  all["round_trips"] = nlohmann::ordered_json::array();
  for (const RoundTrip& one : findings.round_trips)
    all["round_trips"].push_back({{"path", one.path},
                                  {"calls", one.calls},
                                  {"median_us", one.median_us},
                                  {"p99_us", one.p99_us}});
  out << all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace vmrpc::info
