// SPDX-License-Identifier: BSD-3-Clause
// Log lines per handle, and the list of all handles.
#include "config.h"

#include "association/report.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "base/log.hpp"
#include "base/process.hpp"

namespace vmrpc::association {

// Never destroyed: handles may end after static destructors ran.
struct ReportList {
  std::mutex mutex;
  Report* first = nullptr;
  rpc_vm_stats ended{};
  bool at_exit_registered = false;

  static ReportList& get() {
    static auto* const list = new ReportList;
    return *list;
  }

  void add(Report* report) {
    const std::lock_guard lock(mutex);
    if (!at_exit_registered && log_enabled(LogLevel::kInfo)) {
      at_exit_registered = std::atexit(Report::log_all_ends) == 0;
    }
    report->next_ = first;
    if (first != nullptr) first->previous_ = report;
    first = report;
  }

  void remove(Report* report) {
    const std::lock_guard lock(mutex);
    (report->previous_ != nullptr ? report->previous_->next_ : first) = report->next_;
    if (report->next_ != nullptr) report->next_->previous_ = report->previous_;
    rpc_vm_stats last = report->counters_.snapshot();
    last.chunks_held = 0;
    add_stats(ended, last);
  }
};

namespace {

std::string format_unix(const sockaddr_un& address, socklen_t bytes) {
  const std::size_t path = offsetof(sockaddr_un, sun_path);
  if (bytes <= path) return "unix:";
  const std::size_t count = bytes - path;
  if (address.sun_path[0] != '\0') return "unix:" + std::string(address.sun_path, ::strnlen(address.sun_path, count));
  return "unix:@" + std::string(address.sun_path + 1, count - 1);
}

bool is_unix(int socket) {
  int domain = 0;
  socklen_t bytes = sizeof domain;
  return ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &bytes) == 0 && domain == AF_UNIX;
}

}  // namespace

std::string format_address(const sockaddr* address, socklen_t bytes) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address->sa_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(address);
    ::inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(in->sin_port));
  }
  if (address->sa_family == AF_INET6) {
    const auto* in6 = reinterpret_cast<const sockaddr_in6*>(address);
    ::inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(in6->sin6_port));
  }
  if (address->sa_family == AF_UNIX) {
    return format_unix(*reinterpret_cast<const sockaddr_un*>(address), bytes);
  }
  return "?";
}

std::string peer_address(int socket) {
  sockaddr_storage storage{};
  socklen_t bytes = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (::getpeername(socket, address, &bytes) != 0) return "?";
  const bool unnamed = storage.ss_family == AF_UNIX && bytes <= offsetof(sockaddr_un, sun_path);
  if (unnamed) {
    bytes = sizeof storage;
    if (::getsockname(socket, address, &bytes) != 0) return "unix:";
  }
  return format_address(address, bytes);
}

Report::Report(Role role, int socket)
    : role_(role),
      socket_word_(is_unix(socket) ? "unix" : "tcp"),
      address_(peer_address(socket)),
      process_(process_token()) {
  ReportList::get().add(this);
}

Report::~Report() {
  log_end();
  ReportList::get().remove(this);
}

void Report::set_program(rpcprog_t program, rpcvers_t version) {
  program_.store(program, std::memory_order_relaxed);
  version_.store(version, std::memory_order_relaxed);
}

void Report::upgraded(rpc_vm_transport transport, bool can_place) {
  transport_ = transport;
  reason_ = can_place ? RPC_VM_REASON_NONE : RPC_VM_NO_WINDOW;
  can_place_ = can_place;
  if (log_enabled(LogLevel::kInfo)) log_line(LogLevel::kInfo, line());
}

void Report::stays(rpc_vm_reason reason) {
  transport_ = RPC_VM_SOCKET;
  reason_ = reason;
  if (log_enabled(LogLevel::kInfo)) log_line(LogLevel::kInfo, line());
}

std::string Report::line() const {
  const bool up = transport() != RPC_VM_SOCKET;
  std::string text = role_ == Role::kClient ? "client " : "server ";
  text += std::to_string(program_.load()) + "." + std::to_string(version_.load()) + " " + address_;
  text += std::string(" transport=") + (up ? rpc_vm_strtransport(transport()) : socket_word_);
  text += up && can_place_ ? " encoding=xdr,placed" : " encoding=xdr";
  if (reason() != RPC_VM_REASON_NONE) text += std::string(" reason=") + rpc_vm_strreason(reason());
  return text;
}

void Report::log_end() const {
  if (!log_enabled(LogLevel::kInfo) || !is_this_process(process_)) return;
  log_line(LogLevel::kInfo, line() + " " + format_stats(counters_.snapshot()));
}

void Report::log_all_ends() {
  ReportList& list = ReportList::get();
  const std::unique_lock lock(list.mutex, std::try_to_lock);  // exit() inside a handler of ours
  if (!lock) return;
  for (const Report* report = list.first; report != nullptr; report = report->next_) report->log_end();
}

rpc_vm_stats Report::process_stats() {
  ReportList& list = ReportList::get();
  const std::lock_guard lock(list.mutex);
  rpc_vm_stats sum = list.ended;
  for (const Report* report = list.first; report != nullptr; report = report->next_) {
    add_stats(sum, report->counters_.snapshot());
  }
  return sum;
}

}  // namespace vmrpc::association
