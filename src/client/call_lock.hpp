// SPDX-License-Identifier: BSD-3-Clause
// One call at a time on a connection. A signal handler that calls inside a call on the same connection
// is told so: it would wait for itself. (libtirpc 1.3.3 hangs there.)
#pragma once

#include <pthread.h>

#include <atomic>
#include <mutex>

namespace vmrpc::client {

class CallLock {
 public:
  // Whether this thread holds the lock, or is about to take or give it: then a handler is asking.
  bool is_mine() const noexcept {
    if (t_changing == this) return true;
    return held_.load(std::memory_order_relaxed) &&
           ::pthread_equal(owner_.load(std::memory_order_relaxed), ::pthread_self()) != 0;
  }

  void lock() {
    const Changing changing(this);
    mutex_.lock();
    owner_.store(::pthread_self(), std::memory_order_relaxed);
    held_.store(true, std::memory_order_relaxed);
  }
  void unlock() noexcept {
    const Changing changing(this);
    held_.store(false, std::memory_order_relaxed);
    mutex_.unlock();
  }

 private:
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
  static inline thread_local const CallLock* volatile t_changing = nullptr;

  std::mutex mutex_;
  std::atomic<pthread_t> owner_{};
  std::atomic<bool> held_{false};
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
