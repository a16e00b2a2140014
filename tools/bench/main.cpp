// SPDX-License-Identifier: BSD-3-Clause
// vmrpc-bench: measures RPC calls over stock libtirpc and over vmrpc.
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <iomanip>
#include <iostream>

#include "check.hpp"
#include "config.h"
#include "options.hpp"
#include "output.hpp"
#include "run.hpp"

namespace {

using namespace vmrpc::bench;

constexpr rlim_t kStackBytes = rlim_t{256} << 20;  // stock decodes lists by recursion

void enlarge_stack() {
  rlimit limit{};
  ::getrlimit(RLIMIT_STACK, &limit);
  if (limit.rlim_cur >= kStackBytes) return;
  limit.rlim_cur = std::min(limit.rlim_max, kStackBytes);
  ::setrlimit(RLIMIT_STACK, &limit);
}

void list_all() {
  std::cout << "Workloads:\n" << std::left;
  for (const WorkloadInfo& info : workload_catalog())
    std::cout << "  " << std::setw(14) << info.name << info.text
              << (info.unit.empty() ? "" : "; size in ") << info.unit << '\n';
  std::cout << "\nWays:\n";
  for (const Way& way : way_catalog())
    std::cout << "  " << std::setw(14) << way.name << way.text << '\n';
}

void write_to(const std::string& name, const Results& results,
              void (*write)(std::ostream&, const Results&)) {
  if (name == "-") return write(std::cout, results);
  std::ofstream out(name);
  write(out, results);
  if (!out.flush()) throw std::runtime_error("cannot write " + name);
}

int measure_and_show(const Settings& settings) {
  const Results results = run_all(settings, [](const Row&) { return true; });
  const bool piped = settings.json_file == "-" || settings.csv_file == "-";
  if (!piped) write_table(std::cout, results);
  if (settings.json_file) write_to(*settings.json_file, results, write_json);
  if (settings.csv_file) write_to(*settings.csv_file, results, write_csv);
  if (piped)
    for (const std::string& warning : results.warnings)
      std::cerr << "vmrpc-bench: warning: " << warning << '\n';
  for (const Row& row : results.rows)
    if (!row.failure.empty())
      std::cerr << "vmrpc-bench: " << row.cell.item.name() << " by " << row.cell.way->name << ": "
                << row.failure << '\n';
  return results.complete ? 0 : 1;
}

int run(const Settings& settings) {
  switch (settings.action) {
    case Action::kHelp: std::cout << help_text(); return 0;
    case Action::kVersion: std::cout << "vmrpc-bench " PACKAGE_VERSION "\n"; return 0;
    case Action::kList: list_all(); return 0;
    case Action::kServe: return serve(settings);
    case Action::kCheck: return check_limits(std::cout, settings);
    case Action::kMeasure: return measure_and_show(settings);
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  enlarge_stack();
  try {
    return run(parse_options(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "vmrpc-bench: " << error.what() << '\n';
    return 1;
  }
}
