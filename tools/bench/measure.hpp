// SPDX-License-Identifier: BSD-3-Clause
// One measurement: fresh processes for one item, one way and one pinning.
#ifndef VMRPC_BENCH_MEASURE_HPP
#define VMRPC_BENCH_MEASURE_HPP

#include <nlohmann/json.hpp>

#include "item.hpp"
#include "settings.hpp"
#include "way.hpp"

namespace vmrpc::bench {

struct Cell {
  Item item;
  Pinning pinning;
  const Way* way = nullptr;
};

// The worker's report; throws std::runtime_error with what went wrong.
nlohmann::json measure(const Cell& cell, const Settings& settings, std::uint64_t seed);

// The command of a server for a way, for --server too.
std::vector<std::string> server_command(const Way& way, const Settings& settings,
                                        const std::string& address, unsigned port,
                                        const std::string& path);
std::vector<std::string> worker_environment(bool preloaded, const Way& way,
                                            const Settings& settings, const Item& item);

}  // namespace vmrpc::bench

#endif
