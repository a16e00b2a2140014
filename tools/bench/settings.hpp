// SPDX-License-Identifier: BSD-3-Clause
// What a run is told to do.
#ifndef VMRPC_BENCH_SETTINGS_HPP
#define VMRPC_BENCH_SETTINGS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "item.hpp"
#include "way.hpp"

namespace vmrpc::bench {

enum class Action { kMeasure, kCheck, kServe, kList, kHelp, kVersion };

struct Settings {
  Action action = Action::kMeasure;
  std::vector<Item> items;
  std::vector<std::string> ways;  // empty: all that fit
  std::vector<Pinning> pinnings;
  unsigned rounds = 5;
  unsigned runs = 3;     // of --check
  double seconds = 0.2;  // timed in one measurement
  std::uint64_t seed = 1;
  std::string library;  // libvmrpc.so
  std::string worker;
  std::string connect_host;  // empty: both ends are here
  std::string serve_address;
  unsigned port = 0;
  std::optional<std::string> json_file;  // "-" is standard output
  std::optional<std::string> csv_file;
  std::string report_directory;
  bool quiet = false;
};

}  // namespace vmrpc::bench

#endif
