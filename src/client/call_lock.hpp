// SPDX-License-Identifier: BSD-3-Clause
// One call at a time on a connection, except that a signal handler may call inside a waiting call.
#pragma once

#include <pthread.h>

#include <atomic>
#include <mutex>

namespace vmrpc::client {

class CallLock {
 public:
  // Whether this thread is inside a call already: then a signal handler is asking.
  bool is_mine() const noexcept {
    return held_.load(std::memory_order_relaxed) &&
           ::pthread_equal(owner_.load(std::memory_order_relaxed), ::pthread_self()) != 0;
  }

  void lock() {
    mutex_.lock();
    owner_.store(::pthread_self(), std::memory_order_relaxed);
    held_.store(true, std::memory_order_relaxed);
  }
  void unlock() noexcept {
    held_.store(false, std::memory_order_relaxed);
    mutex_.unlock();
  }

  // True while the owner only waits: what it works on is whole, and may be used by a handler.
  void set_waiting(bool waiting) noexcept {
    waiting_.store(waiting, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  bool owner_waits() const noexcept { return waiting_.load(std::memory_order_relaxed); }

 private:
  std::mutex mutex_;
  std::atomic<pthread_t> owner_{};
  std::atomic<bool> held_{false};
  std::atomic<bool> waiting_{false};
};

// Holds the lock for one call, or takes part in the waiting call that the handler interrupted.
class CallGuard {
 public:
  explicit CallGuard(CallLock& lock) : lock_(lock), nested_(lock.is_mine()) {
    if (!nested_) lock_.lock();
    else usable_ = lock_.owner_waits();
    if (usable_) lock_.set_waiting(false);
  }
  CallGuard(const CallGuard&) = delete;
  ~CallGuard() {
    if (!usable_) return;
    lock_.set_waiting(nested_);
    if (!nested_) lock_.unlock();
  }

  // False: the interrupted call is in the middle of something; nothing may be touched.
  bool is_usable() const noexcept { return usable_; }

 private:
  CallLock& lock_;
  bool nested_;
  bool usable_ = true;
};

// The time in which a call only waits.
class WaitingMark {
 public:
  explicit WaitingMark(CallLock& lock) noexcept : lock_(lock) { lock_.set_waiting(true); }
  WaitingMark(const WaitingMark&) = delete;
  ~WaitingMark() { lock_.set_waiting(false); }

 private:
  CallLock& lock_;
};

}  // namespace vmrpc::client
