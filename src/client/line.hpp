// SPDX-License-Identifier: BSD-3-Clause
// Calls of several threads on one connection: who has its lock, whose requests are on their way, and who receives.
//
// A call that is about to sleep lets go of the lock, and others are sent behind it. In the line are first those that
// were sent, then those that wait to be. Of all of them one has the turn: it alone receives, and waits on the link.
// That is the first of the line; when it comes upon the answer to another call, the turn goes with it to that one.
// Whoever ends an association has the turn, too, or is alone.
//
// Everything that is not said to be otherwise needs the lock.
#pragma once

#include <semaphore.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "client/call_lock.hpp"

namespace vmrpc::client {

// sem_t, and not a condition variable: a thread may leave it by pthread_cancel() and by siglongjmp(), and whoever
// ends it does not wait for one that did.
class Bell {
 public:
  Bell() noexcept { ::sem_init(&rung_, 0, 0); }
  Bell(const Bell&) = delete;
  ~Bell() { ::sem_destroy(&rung_); }
  void ring() noexcept { ::sem_post(&rung_); }
  void wait();
  void forget() noexcept;

 private:
  sem_t rung_;
};

class Line {
 public:
  enum class Fate {
    kOpen,
    kLost,     // it was sent to an association that has ended since
    kNotTaken  // and the peer said that it never took it
  };
  struct Sent {
    std::uint32_t xid = 0;
    std::uint32_t mark = 0, number = 0;  // of its frames: see Call
    bool is_shared = true;               // else it went over the socket, and no association is its
  };
  class Place {
   public:
    bool has_turn() const noexcept { return has_turn_; }
    Fate fate() const noexcept { return fate_; }

   private:
    friend class Line;
    bool waits_for(std::uint32_t xid) const noexcept { return is_sent_ && fate_ == Fate::kOpen && sent_.xid == xid; }

    bool is_sent_ = false;
    bool needs_turn_ = false;  // to be sent
    bool has_turn_ = false;
    Fate fate_ = Fate::kOpen;
    Sent sent_;
    std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
    std::list<Place>::iterator self_;
  };

  // --- the lock: a Lockable ---
  void lock() noexcept { lock_.lock(); }
  bool try_lock() noexcept { return lock_.try_lock(); }
  // Those who may go on are told only now: they would meet the lock.
  void unlock() noexcept {
    if (n_to_ring_ == 0) return lock_.unlock();
    unlock_and_ring();
  }
  // Without the lock: whether this thread has it, or is about to take or give it.
  bool is_held_here() const noexcept { return lock_.is_held_here(); }
  bool is_mine() const noexcept { return lock_.is_mine(); }
  // Without the lock: whether this thread is in the middle of a call here.
  [[gnu::always_inline]] bool has_call_here() const noexcept { return lock_.is_held_here() || lock_.is_away_here(); }

  // In the middle of a call, while others may have the lock.
  class Away {
   public:
    explicit Away(Line& line) noexcept : line_(line), note_(line.lock_) { line_.unlock(); }
    Away(const Away&) = delete;
    ~Away() { line_.lock(); }

   private:
    Line& line_;
    const CallLock::AwayNote note_;
  };

  // --- the line ---
  bool is_empty() const noexcept { return places_.empty(); }
  // Whether any was sent. Those are the first.
  bool has_sent() const noexcept { return !places_.empty() && places_.front().is_sent_; }
  // Whether one that was sent waits for that answer.
  bool expects(std::uint32_t xid) const noexcept {
    return !places_.empty() && std::any_of(places_.begin(), places_.end(), [&](const Place& one) { return one.waits_for(xid); });
  }

  // Last in the line; with the turn if nobody else has it.
  Place& join();
  // With what it has: the turn goes to the first, and who waits to be sent is called.
  void leave(Place& place) noexcept;
  void note_sent(Place& place, const Sent& sent) noexcept;
  // It cannot be sent behind others.
  void note_needs_turn(Place& place) noexcept { place.needs_turn_ = true; }
  // In the order of the line, and not before others that need the turn.
  bool may_be_sent(const Place& place) const noexcept;
  // Waits, away from the lock, until it has the turn or may be sent. Without a limit, as libtirpc waits for its lock: the
  // first of the line has a time-out of its own.
  void wait(Place& place);
  // Gives the turn to the call that waits for that answer. False: none does.
  bool give_turn(Place& from, std::uint32_t xid);
  // The association ends. `peer_left`: it said so, and takes nothing from frame `next` on.
  void end_association(bool peer_left, std::uint32_t next) noexcept;

 private:
  void ring_later(const Place& place) noexcept;
  void unlock_and_ring() noexcept;
  void give_turn(Place& place) noexcept;
  void call_next_to_send() noexcept;

  CallLock lock_;
  std::list<Place> places_, spare_;  // a place that was left by siglongjmp() stays, but is nobody's memory
  // Of those who may go on. Shared: they may be gone when they are rung for, and the connection with them.
  std::array<std::shared_ptr<Bell>, 4> to_ring_;
  std::size_t n_to_ring_ = 0;
};

// Holds the lock for one call.
class CallGuard {
 public:
  [[gnu::always_inline]] explicit CallGuard(Line& line) : line_(line), usable_(!line.has_call_here()) {
    if (usable_) line_.lock();
  }
  CallGuard(const CallGuard&) = delete;
  ~CallGuard() {
    if (usable_) line_.unlock();
  }
  // False in a signal handler that interrupted a call on the same connection.
  bool is_usable() const noexcept { return usable_; }

 private:
  Line& line_;
  const bool usable_;
};

// Holds the lock for what sends and awaits nothing: that may be done by a handler, too, while its thread is away.
class LookGuard {
 public:
  explicit LookGuard(Line& line) : line_(line), held_before_(line.is_held_here()), mine_before_(line.is_mine()) {
    if (!held_before_) line_.lock();
  }
  LookGuard(const LookGuard&) = delete;
  ~LookGuard() {
    if (!held_before_) line_.unlock();
  }
  // False in a signal handler that interrupted a call that holds the lock: nothing may be changed.
  bool is_usable() const noexcept { return !held_before_; }
  // What does not change during a call may be read.
  bool may_read() const noexcept { return !held_before_ || mine_before_; }

 private:
  Line& line_;
  const bool held_before_, mine_before_;
};

}  // namespace vmrpc::client
