// SPDX-License-Identifier: BSD-3-Clause
// Who is next.
#include "config.h"

#include "client/line.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace vmrpc::client {

Line::Place& Line::join() {
  if (spare_.empty()) spare_.emplace_back();
  Place& place = spare_.front();
  places_.splice(places_.end(), spare_, spare_.begin());
  place.self_ = std::prev(places_.end());
  place.is_sent_ = place.needs_turn_ = place.is_called_ = false;
  place.fate_ = Fate::kOpen;
  place.has_turn_ = places_.size() == 1;
  return place;
}

void Line::leave(Place& place) noexcept {
  const bool had_turn = place.has_turn_;
  spare_.splice(spare_.end(), places_, place.self_);
  if (places_.empty()) return;
  if (had_turn) give_turn(places_.front());
  call_next_to_send();
}

void Line::note_sent(Place& place, const Sent& sent) noexcept {
  place.sent_ = sent;
  place.is_sent_ = true;
  call_next_to_send();
}

bool Line::may_be_sent(const Place& place) const noexcept {
  if (place.is_sent_ || place.needs_turn_) return false;
  return place.self_ == places_.begin() || std::prev(place.self_)->is_sent_;
}

void Line::call_next_to_send() noexcept {
  const auto next = std::find_if(places_.begin(), places_.end(), [](const Place& one) { return !one.is_sent_; });
  if (next != places_.end() && may_be_sent(*next)) call(*next);
}

void Line::give_turn(Place& place) noexcept {
  place.has_turn_ = true;
  call(place);
}

void Line::call(Place& place) noexcept {
  const std::lock_guard hold(mutex_);
  place.is_called_ = true;
  place.called_.notify_one();
}

bool Line::wait(Place& place, CallLock& lock, Nanoseconds deadline_ns) {
  using Clock = std::chrono::steady_clock;
  constexpr Nanoseconds kLongest = 86'400'000'000'000;
  while (!place.has_turn_ && !may_be_sent(place)) {
    if (now_ns() >= deadline_ns) return false;
    const CallLock::Away away(lock);
    std::unique_lock hold(mutex_);
    const auto until = Clock::time_point(std::chrono::nanoseconds(std::min(deadline_ns, now_ns() + kLongest)));
    place.called_.wait_until(hold, until, [&] { return place.is_called_; });
    place.is_called_ = false;
  }
  return true;
}

bool Line::hand_over(Place& from, const Answer& answer) {
  const auto to = std::find_if(places_.begin(), places_.end(), [&](const Place& one) {
    return one.is_sent_ && one.sent_.xid == answer.reply.rm_xid;
  });
  if (to == places_.end()) return false;
  answer_ = answer;
  from.has_turn_ = false;
  give_turn(*to);
  return true;
}

// What was not taken is sent anew, each for itself; that holds only when nothing else got lost in between.
void Line::end_association(bool peer_left, std::uint32_t next) noexcept {
  for (Place& place : places_) {
    if (!place.is_sent_) continue;
    const bool is_next = peer_left && (next == place.sent_.mark || next == place.sent_.number);
    place.fate_ = is_next ? Fate::kNotTaken : Fate::kLost;
    if (is_next) next = place.sent_.number + 1;
  }
}

}  // namespace vmrpc::client
