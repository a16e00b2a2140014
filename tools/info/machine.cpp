// SPDX-License-Identifier: BSD-3-Clause
// Transports are tried or looked for, limits and permissions are read.
#include "config.h"

#include "machine.hpp"

#include <dirent.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "reach.hpp"
#include "remedy.hpp"
#include "round_trip.hpp"
#include "self_test.hpp"
#include "upgrade.hpp"
#include "xen_pages.hpp"

namespace vmrpc::info {
namespace {

constexpr rlim_t kFewDescriptors = 256;
constexpr rlim_t kLittleAddressSpace = rlim_t{1} << 32;

std::string print(rlim_t limit) {
  return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit);
}

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

Step look_at_limit(const char* name, __rlimit_resource which, rlim_t enough, const char* remedy) {
  rlimit limit{};
  ::getrlimit(which, &limit);
  const bool ok = limit.rlim_cur >= enough;
  return {name, ok ? Outcome::kOk : Outcome::kFailed,
          print(limit.rlim_cur) + ", at most " + print(limit.rlim_max), ok ? "" : remedy};
}

Step look_at_cpus() {
  cpu_set_t cpus;
  ::sched_getaffinity(0, sizeof cpus, &cpus);
  const int count = CPU_COUNT(&cpus);
  if (count > 1)
    return {"CPUs", Outcome::kOk, std::to_string(count) + ": a waiting side looks before it sleeps",
            ""};
  return {"CPUs", Outcome::kFailed, "1: both sides have to sleep and wake each other",
          "allow a second CPU (taskset, cpuset, or the virtual machine's)"};
}

// Regions are files of the kernel's own tmpfs: what bounds them is the control group.
Step look_at_memory() {
  std::string group = first_line("/proc/self/cgroup");
  group = group.substr(group.rfind(':') + 1);
  const std::string most = first_line("/sys/fs/cgroup" + group + "/memory.max");
  return {"memory", Outcome::kOk,
          "control group's limit " + (most.empty() || most == "max" ? "none" : most), ""};
}

Step look_for_device(const char* name, const std::string& device, const char* what) {
  if (::access(device.c_str(), R_OK | W_OK) == 0)
    return {name, Outcome::kOk, device + " can be opened", ""};
  if (errno == ENOENT) return {name, Outcome::kNotReached, std::string("no ") + what, ""};
  return {name, Outcome::kFailed, device + ": " + std::strerror(errno),
          "let this user open it, with a udev rule or as root"};
}

// The shared memory device of a virtual machine, by PCI vendor and device.
Step look_for_ivshmem() {
  std::error_code none;
  for (const auto& device : std::filesystem::directory_iterator("/sys/bus/pci/devices", none))
    if (first_line(device.path() / "vendor") == "0x1af4" &&
        first_line(device.path() / "device") == "0x1110")
      return look_for_device("ivshmem device", device.path() / "resource2", "");
  return {"ivshmem device", Outcome::kNotReached, "no such PCI device", ""};
}

Step look_at_settings() {
  Step step{"settings", Outcome::kOk, "", ""};
  for (char** one = environ; *one != nullptr; ++one)
    if (const std::string text = *one; text.starts_with("VMRPC"))
      step.detail += (step.detail.empty() ? "" : " ") + text;
  if (step.detail.empty()) step.detail = "none set";
  return step;
}

Step describe(const SelfTest& found, Findings& findings) {
  findings.fast = found.upgrade.fast();
  findings.transport = found.upgrade.transport();
  findings.reason = rpc_vm_strreason(found.upgrade.info.reason);
  if (!found.problem.empty())
    return {"local", Outcome::kFailed, found.problem, "see what the message says"};
  if (!findings.fast)
    return {"local", Outcome::kFailed,
            findings.reason + ": " + meaning_of(found.upgrade.info.reason),
            remedy_for(found.upgrade.info.reason)};
  findings.round_trips = found.round_trips;
  return {"local", Outcome::kOk,
          "tried between two processes: " + describe_regions(found.upgrade.info), ""};
}

}  // namespace

Findings examine_machine(unsigned calls, unsigned timeout_s) {
  Findings findings;
  const SelfTest tried = test_here(calls, timeout_s);
  findings.steps.push_back(describe(tried, findings));
  findings.steps.push_back(
      look_for_device("Xen device", "/dev/xen/gntdev", "Xen guest here, or no gntdev module"));
  for (Step& step : look_at_xen_pages()) findings.steps.push_back(std::move(step));
  findings.steps.push_back(look_for_ivshmem());
  findings.steps.push_back(look_at_cpus());
  findings.steps.push_back(
      look_at_limit("descriptors", RLIMIT_NOFILE, kFewDescriptors,
                    "raise 'ulimit -n': each upgraded connection holds two more"));
  findings.steps.push_back(
      look_at_limit("address space", RLIMIT_AS, kLittleAddressSpace, "raise 'ulimit -v'"));
  findings.steps.push_back(look_at_memory());
  findings.steps.push_back(look_at_settings());
  return findings;
}

}  // namespace vmrpc::info
