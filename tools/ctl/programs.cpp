// SPDX-License-Identifier: BSD-3-Clause
// Finding programs through /proc, asking them over their sockets.
#include "config.h"

#include "programs.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/abstract_address.hpp"
#include "base/fd.hpp"

namespace vmrpc::ctl {
namespace {

constexpr int kPatienceMs = 15'000;  // a program gives up after ten seconds

std::optional<pid_t> number_in(std::string_view text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(pid) : std::nullopt;
}

OwnedFd connect_to(const std::string& name) {
  OwnedFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (name.size() > AbstractAddress::kMostBytes) return {};
  const AbstractAddress address(name);
  if (!fd || ::connect(fd.get(), address.get(), address.bytes()) != 0) return {};
  return fd;
}

// A page of another domain: nobody but vmrpc and Xen's own programs map such.
bool maps_grants(const std::filesystem::path& process) {
  std::ifstream maps(process / "maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with("/dev/xen/gntdev")) return true;
  }
  return false;
}

}  // namespace

std::string name_of(pid_t pid) {
  std::string name;
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  return std::getline(file, name) ? name : "?";
}

// /proc/net/unix shows an abstract address with an @ in front; a program's is there once for the socket that listens and
// once for each that it accepted.
std::vector<Program> list_programs() {
  std::set<std::string> names;
  std::ifstream sockets("/proc/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    const auto at = line.rfind(std::string("@") + association::kRequestSocketPrefix);
    if (at != std::string::npos) names.insert(line.substr(at + 1));
  }
  std::vector<Program> programs;
  for (const std::string& name : names) {
    const std::string_view number = std::string_view(name).substr(sizeof association::kRequestSocketPrefix - 1);
    if (const auto pid = number_in(number.substr(0, number.find('.')))) programs.push_back({name, *pid});
  }
  return programs;
}

std::optional<std::uint32_t> ask(const Program& program, association::Request request) {
  const OwnedFd fd = connect_to(program.socket);
  pollfd answered{fd.get(), POLLIN, 0};
  std::uint32_t left = 0;
  const bool done = fd && ::send(fd.get(), &request, 1, MSG_NOSIGNAL) == 1 && ::poll(&answered, 1, kPatienceMs) > 0 &&
                    ::recv(fd.get(), &left, sizeof left, MSG_DONTWAIT) == sizeof left;
  return done ? std::optional(left) : std::nullopt;
}

std::vector<pid_t> list_mapping_processes() {
  std::vector<pid_t> pids;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
    const auto pid = number_in(entry.path().filename().string());
    if (pid && maps_grants(entry.path())) pids.push_back(*pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

}  // namespace vmrpc::ctl
