// SPDX-License-Identifier: BSD-3-Clause
// The counters of rpc_vm_stats: each is written by one thread at a time, read by any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "rpc/vm.h"

namespace vmrpc {

class Counter {
 public:
  // Not an atomic addition: the writer holds its handle.
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void take_back(std::uint64_t n = 1) noexcept { add(-n); }
  void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct Counters {
  Counter calls_tcp, calls_xdr, calls_placed, calls_in_place, batched, bytes_placed, bytes_received, spins_won, sleeps, doorbells,
      fallbacks, chunks_held;

  rpc_vm_stats snapshot() const;
  // A call is a placed one when its arguments or its results were; it was counted for its first message.
  void count_second(bool first_was_placed, bool placed, bool in_place) noexcept {
    if (placed && !first_was_placed) {
      calls_xdr.take_back();
      calls_placed.add();
    }
    if (in_place) calls_in_place.add();
  }
};

// a += b, field by field.
void add_stats(rpc_vm_stats& a, const rpc_vm_stats& b);

// "calls_tcp=5 calls_xdr=100 ...": every counter by its name.
std::string format_stats(const rpc_vm_stats& stats);

}  // namespace vmrpc
