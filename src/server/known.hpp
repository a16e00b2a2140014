// SPDX-License-Identifier: BSD-3-Clause
// What a transport remembers of a table of services that all threads share.
#pragma once

#include <rpc/rpc.h>

#include <atomic>
#include <cstdint>

namespace vmrpc::server {

// The entry of the service that was asked for last, until any entry changes. For one thread at a time.
template <typename Value>
class Known {
 public:
  const Value& find(rpcprog_t program, rpcvers_t version) {
    if (program != program_ || version != version_ || changes_ != g_changes.load(std::memory_order_acquire)) {
      look_up_again(program, version);
    }
    return value_;
  }
  // After an entry has changed.
  static void note_change() noexcept { g_changes.fetch_add(1, std::memory_order_release); }

 private:
  // Where the table is.
  static Value look_up(rpcprog_t program, rpcvers_t version);
  // The count first: what changes meanwhile is looked up once more.
  [[gnu::noinline]] void look_up_again(rpcprog_t program, rpcvers_t version) {
    changes_ = g_changes.load(std::memory_order_acquire);
    program_ = program;
    version_ = version;
    value_ = look_up(program, version);
  }

  static inline std::atomic<std::uint64_t> g_changes{1};

  std::uint64_t changes_ = 0;
  rpcprog_t program_ = 0;
  rpcvers_t version_ = 0;
  Value value_{};
};

}  // namespace vmrpc::server
