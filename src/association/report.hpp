// SPDX-License-Identifier: BSD-3-Clause
// What the log and the API tell of one handle or transport: identity, decision, counters.
#pragma once

#include <rpc/rpc.h>

#include <atomic>
#include <string>

#include "base/counters.hpp"

namespace vmrpc::association {

// "127.0.0.1:834", "[::1]:834", "unix:/run/x", "unix:@name" for an abstract one, "unix:" for none.
std::string format_address(const struct sockaddr* address, socklen_t bytes);
// Of a connected socket's other end; "unix:PATH" may be the own end's when the other has no name.
std::string peer_address(int socket);

// The processes' list of reports: stats of the whole process, and end lines at exit.
class Report {
 public:
  enum class Role { kClient, kServer };

  // `socket` names the address and whether it is TCP or AF_UNIX.
  Report(Role role, int socket);
  Report(const Report&) = delete;
  // Logs the end line, with all counters.
  ~Report();

  void set_program(rpcprog_t program, rpcvers_t version);
  // Each is logged at level info.
  void upgraded(rpc_vm_transport transport, bool can_place);
  void stays(rpc_vm_reason reason);

  rpc_vm_transport transport() const noexcept { return transport_.load(std::memory_order_relaxed); }
  rpc_vm_reason reason() const noexcept { return reason_.load(std::memory_order_relaxed); }
  const std::string& address() const noexcept { return address_; }
  Counters& counters() noexcept { return counters_; }
  const Counters& counters() const noexcept { return counters_; }

  // Counters of all reports of this process, those that ended included.
  static rpc_vm_stats process_stats();

 private:
  std::string line() const;
  void log_end() const;
  static void log_all_ends();

  const Role role_;
  const char* socket_word_;
  std::string address_;
  std::atomic<unsigned long> program_{0};
  std::atomic<unsigned long> version_{0};
  std::atomic<rpc_vm_transport> transport_{RPC_VM_SOCKET};
  std::atomic<rpc_vm_reason> reason_{RPC_VM_REASON_NONE};
  std::atomic<bool> can_place_{false};
  Counters counters_;
  std::uint64_t process_;
  Report* next_ = nullptr;
  Report* previous_ = nullptr;

  friend struct ReportList;
};

}  // namespace vmrpc::association
