// SPDX-License-Identifier: BSD-3-Clause
// Which process is this? A test for "we are a forked child" that costs one load.
#pragma once

#include <atomic>
#include <cstdint>

namespace vmrpc {

// A value that differs between a process and each of its forked children, made at first
// use in each. It lies in a page that the kernel wipes on fork (MADV_WIPEONFORK), so that
// children made without atfork handlers are told apart too.
std::uint64_t process_token();

// The word in that page; null before the first process_token().
extern std::atomic<std::atomic<std::uint64_t>*> process_mark;

// Whether `token` was made by this process: two loads, async-signal-safe.
inline bool is_this_process(std::uint64_t token) noexcept {
  const auto* mark = process_mark.load(std::memory_order_relaxed);
  return mark != nullptr && mark->load(std::memory_order_relaxed) == token;
}

}  // namespace vmrpc
