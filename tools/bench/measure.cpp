// SPDX-License-Identifier: BSD-3-Clause
// Starting the processes of one measurement and collecting what they report.
#include "measure.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <thread>

#include "child.hpp"
#include "histogram.hpp"
#include "process_view.hpp"

namespace vmrpc::bench {
namespace {

using nlohmann::json;
using Command = std::vector<std::string>;

constexpr double kPatience = 60;  // seconds beyond the measured time

// A folder for a socket, gone with the measurement.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "vmrpc-bench-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("cannot make a temporary folder: " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string socket() const { return path_ / "socket"; }

 private:
  std::filesystem::path path_;
};

std::string argument(const std::string& name, const auto& value) {
  if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>)
    return name + "=" + std::to_string(value);
  else
    return name + "=" + std::string(value);
}

double seconds_of(const Item& item, const Settings& settings) {
  return item.seconds > 0 ? item.seconds : settings.seconds;
}

std::string worker_of(const Way& way, const Settings& settings) {
  return settings.worker + (way.regenerated ? "-regenerated" : "");
}

void add_placing(Command& command, const Way& way) {
  if (way.in_place) command.push_back("in-place=yes");
  if (way.heap) command.push_back("heap=yes");
}

Command client_command(const Cell& cell, const Settings& settings, std::uint64_t seed) {
  const Item& item = cell.item;
  Command command = {worker_of(*cell.way, settings), "client", argument("workload", item.workload),
                     argument("size", item.size), argument("transport", cell.way->transport),
                     argument("buffers", cell.way->buffers),
                     argument("auth", item.auth_sys ? "sys" : "none"),
                     argument("seconds", seconds_of(item, settings)),
                     argument("threads", item.threads),
                     argument("one-handle", item.one_handle ? "yes" : "no"),
                     argument("rate", item.rate),
                     argument("seed", seed), argument("cpu", cell.pinning.client_cpu)};
  if (item.clients > 1) command.push_back("mode=count");
  if (!item.timed()) {
    command.push_back(argument("mode", item.workload));
    command.push_back(argument("handles", item.size));
  }
  if (cell.way->memory_expected) command.push_back("require=memory");
  add_placing(command, *cell.way);
  return command;
}

// The service of one measurement: started here, or elsewhere by --server.
class Service {
 public:
  Service(const Cell& cell, const Settings& settings) {
    if (!settings.connect_host.empty()) {
      address_ = {argument("address", settings.connect_host),
                  argument("port", settings.port + (cell.way - way_catalog().data()))};
      return;
    }
    Command command = server_command(*cell.way, settings, "127.0.0.1", 0, folder_.socket());
    command.push_back(argument("cpu", cell.pinning.server_cpu));
    processes_.emplace_back(
        command, worker_environment(cell.way->server_preloaded, *cell.way, settings, cell.item));
    const json message = processes_.front().read_message(kPatience);
    address_ = {argument("port", message.at("port").get<unsigned>()),
                argument("path", folder_.socket())};
  }

  const Command& address() const { return address_; }
  pid_t pid() const {
    if (processes_.empty())
      throw std::runtime_error("only a server on this machine can be looked at");
    return processes_.front().pid();
  }

 private:
  TemporaryFolder folder_;
  std::vector<Child> processes_;
  Command address_;
};

Child start_client(const Cell& cell, const Settings& settings, const Service& service,
                   std::uint64_t seed) {
  Command command = client_command(cell, settings, seed);
  command.insert(command.end(), service.address().begin(), service.address().end());
  return {command, worker_environment(cell.way->client_preloaded, *cell.way, settings, cell.item)};
}

json measure_floor(const Cell& cell, const Settings& settings) {
  const std::size_t bytes_each = cell.item.workload == "doubles" ? 8 : 1;
  Child floor({settings.worker, "floor", argument("workload", cell.way->transport),
               argument("size", cell.item.size * bytes_each),
               argument("seconds", seconds_of(cell.item, settings)),
               argument("wait", cell.pinning.one_core() ? "sleep" : "spin"),
               argument("cpu", cell.pinning.client_cpu),
               argument("peer-cpu", cell.pinning.server_cpu)},
              worker_environment(false, *cell.way, settings, cell.item));
  floor.read_message(kPatience);
  floor.go();
  return floor.read_message(kPatience + seconds_of(cell.item, settings));
}

json measure_one_client(const Cell& cell, const Settings& settings, const Service& service,
                        std::uint64_t seed) {
  Child client = start_client(cell, settings, service, seed);
  client.read_message(kPatience);
  client.go();
  json result = client.read_message(kPatience + 2 * seconds_of(cell.item, settings));
  const double calls = result.at("calls");
  const double timed_ns = result.at("timed_ns");
  result["calls_per_s"] = calls / timed_ns * 1e9;
  return result;
}

