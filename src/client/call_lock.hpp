// SPDX-License-Identifier: BSD-3-Clause
// One call at a time on a connection. A signal handler that calls inside a call on the same connection
// is told so: it would wait for itself. (libtirpc 1.3.3 hangs there.)
#pragma once

#include <sys/single_threaded.h>

#include <atomic>
#include <cstdint>

namespace vmrpc::client {

// Taken and given by one exchange each, or by a store in a process of one thread: a mutex of the C library costs
// three times as much, on each call.
class CallLock {
 public:
  // Whether this thread holds the lock, or is about to take or give it: then a handler is asking.
  bool is_mine() const noexcept {
    return t_changing == this || owner_.load(std::memory_order_relaxed) == this_thread();
  }

  void lock() noexcept {
    const Changing changing(this);
    std::uint32_t seen = kFree;
    if (is_alone()) {
      state_.store(kHeld, std::memory_order_relaxed);
    } else if (!state_.compare_exchange_strong(seen, kHeld, std::memory_order_acquire)) {
      lock_contended();
    }
    owner_.store(this_thread(), std::memory_order_relaxed);
  }
  bool try_lock() noexcept {
    const Changing changing(this);
    std::uint32_t seen = kFree;
    if (!state_.compare_exchange_strong(seen, kHeld, std::memory_order_acquire)) return false;
    owner_.store(this_thread(), std::memory_order_relaxed);
    return true;
  }
  void unlock() noexcept {
    const Changing changing(this);
    owner_.store(nullptr, std::memory_order_relaxed);
    if (is_alone()) return state_.store(kFree, std::memory_order_relaxed);
    if (state_.exchange(kFree, std::memory_order_release) == kAwaited) state_.notify_one();
  }

 private:
  enum : std::uint32_t { kFree, kHeld, kAwaited };

  struct Changing {
    explicit Changing(const CallLock* lock) noexcept : outer(t_changing) {
      t_changing = lock;
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    ~Changing() {
      std::atomic_signal_fence(std::memory_order_seq_cst);
      t_changing = outer;
    }
    const CallLock* const outer;
  };

  // The process has one thread: nobody holds the lock, and nobody waits for it.
  static bool is_alone() noexcept { return __libc_single_threaded != 0; }
  void lock_contended() noexcept {
    while (state_.exchange(kAwaited, std::memory_order_acquire) != kFree) {
      state_.wait(kAwaited, std::memory_order_relaxed);
    }
  }
  // What only this thread can have.
  static const void* this_thread() noexcept {
    return const_cast<const void*>(static_cast<const volatile void*>(&t_changing));
  }

  // initial-exec: an address, not a call of the dynamic linker's.
  [[gnu::tls_model("initial-exec")]] static inline thread_local const CallLock* volatile t_changing = nullptr;

  std::atomic<std::uint32_t> state_{kFree};
  std::atomic<const void*> owner_{nullptr};
};

// Holds the lock for one call.
class CallGuard {
 public:
  explicit CallGuard(CallLock& lock) : lock_(lock), usable_(!lock.is_mine()) {
    if (usable_) lock_.lock();
  }
  CallGuard(const CallGuard&) = delete;
  ~CallGuard() {
    if (usable_) lock_.unlock();
  }

  // False: a signal handler interrupted a call of this thread; nothing may be touched.
  bool is_usable() const noexcept { return usable_; }

 private:
  CallLock& lock_;
  bool usable_;
};

}  // namespace vmrpc::client
