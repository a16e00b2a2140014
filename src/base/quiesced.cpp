// SPDX-License-Identifier: BSD-3-Clause
// Asked by file or by request.
#include "config.h"

#include "base/quiesced.hpp"

#include <unistd.h>

#include <atomic>

namespace vmrpc {
namespace {

constinit std::atomic<bool> g_quiesced{false};

}  // namespace

bool is_quiesced() { return g_quiesced.load(std::memory_order_relaxed) || ::access(kQuiescedFile, F_OK) == 0; }

void set_quiesced(bool on) noexcept { g_quiesced.store(on, std::memory_order_relaxed); }

}  // namespace vmrpc
