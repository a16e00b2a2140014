// SPDX-License-Identifier: BSD-3-Clause
// Calls of several threads on one connection, first those that were sent, then those that wait to be.
//
// A call that is about to sleep lets go of the call lock, and others are sent behind it. Of all of them one has the
// turn: it alone receives, and waits on the link. That is the first of the line; when it comes upon the answer to
// another call, the turn goes with the answer to that one. Whoever ends a call or an association has the turn too.
//
// Everything here needs the call lock.
#pragma once

#include <rpc/rpc.h>

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "client/call_lock.hpp"

namespace vmrpc::client {

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
  };
  class Place {
   public:
    bool has_turn() const noexcept { return has_turn_; }
    Fate fate() const noexcept { return fate_; }

   private:
    friend class Line;
    bool is_sent_ = false;
    bool needs_turn_ = false;  // to be sent
    bool has_turn_ = false;
    bool is_called_ = false;  // with mutex_
    Fate fate_ = Fate::kOpen;
    Sent sent_;
    std::condition_variable called_;
    std::list<Place>::iterator self_;
  };
  // The header of an answer that another call came upon; its results are what the stream holds next.
  struct Answer {
    rpc_msg reply;
    XDR* xdrs;
  };

  bool empty() const noexcept { return places_.empty(); }
  bool has_at_most(std::size_t count) const noexcept { return places_.size() <= count; }

  // Last in the line; with the turn if nobody else has it.
  Place& join();
  // With what it has: the turn goes to the first, and who waits to be sent is called.
  void leave(Place& place) noexcept;
  void note_sent(Place& place, const Sent& sent) noexcept;
  // It cannot be sent behind others.
  void note_needs_turn(Place& place) noexcept { place.needs_turn_ = true; }
  // Waits, without the lock, until it has the turn or may be sent. False: the deadline came first.
  bool wait(Place& place, CallLock& lock, Nanoseconds deadline_ns);

  // Gives the turn to the call that this is the answer to. False: it is nobody's here.
  bool hand_over(Place& from, const Answer& answer);
  // What the turn came with.
  std::optional<Answer> take_answer() noexcept { return std::exchange(answer_, std::nullopt); }
  bool has_answer() const noexcept { return answer_.has_value(); }

  // The association ends. `peer_left`: it said so, and takes nothing from frame `next` on.
  void end_association(bool peer_left, std::uint32_t next) noexcept;

 private:
  bool may_be_sent(const Place& place) const noexcept;
  void call(Place& place) noexcept;
  void give_turn(Place& place) noexcept;
  void call_next_to_send() noexcept;

  std::mutex mutex_;
  std::list<Place> places_, spare_;  // a place that was left by siglongjmp() stays, but is nobody's memory
  std::optional<Answer> answer_;
};

}  // namespace vmrpc::client
