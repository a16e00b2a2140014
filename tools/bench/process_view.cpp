// SPDX-License-Identifier: BSD-3-Clause
// Reading /proc/PID.
#include "process_view.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace vmrpc::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kKibibyte = 1024;
constexpr std::uint64_t kStatBlock = 512;

std::string proc(pid_t pid, const char* name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

// "VmPTE:   12 kB" and "voluntary_ctxt_switches: 3" alike.
std::uint64_t field_of(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1));
  throw std::runtime_error("cannot read " + name + " of " + file);
}

void add_thread(Activity& sum, const fs::path& task) {
  std::ifstream in(task / "schedstat");
  std::uint64_t cpu_ns = 0;
  if (!(in >> cpu_ns)) throw std::runtime_error("cannot read " + (task / "schedstat").string());
  const std::string status = task / "status";
  sum.cpu_ns += cpu_ns;
  sum.switches += field_of(status, "voluntary_ctxt_switches") +
                  field_of(status, "nonvoluntary_ctxt_switches");
}

// Shared memory objects by device and inode, each with the bytes that it holds.
using Objects = std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t>;

bool is_shared_memory(const std::string& mapping_line) {
  return mapping_line.find("/memfd:") != std::string::npos ||
         mapping_line.find("/dev/zero") != std::string::npos ||
         mapping_line.find("/dev/shm/") != std::string::npos ||
         mapping_line.find("/SYSV") != std::string::npos;
}

bool is_header(const std::string& line) {
  const auto space = line.find(' ');
  return line.find('-') < space && line.find(':') > space;
}

// map_files holds a link for each file mapping; its target's inode tells objects apart.
void add_object(Objects& objects, pid_t pid, const std::string& range) {
  struct stat info {};
  if (::stat((proc(pid, "map_files/") + range).c_str(), &info) != 0)
    throw std::runtime_error("cannot look at mapping " + range + " of process " +
                             std::to_string(pid) + ": run as root");
  objects[{info.st_dev, info.st_ino}] = static_cast<std::uint64_t>(info.st_blocks) * kStatBlock;
}

std::uint64_t private_bytes(pid_t pid, Objects& objects) {
  std::ifstream in(proc(pid, "smaps"));
  std::uint64_t sum = 0;
  bool shared = false;
  for (std::string line; std::getline(in, line);) {
    if (is_header(line)) {
      shared = is_shared_memory(line);
      if (shared) add_object(objects, pid, line.substr(0, line.find(' ')));
    } else if (!shared && line.starts_with("Private_")) {
      sum += std::stoull(line.substr(line.find(':') + 1)) * kKibibyte;
    }
  }
  return sum;
}

}  // namespace

Activity activity_of(std::span<const pid_t> pids) {
  Activity sum;
  for (const pid_t pid : pids)
    for (const fs::directory_entry& task : fs::directory_iterator(proc(pid, "task")))
      add_thread(sum, task.path());
  return sum;
}

std::uint64_t memory_bytes_of(std::span<const pid_t> pids) {
  Objects objects;
  std::uint64_t sum = 0;
  for (const pid_t pid : pids)
    sum += private_bytes(pid, objects) + field_of(proc(pid, "status"), "VmPTE") * kKibibyte;
  for (const auto& [object, bytes] : objects) sum += bytes;
  return sum;
}

}  // namespace vmrpc::bench
