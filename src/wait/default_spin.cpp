// SPDX-License-Identifier: BSD-3-Clause
// The process's bound on spinning.
#include "config.h"

#include "wait/default_spin.hpp"

#include <atomic>

#include "base/settings.hpp"
#include "wait/spin.hpp"

namespace vmrpc::wait {
namespace {

constexpr unsigned kUnset = ~0u;
constinit std::atomic<unsigned> g_spin_us{kUnset};

}  // namespace

unsigned default_spin_us() {
  const unsigned set = g_spin_us.load(std::memory_order_relaxed);
  return set != kUnset ? set : settings().spin_us.value_or(kDefaultSpinUs);
}

void set_default_spin_us(unsigned usec) { g_spin_us.store(usec, std::memory_order_relaxed); }

}  // namespace vmrpc::wait
