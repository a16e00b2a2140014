// SPDX-License-Identifier: BSD-3-Clause
// What is measured: a workload with its size and circumstances, written "put:1m,sys,threads=4".
#ifndef VMRPC_BENCH_ITEM_HPP
#define VMRPC_BENCH_ITEM_HPP

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace vmrpc::bench {

struct WorkloadInfo {
  std::string_view name;
  std::string_view unit;  // of the size; empty when the workload has none
  std::size_t default_size;
  std::size_t most;
  std::size_t bytes_per_unit;  // on the wire, about: decides what fits a datagram
  std::string_view text;
};

std::span<const WorkloadInfo> workload_catalog();

struct Item {
  std::string workload = "null";
  std::size_t size = 0;
  bool auth_sys = false;
  bool hog = false;  // a process that never sleeps shares the server's CPU
  bool asleep = false;  // nobody spins or yields: VMRPC_SPIN_US=0
  unsigned threads = 1;
  bool one_handle = false;  // for all threads
  unsigned clients = 1;
  double rate = 0;     // calls a second; 0: as fast as they go
  double seconds = 0;  // 0: the run's default

  std::string name() const;
  std::size_t wire_bytes() const;
  bool has_values() const;  // of a type that rpcgen-vm has made a map for
  bool is_bulk() const;     // scalars in one piece, and many of them
  bool timed() const { return workload != "idle" && workload != "memory"; }
};

// Throws UsageError with what is wrong and what would be right.
Item parse_item(std::string_view text);

}  // namespace vmrpc::bench

#endif
