// SPDX-License-Identifier: BSD-3-Clause
// A mutex for what every call takes: one exchange each way, or a store in a process of one thread. That of the C
// library costs three times as much.
#pragma once

#include <sys/single_threaded.h>

#include <atomic>
#include <cstdint>

namespace vmrpc {

// Meets Lockable. Not recursive. Who waits sleeps.
class Lock {
 public:
  void lock() noexcept {
    if (is_alone() && state_.load(std::memory_order_relaxed) == kFree) {
      state_.store(kHeld, std::memory_order_relaxed);
    } else if (!try_lock()) {
      lock_contended();
    }
  }
  bool try_lock() noexcept {
    std::uint32_t seen = kFree;
    return state_.compare_exchange_strong(seen, kHeld, std::memory_order_acquire);
  }
  void unlock() noexcept {
    if (is_alone()) return state_.store(kFree, std::memory_order_relaxed);
    if (state_.exchange(kFree, std::memory_order_release) == kAwaited) state_.notify_one();
  }

 private:
  enum : std::uint32_t { kFree, kHeld, kAwaited };

  // The process has one thread: nobody else holds the lock, and nobody waits for it.
  static bool is_alone() noexcept { return __libc_single_threaded != 0; }
  void lock_contended() noexcept {
    while (state_.exchange(kAwaited, std::memory_order_acquire) != kFree) {
      state_.wait(kAwaited, std::memory_order_relaxed);
    }
  }

  std::atomic<std::uint32_t> state_{kFree};
};

}  // namespace vmrpc