// All clients' figures in one: the sum of their rates, and how even they were.
json combine_clients(std::vector<json> reports) {
  json result = reports.front();
  Histogram all;
  std::vector<double> rates;
  result["client"]["cpu_ns"] = result["client"]["switches"] = 0;
  for (const json& report : reports) {
    for (const char* used : {"cpu_ns", "switches"})
      result["client"][used] =
          result["client"][used].get<std::uint64_t>() + report["client"][used].get<std::uint64_t>();
    for (const json& bucket : report.at("histogram"))
      all.add(bucket.at(0).get<std::uint64_t>(), bucket.at(1).get<std::uint64_t>());
    rates.push_back(report.at("calls").get<double>() / report.at("timed_ns").get<double>() * 1e9);
  }
  double sum = 0;
  for (const double rate : rates) sum += rate;
  json buckets = json::array();
  for (const auto& [value, times] : all.buckets()) buckets.push_back({value, times});
  result["calls"] = result["all_calls"] = all.count();
  result["histogram"] = buckets;
  result["call_ns"] = all.percentile(0.5);
  result["max_ns"] = all.max();
  result["calls_per_s"] = sum;
  result["slowest_to_mean"] =
      *std::min_element(rates.begin(), rates.end()) / (sum / static_cast<double>(rates.size()));
  return result;
}

json measure_clients(const Cell& cell, const Settings& settings, const Service& service,
                     std::uint64_t seed) {
  std::vector<Child> clients;
  for (unsigned i = 0; i < cell.item.clients; ++i)
    clients.push_back(start_client(cell, settings, service, seed + i));
  for (Child& client : clients) client.read_message(kPatience);
  for (Child& client : clients) client.go();
  std::vector<json> reports;
  for (Child& client : clients)
    reports.push_back(client.read_message(kPatience + seconds_of(cell.item, settings)));
  return combine_clients(std::move(reports));
}

void sleep_seconds(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

// Until a tenth of a second has passed in which neither process ran.
void wait_until_quiet(std::span<const pid_t> pids) {
  Activity before = activity_of(pids);
  for (int tries = 0; tries < 50; ++tries) {
    sleep_seconds(0.1);
    const Activity now = activity_of(pids);
    if (now == before) return;
    before = now;
  }
}

json measure_idle(const Cell& cell, const Settings& settings, const Service& service,
                  std::uint64_t seed) {
  Child client = start_client(cell, settings, service, seed);
  client.read_message(kPatience);
  const std::array pids = {client.pid(), service.pid()};
  wait_until_quiet(pids);
  const Activity before = activity_of(pids);
  sleep_seconds(cell.item.seconds > 0 ? cell.item.seconds : 10);
  const Activity after = activity_of(pids);
  client.go();
  json result = client.read_message(kPatience);
  result["idle_cpu_ns"] = after.cpu_ns - before.cpu_ns;
  result["idle_switches"] = after.switches - before.switches;
  return result;
}

json measure_memory(const Cell& cell, const Settings& settings, const Service& service,
                    std::uint64_t seed) {
  Child client = start_client(cell, settings, service, seed);
  client.read_message(kPatience);
  const std::array pids = {client.pid(), service.pid()};
  const std::uint64_t before = memory_bytes_of(pids);
  client.go();
  client.read_message(kPatience * static_cast<double>(cell.item.size));
  wait_until_quiet(pids);
  const std::uint64_t after = memory_bytes_of(pids);
  client.go();
  json result = client.read_message(kPatience);
  const double added = after > before ? static_cast<double>(after - before) : 0;
  result["bytes_per_handle"] = added / static_cast<double>(cell.item.size);
  return result;
}

}  // namespace

std::vector<std::string> server_command(const Way& way, const Settings& settings,
                                        const std::string& address, unsigned port,
                                        const std::string& path) {
  Command command = {worker_of(way, settings),
                     "server",
                     argument("transport", way.transport),
                     argument("buffers", way.buffers),
                     argument("address", address),
                     argument("port", port),
                     argument("path", path)};
  add_placing(command, way);
  return command;
}

std::vector<std::string> worker_environment(bool preloaded, const Way& way,
                                            const Settings& settings, const Item& item) {
  if (!preloaded) return {};
  std::vector<std::string> environment = {"LD_PRELOAD=" + settings.library};
  if (item.asleep) environment.push_back("VMRPC_SPIN_US=0");
  if (way.trusted) environment.push_back("VMRPC_TRUST=same-uid");
  return environment;
}

json measure(const Cell& cell, const Settings& settings, std::uint64_t seed) {
  if (cell.way->kind == WayKind::kFloor) return measure_floor(cell, settings);
  const Service service(cell, settings);
  std::vector<Child> hog;
  if (cell.item.hog) {
    hog.emplace_back(
        Command{settings.worker, "hog", argument("cpu", cell.pinning.server_cpu)},
        std::vector<std::string>{});
    hog.front().read_message(kPatience);
  }
  if (cell.item.workload == "idle") return measure_idle(cell, settings, service, seed);
  if (cell.item.workload == "memory") return measure_memory(cell, settings, service, seed);
  if (cell.item.clients > 1) return measure_clients(cell, settings, service, seed);
  return measure_one_client(cell, settings, service, seed);
}

}  // namespace vmrpc::bench
