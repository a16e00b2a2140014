// SPDX-License-Identifier: BSD-3-Clause
// Who is next.
#include "config.h"

#include "client/line.hpp"

#include <iterator>
#include <utility>

#include "base/signals.hpp"

namespace vmrpc::client {

void Bell::wait() {
  while (::sem_wait(&rung_) != 0) {
  }
}

void Bell::forget() noexcept {
  while (::sem_trywait(&rung_) == 0) {
  }
}

void Line::unlock_and_ring() noexcept {
  const auto bells = std::exchange(to_ring_, {});
  const std::size_t count = std::exchange(n_to_ring_, 0);
  lock_.unlock_and([&] { std::for_each_n(bells.begin(), count, [](const auto& bell) { bell->ring(); }); });
}

// With more than there is room for, one meets the lock: that is slower, and no more.
void Line::ring_later(const Place& place) noexcept {
  if (n_to_ring_ == to_ring_.size()) return place.bell_->ring();
  to_ring_[n_to_ring_++] = place.bell_;
}

Line::Place& Line::join() {
  if (spare_.empty()) {
    const SignalsBlocked blocked;  // it allocates
    spare_.emplace_back();
  }
  Place& place = spare_.front();
  places_.splice(places_.end(), spare_, spare_.begin());
  place.self_ = std::prev(places_.end());
  place.is_sent_ = place.needs_turn_ = false;
  place.fate_ = Fate::kOpen;
  place.has_turn_ = places_.size() == 1;
  place.bell_->forget();
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
  if (next != places_.end() && may_be_sent(*next)) ring_later(*next);
}

void Line::give_turn(Place& place) noexcept {
  place.has_turn_ = true;
  ring_later(place);
}

void Line::wait(Place& place) {
  while (!place.has_turn_ && !may_be_sent(place)) {
    const Away away(*this);
    place.bell_->wait();
  }
}

bool Line::give_turn(Place& from, std::uint32_t xid) {
  const auto to = std::find_if(places_.begin(), places_.end(), [&](const Place& one) { return one.waits_for(xid); });
  if (to == places_.end()) return false;
  from.has_turn_ = false;
  give_turn(*to);
  return true;
}

// What was not taken is sent anew, each for itself; that holds only when nothing else got lost in between.
void Line::end_association(bool peer_left, std::uint32_t next) noexcept {
  for (Place& place : places_) {
    if (!place.is_sent_ || !place.sent_.is_shared) continue;
    const bool is_next = peer_left && (next == place.sent_.mark || next == place.sent_.number);
    place.fate_ = is_next ? Fate::kNotTaken : Fate::kLost;
    if (is_next) next = place.sent_.number + 1;
  }
}

}  // namespace vmrpc::client
