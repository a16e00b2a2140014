// SPDX-License-Identifier: BSD-3-Clause
// The plan of a run and its progress bar.
#include "run.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <stdexcept>

#include "child.hpp"
#include "machine.hpp"
#include "usage_error.hpp"

namespace vmrpc::bench {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void stop_on_interrupt() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

class Progress {
 public:
  Progress(std::size_t steps, bool quiet) : steps_(steps), shown_(!quiet && ::isatty(2) != 0) {}
  ~Progress() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
  }
  void step(const Cell& cell) {
    if (shown_) {
      const std::size_t filled = kWidth * done_ / steps_;
      std::cerr << "\r\033[K[" << std::string(filled, '#') << std::string(kWidth - filled, '.')
                << "] " << 100 * done_ / steps_ << " %  " << cell.item.name() << ", "
                << cores_text(cell.pinning.name) << ", "
                << cell.way->name << std::flush;
    }
    ++done_;
  }

 private:
  static constexpr std::size_t kWidth = 30;
  std::size_t steps_;
  std::size_t done_ = 0;
  bool shown_;
};

bool wanted(const Way& way, const Settings& settings) {
  if (way.memory_expected || way.client_preloaded)
    if (::access(settings.library.c_str(), R_OK) != 0) return false;
  return settings.ways.empty() ||
         std::find(settings.ways.begin(), settings.ways.end(), way.name) != settings.ways.end();
}

std::vector<Row> cells_of(const Item& item, const Pinning& pinning, const Settings& settings) {
  std::vector<Row> rows;
  for (const Way& way : way_catalog())
    if (wanted(way, settings) && way_fits(way, item, pinning))
      rows.push_back({{item, pinning, &way}, {}, ""});
  return rows;
}

// Long measurements are their own average: one round of those.
unsigned rounds_of(const Item& item, const Settings& settings) {
  return item.timed() && item.clients == 1 ? settings.rounds : 1;
}

std::vector<std::vector<Row>> plan(const Settings& settings, const RowFilter& needed) {
  std::vector<std::vector<Row>> blocks;
  for (const Item& item : settings.items)
    for (const Pinning& pinning : settings.pinnings)
      if (!item.hog || pinning.one_core()) {
        std::vector<Row> rows = cells_of(item, pinning, settings);
        std::erase_if(rows, [&](const Row& row) { return !needed(row); });
        if (!rows.empty()) blocks.push_back(std::move(rows));
      }
  return blocks;
}

void measure_row(Row& row, const Settings& settings, std::uint64_t seed) {
  try {
    row.rounds.push_back(measure(row.cell, settings, seed));
  } catch (const std::exception& error) {
    if (interrupted == 0) row.failure = error.what();
  }
}

// A B C A B C ...; each round begins with another way, so that none is always first.
void measure_block(std::vector<Row>& rows, const Settings& settings, Progress& progress) {
  const unsigned rounds = rounds_of(rows.front().cell.item, settings);
  for (unsigned round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < rows.size() && interrupted == 0; ++i) {
      Row& row = rows[(i + round) % rows.size()];
      progress.step(row.cell);
      if (row.failure.empty()) measure_row(row, settings, settings.seed + round);
    }
}

}  // namespace

std::vector<Item> default_items(bool report) {
  const std::vector<const char*> table = {"null",    "null,sys",     "small",     "put:64k", "put:1m",
                                          "put:16m", "doubles:128k", "list:1000", "null,hog"};
  const std::vector<const char*> plots = {
      "null",           "null,sys",       "small",          "put:64",         "put:1k",
      "put:4k",         "put:16k",        "put:64k",        "put:256k",       "put:1m",
      "put:4m",         "put:16m",        "doubles:128k",   "list:1000",      "getattr",
      "readdir:100",    "read:64k",       "write:64k",      "null,clients=2", "null,clients=4",
      "null,clients=8", "null,clients=16"};
  std::vector<Item> items;
  for (const char* text : report ? plots : table) items.push_back(parse_item(text));
  return items;
}

bool was_interrupted() { return interrupted != 0; }

Results run_all(const Settings& settings, const RowFilter& needed) {
  stop_on_interrupt();
  Results results;
  results.machine = describe_machine(settings);
  MachineWatch watch;
  std::vector<std::vector<Row>> blocks = plan(settings, needed);
  std::size_t steps = 0;
  for (const auto& rows : blocks)
    steps += rows.size() * rounds_of(rows.front().cell.item, settings);
  if (steps == 0) throw UsageError("none of these ways can do any of these workloads");
  {
    Progress progress(steps, settings.quiet);
    for (auto& rows : blocks) measure_block(rows, settings, progress);
  }
  for (auto& rows : blocks)
    for (Row& row : rows) {
      results.complete = results.complete && row.failure.empty();
      results.rows.push_back(std::move(row));
    }
  results.warnings = watch.warnings();
  if (::access(settings.library.c_str(), R_OK) != 0)
    results.warnings.push_back("vmrpc itself was left out: cannot read " + settings.library +
                               "; name it with --library=FILE");
  if (interrupted != 0) {
    results.complete = false;
    results.warnings.push_back("interrupted: the results are partial");
  }
  return results;
}

int serve(const Settings& settings) {
  stop_on_interrupt();
  std::vector<Child> servers;
  for (const Way& way : way_catalog()) {
    if (way.kind == WayKind::kFloor || way.transport == "unix" || !wanted(way, settings)) continue;
    const auto port = settings.port + static_cast<unsigned>(&way - way_catalog().data());
    servers.emplace_back(server_command(way, settings, settings.serve_address, port, ""),
                         worker_environment(way.server_preloaded, way, settings, Item{}));
    servers.back().read_message(10);
    std::cout << way.name << ": " << settings.serve_address << " port " << port << std::endl;
  }
  if (servers.empty()) throw UsageError("none of these ways has a server");
  std::cout << "Serving until interrupted. On the other side: vmrpc-bench --connect="
            << settings.serve_address << " --port=" << settings.port << std::endl;
  while (interrupted == 0) ::pause();
  return 0;
}

}  // namespace vmrpc::bench
