// SPDX-License-Identifier: BSD-3-Clause
// Looking at the machine.
#include "machine.hpp"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>

#include "config.h"

namespace vmrpc::bench {
namespace {

constexpr double kBusyShare = 0.1;   // of one CPU, over the run
constexpr double kStealShare = 0.02;
constexpr double kClockJump = 0.05;  // seconds

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double clock_seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double used_by(int who) {
  rusage used{};
  ::getrusage(who, &used);
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string first_value(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name))
      if (const auto colon = line.find(": "); colon != std::string::npos)
        return line.substr(colon + 2);
  return "";
}

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string hypervisor() {
  const std::string xen = first_line("/sys/hypervisor/type");
  if (!xen.empty()) return xen;
  if (first_value("/proc/cpuinfo", "flags").find(" hypervisor") == std::string::npos) return "none";
  const std::string vendor = first_line("/sys/class/dmi/id/sys_vendor");
  return vendor.empty() ? "some" : "some (" + vendor + ")";
}

// The one that the workers get: it tells its version by its file's name alone.
std::string libtirpc_file() {
  const std::unique_ptr<void, int (*)(void*)> library(::dlopen("libtirpc.so.3", RTLD_LAZY), ::dlclose);
  link_map* map = nullptr;
  if (library == nullptr || ::dlinfo(library.get(), RTLD_DI_LINKMAP, &map) != 0) return "";
  return std::filesystem::canonical(map->l_name).filename();
}

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f %%", share * 100);
  return text;
}

}  // namespace

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  ::sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  return cpus;
}

nlohmann::json describe_machine(const Settings& settings) {
  utsname names{};
  ::uname(&names);
  char date[32];
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {
      {"date", date},
      {"cpu", first_value("/proc/cpuinfo", "model name")},
      {"cpus", ::sysconf(_SC_NPROCESSORS_ONLN)},
      {"usable_cpus", usable_cpus()},
      {"memory_kib", std::strtoull(first_value("/proc/meminfo", "MemTotal").c_str(), nullptr, 10)},
      {"kernel", names.release},
      {"architecture", names.machine},
      {"hypervisor", hypervisor()},
      {"libc", ::gnu_get_libc_version()},
      {"libtirpc", libtirpc_file()},
      {"vmrpc", PACKAGE_VERSION},
      {"load", first_line("/proc/loadavg")},
      {"governor", first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
      {"settings",
       {{"rounds", settings.rounds},
        {"seconds", settings.seconds},
        {"seed", settings.seed},
        {"library", settings.library},
        {"connect", settings.connect_host}}},
  };
}

MachineWatch::MachineWatch() : start_(sample()) {}

MachineWatch::Sample MachineWatch::sample() {
  double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0;
  std::string label;
  std::ifstream("/proc/stat") >> label >> user >> nice >> system >> idle >> wait >> irq >> soft >>
      steal;
  const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return {clock_seconds(CLOCK_MONOTONIC_RAW), clock_seconds(CLOCK_REALTIME),
          (user + nice + system) * tick, steal * tick,
          used_by(RUSAGE_SELF) + used_by(RUSAGE_CHILDREN)};
}

std::vector<std::string> MachineWatch::warnings() {
  const Sample now = sample();
  const double wall = now.wall_s - start_.wall_s;
  if (wall < 1) return {};
  std::vector<std::string> said;
  const double others = (now.busy_s - start_.busy_s) - (now.own_s - start_.own_s);
  if (others > kBusyShare * wall)
    said.push_back("other processes took " + percent(others / wall) +
                   " of a CPU: trust ratios within a round only");
  if (now.steal_s - start_.steal_s > kStealShare * wall)
    said.push_back("the hypervisor took " + percent((now.steal_s - start_.steal_s) / wall) +
                   " of a CPU away");
  if (std::abs((now.realtime_s - start_.realtime_s) - wall) > kClockJump + wall / 1000)
    said.push_back("the clock jumped during the run");
  return said;
}

}  // namespace vmrpc::bench
