// SPDX-License-Identifier: BSD-3-Clause
// A run: all items in all their ways, interleaved in rounds.
#ifndef VMRPC_BENCH_RUN_HPP
#define VMRPC_BENCH_RUN_HPP

#include <functional>

#include "results.hpp"
#include "settings.hpp"

namespace vmrpc::bench {

// `needed` chooses among the rows that the settings make possible.
using RowFilter = std::function<bool(const Row&)>;
Results run_all(const Settings& settings, const RowFilter& needed);
bool was_interrupted();

// What is measured when the command line names nothing: the README's table, or the report's plots.
std::vector<Item> default_items(bool report);

// Waits, with a server for every way, until it is interrupted.
int serve(const Settings& settings);

}  // namespace vmrpc::bench

#endif
