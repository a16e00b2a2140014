// SPDX-License-Identifier: BSD-3-Clause
// vmrpc-bench: measures RPC calls over stock libtirpc and over vmrpc.
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <optional>

#include "check.hpp"
#include "config.h"
#include "options.hpp"
#include "output.hpp"
#include "report.hpp"
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

// A file that results go to, or standard output. Opened before anything is measured.
class Output {
 public:
  explicit Output(const std::optional<std::string>& name) : name_(name) {
    if (!name_ || piped()) return;
    file_.open(*name_);
    require(file_.is_open());
  }
  bool piped() const { return name_ == "-"; }
  void write(const Results& results, void (*writer)(std::ostream&, const Results&)) {
    if (!name_) return;
    std::ostream& out = piped() ? std::cout : file_;
    writer(out, results);
    out.flush();
    require(out.good());
  }

 private:
  void require(bool good) const {
    if (!good) throw std::runtime_error("cannot write " + *name_ + ": " + std::strerror(errno));
  }

  std::optional<std::string> name_;
  std::ofstream file_;
};

int measure_and_show(const Settings& settings) {
  Output json(settings.json_file);
  Output csv(settings.csv_file);
  const bool report = !settings.report_directory.empty();
  if (report) prepare_report(settings.report_directory);
  const Results results = run_all(settings, [](const Row&) { return true; });
  const bool piped = json.piped() || csv.piped();
  if (!piped) write_table(std::cout, results);
  json.write(results, write_json);
  csv.write(results, write_csv);
  if (report) write_report(settings.report_directory, results);
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
