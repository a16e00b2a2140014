// SPDX-License-Identifier: BSD-3-Clause
// Reading the command line.
#include "options.hpp"

#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "config.h"
#include "machine.hpp"
#include "numbers.hpp"
#include "run.hpp"
#include "usage_error.hpp"

namespace vmrpc::bench {
namespace {

constexpr unsigned kDefaultPort = 20400;

enum Option {
  kWays = 'w',
  kCpus = 'c',
  kRounds = 'r',
  kSeconds = 't',
  kQuiet = 'q',
  kHelp = 'h',
  kVersion = 'V',
  kList = 256,
  kCheck,
  kServer,
  kConnect,
  kPort,
  kLibrary,
  kSeed,
  kJson,
  kCsv,
  kReport,
};

constexpr std::array kLongOptions = {
    option{"ways", required_argument, nullptr, kWays},
    option{"cpus", required_argument, nullptr, kCpus},
    option{"rounds", required_argument, nullptr, kRounds},
    option{"seconds", required_argument, nullptr, kSeconds},
    option{"quiet", no_argument, nullptr, kQuiet},
    option{"help", no_argument, nullptr, kHelp},
    option{"version", no_argument, nullptr, kVersion},
    option{"list", no_argument, nullptr, kList},
    option{"check", optional_argument, nullptr, kCheck},
    option{"server", optional_argument, nullptr, kServer},
    option{"connect", required_argument, nullptr, kConnect},
    option{"port", required_argument, nullptr, kPort},
    option{"library", required_argument, nullptr, kLibrary},
    option{"seed", required_argument, nullptr, kSeed},
    option{"json", optional_argument, nullptr, kJson},
    option{"csv", optional_argument, nullptr, kCsv},
    option{"report", required_argument, nullptr, kReport},
    option{nullptr, 0, nullptr, 0},
};

void require_usable(int cpu, const std::vector<int>& cpus) {
  if (std::find(cpus.begin(), cpus.end(), cpu) == cpus.end())
    throw UsageError("CPU " + std::to_string(cpu) + " is none of those that may be used here");
}

// "two", "one", "both", or the server's and the client's CPU: "0,1".
std::vector<Pinning> parse_cpus(const std::string& text) {
  const std::vector<int> cpus = usable_cpus();
  const Pinning one{"one", cpus.front(), cpus.front()};
  const Pinning two{"two", cpus.front(), cpus.back()};
  if (text == "one") return {one};
  if (text == "both" && cpus.size() == 1) return {one};
  if (text == "both") return {two, one};
  if (text == "two" && cpus.size() == 1)
    throw UsageError("only one CPU may be used here: say --cpus=one");
  if (text == "two") return {two};
  const std::vector<std::string> parts = split(text, ',');
  if (parts.size() != 2)
    throw UsageError("--cpus: '" + text + "': two, one, both, or SERVER,CLIENT like 0,1");
  Pinning own;
  own.server_cpu = static_cast<int>(parse_count(parts[0], "--cpus", 0, 1023));
  own.client_cpu = static_cast<int>(parse_count(parts[1], "--cpus", 0, 1023));
  own.name = own.one_core() ? "one" : "two";
  require_usable(own.server_cpu, cpus);
  require_usable(own.client_cpu, cpus);
  return {own};
}

std::vector<std::string> parse_ways(const char* text) {
  std::vector<std::string> ways = split(text, ',');
  for (const std::string& way : ways) find_way(way);
  return ways;
}

std::string argument_or(const char* otherwise) {
  return optarg == nullptr ? otherwise : optarg;
}

void apply_output(Settings& settings, int option) {
  if (option == kJson) settings.json_file = argument_or("-");
  if (option == kCsv) settings.csv_file = argument_or("-");
  if (option == kReport) settings.report_directory = optarg;
}

void apply(Settings& settings, int option) {
  switch (option) {
    case kWays: settings.ways = parse_ways(optarg); break;
    case kCpus: settings.pinnings = parse_cpus(optarg); break;
    case kRounds: settings.rounds = parse_count(optarg, "--rounds", 1, 1000); break;
    case kSeconds: settings.seconds = parse_number(optarg, "--seconds", 0.001, 3600); break;
    case kQuiet: settings.quiet = true; break;
    case kHelp: settings.action = Action::kHelp; break;
    case kVersion: settings.action = Action::kVersion; break;
    case kList: settings.action = Action::kList; break;
    case kCheck:
      settings.action = Action::kCheck;
      if (optarg != nullptr) settings.runs = parse_count(optarg, "--check", 1, 100);
      break;
    case kServer:
      settings.action = Action::kServe;
      settings.serve_address = argument_or("127.0.0.1");
      break;
    case kConnect: settings.connect_host = optarg; break;
    case kPort: settings.port = parse_count(optarg, "--port", 1, 65000); break;
    case kLibrary: settings.library = optarg; break;
    case kSeed: settings.seed = parse_count(optarg, "--seed", 0, 4'000'000'000U); break;
    case kJson:
    case kCsv:
    case kReport: apply_output(settings, option); break;
    default: throw UsageError("see vmrpc-bench --help");
  }
}

// In the build tree the worker and the library are found beside this program.
void find_files(Settings& settings) {
  namespace fs = std::filesystem;
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  settings.worker = here / "vmrpc-bench-worker";
  const bool build_tree = fs::exists(settings.worker);
  if (!build_tree) settings.worker = fs::path(BENCH_LIBEXECDIR) / "vmrpc-bench-worker";
  if (!settings.library.empty()) return;
  const fs::path built = here / "../../.libs/libvmrpc.so";
  const fs::path installed = fs::path(BENCH_LIBDIR) / "libvmrpc.so.1";
  settings.library = build_tree && fs::exists(built) ? fs::canonical(built) : installed;
}

void require_library(const Settings& settings, const std::string& what) {
  if (::access(settings.library.c_str(), R_OK) != 0)
    throw UsageError("'" + what + "' needs the library, and " + settings.library +
                     " cannot be read: name it with --library=FILE");
}

void check_combination(const Settings& settings) {
  for (const std::string& way : settings.ways)
    if (find_way(way).client_preloaded) require_library(settings, way);
  if (settings.action == Action::kCheck) require_library(settings, "--check");
  if (settings.connect_host.empty()) return;
  for (const Item& item : settings.items)
    if (!item.timed() || item.hog || item.asleep)
      throw UsageError("'" + item.name() + "' needs both processes on this machine");
}

}  // namespace

Settings parse_options(int argc, char** argv) {
  Settings settings;
  settings.port = kDefaultPort;
  int option = 0;
  while ((option = ::getopt_long(argc, argv, "w:c:r:t:qhV", kLongOptions.data(), nullptr)) != -1)
    apply(settings, option);
  for (int i = optind; i < argc; ++i) settings.items.push_back(parse_item(argv[i]));
  if (settings.items.empty()) settings.items = default_items(!settings.report_directory.empty());
  if (settings.pinnings.empty()) settings.pinnings = parse_cpus("both");
  if (!settings.connect_host.empty()) {  // where the server runs is not ours to say
    settings.pinnings.resize(1);
    settings.pinnings.front().name = "apart";
  }
  find_files(settings);
  check_combination(settings);
  return settings;
}

const char* help_text() {
  return "Usage: vmrpc-bench [OPTION]... [WORKLOAD[:SIZE][,CIRCUMSTANCE]...]...\n"
         "Measures the same RPC calls over stock libtirpc, over vmrpc's shared memory, and beside\n"
         "floors written by hand; client and server are processes of their own.\n"
         "\n"
         "  -w, --ways=WAY,...     measure these ways (default: all that fit)\n"
         "  -c, --cpus=WHICH       two, one, both (default), or SERVER,CLIENT like 0,1\n"
         "  -r, --rounds=N         rounds, interleaved (default 5)\n"
         "  -t, --seconds=S        timed in each measurement (default 0.2)\n"
         "      --seed=N           of the payloads (default 1)\n"
         "      --library=FILE     libvmrpc.so to preload\n"
         "      --server[=ADDRESS] serve all ways for a client elsewhere (default 127.0.0.1)\n"
         "      --connect=ADDRESS  measure against such a server\n"
         "      --port=N           first of its ports (default 20400)\n"
         "      --json[=FILE]      all results as JSON\n"
         "      --csv[=FILE]       a line for each row\n"
         "      --report=DIR       a page with plots, and the plots as SVG\n"
         "      --check[=RUNS]     check the project's limits (default 3 runs)\n"
         "      --list             list workloads and ways\n"
         "  -q, --quiet            no progress bar\n"
         "  -h, --help             this text\n"
         "  -V, --version          the version\n"
         "\n"
         "Circumstances: sys (AUTH_SYS), hog (a busy process on the same core), asleep (no spinning),\n"
         "threads=N, one-handle (that the threads share), clients=N (processes), rate=N (calls a\n"
         "second), seconds=S.\n"
         "Example: vmrpc-bench --cpus=two null put:1m,sys null,clients=64\n";
}

}  // namespace vmrpc::bench
