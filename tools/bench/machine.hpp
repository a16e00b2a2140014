// SPDX-License-Identifier: BSD-3-Clause
// The machine that is measured on: what it is, and whether something else keeps it busy.
#ifndef VMRPC_BENCH_MACHINE_HPP
#define VMRPC_BENCH_MACHINE_HPP

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "settings.hpp"

namespace vmrpc::bench {

nlohmann::json describe_machine(const Settings& settings);

// The CPUs that this process may use.
std::vector<int> usable_cpus();

// Watches what other processes, the hypervisor and the clocks do during a run.
class MachineWatch {
 public:
  MachineWatch();
  // A sentence when more than a tenth of a CPU went elsewhere, and so on; what was said before is
  // not said again.
  std::vector<std::string> warnings();

 private:
  struct Sample {
    double wall_s, realtime_s, busy_s, steal_s, own_s;
  };
  static Sample sample();
  Sample start_;
};

}  // namespace vmrpc::bench

#endif
