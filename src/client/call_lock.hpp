// SPDX-License-Identifier: BSD-3-Clause
// One call at a time on a connection. A signal handler that calls inside a call on the same connection
// is told so: it would wait for itself. (libtirpc 1.3.3 hangs there.)
#pragma once

#include <atomic>

#include "base/lock.hpp"

namespace vmrpc::client {

class CallLock {
 public:
  // Whether this thread holds the lock, or is about to take or give it: then a handler is asking.
  bool is_mine() const noexcept {
    return t_changing == this || owner_.load(std::memory_order_relaxed) == this_thread();
  }

  void lock() noexcept {
    const Changing changing(this);
    lock_.lock();
    owner_.store(this_thread(), std::memory_order_relaxed);
  }
  bool try_lock() noexcept {
    const Changing changing(this);
    if (!lock_.try_lock()) return false;
    owner_.store(this_thread(), std::memory_order_relaxed);
    return true;
  }
  void unlock() noexcept {
    const Changing changing(this);
    owner_.store(nullptr, std::memory_order_relaxed);
    lock_.unlock();
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

  // What only this thread can have.
  static const void* this_thread() noexcept {
    return const_cast<const void*>(static_cast<const volatile void*>(&t_changing));
  }

  // initial-exec: an address, not a call of the dynamic linker's.
  [[gnu::tls_model("initial-exec")]] static inline thread_local const CallLock* volatile t_changing = nullptr;

  Lock lock_;
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
