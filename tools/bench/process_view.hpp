// SPDX-License-Identifier: BSD-3-Clause
// A process seen from outside, through /proc: what it uses while nobody talks to it.
#ifndef VMRPC_BENCH_PROCESS_VIEW_HPP
#define VMRPC_BENCH_PROCESS_VIEW_HPP

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace vmrpc::bench {

struct Activity {
  std::uint64_t cpu_ns = 0;
  std::uint64_t switches = 0;
  bool operator==(const Activity&) const = default;
};
Activity activity_of(std::span<const pid_t> pids);

// Private resident memory, shared memory counted once, and page tables, of all processes together.
std::uint64_t memory_bytes_of(std::span<const pid_t> pids);

}  // namespace vmrpc::bench

#endif
