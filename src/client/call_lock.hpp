// SPDX-License-Identifier: BSD-3-Clause
// The lock of a connection. A signal handler that calls inside a call on the same connection
// is told so: it would wait for itself. (libtirpc 1.3.3 hangs there.)
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/lock.hpp"

namespace vmrpc::client {

class CallLock {
 public:
  // Whether this thread holds the lock, or is about to take or give it: then a handler is asking.
  bool is_held_here() const noexcept { return t_changing == this || is_mine(); }
  // Whether this thread holds the lock.
  bool is_mine() const noexcept { return owner_.load(std::memory_order_relaxed) == this_thread(); }
  // Whether this thread is away from it.
  bool is_away_here() const noexcept { return t_away.count != 0 && is_noted(); }

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
    unlock_and([] {});
  }
  // With what has to follow before a handler may take the lock.
  template <typename Then>
  void unlock_and(const Then& then) noexcept {
    const Changing changing(this);
    owner_.store(nullptr, std::memory_order_relaxed);
    lock_.unlock();
    then();
  }

  // This thread has a call here, and gives the lock to others meanwhile.
  class AwayNote {
   public:
    explicit AwayNote(const CallLock& lock) noexcept : at_(t_away.count), outer_(slot()) {
      slot() = lock.serial_;
      std::atomic_signal_fence(std::memory_order_seq_cst);
      t_away.count = at_ + 1;
    }
    AwayNote(const AwayNote&) = delete;
    // With those that a handler's siglongjmp() left behind.
    ~AwayNote() {
      slot() = outer_;
      std::atomic_signal_fence(std::memory_order_seq_cst);
      t_away.count = at_;
    }

   private:
    volatile std::uint64_t& slot() const noexcept { return t_away.locks[at_ % t_away.locks.size()]; }

    const std::uint32_t at_;
    const std::uint64_t outer_;
  };

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
  // The latest, in a ring. By number: a call that was left by siglongjmp() stays noted, and its connection's address may be
  // another's later.
  struct AwayList {
    std::array<volatile std::uint64_t, 4> locks;
    volatile std::uint32_t count;
  };

  bool is_noted() const noexcept {
    const std::size_t count = std::min<std::size_t>(t_away.count, t_away.locks.size());
    return std::any_of(t_away.locks.begin(), t_away.locks.begin() + count, [&](std::uint64_t one) { return one == serial_; });
  }

  // What only this thread can have.
  static const void* this_thread() noexcept {
    return const_cast<const void*>(static_cast<const volatile void*>(&t_changing));
  }

  // initial-exec: an address, not a call of the dynamic linker's.
  [[gnu::tls_model("initial-exec")]] static inline thread_local const CallLock* volatile t_changing = nullptr;
  [[gnu::tls_model("initial-exec")]] static inline thread_local AwayList t_away{};
  static inline std::atomic<std::uint64_t> g_serial{0};

  Lock lock_;
  std::atomic<const void*> owner_{nullptr};
  const std::uint64_t serial_ = g_serial.fetch_add(1, std::memory_order_relaxed) + 1;
};

}  // namespace vmrpc::client
