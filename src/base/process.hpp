// SPDX-License-Identifier: BSD-3-Clause
// Which process is this? A test for "we are a forked child" that costs one load.
#pragma once

#include <cstdint>

namespace vmrpc {

// A value that differs between a process and each of its forked children, made at first
// use in each. It lies in a page that the kernel wipes on fork (MADV_WIPEONFORK), so that
// children made without atfork handlers are told apart too.
std::uint64_t process_token();

// Whether `token` was made by this process: one load, async-signal-safe.
bool is_this_process(std::uint64_t token) noexcept;

}  // namespace vmrpc
