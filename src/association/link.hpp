// SPDX-License-Identifier: BSD-3-Clause
// The data path of one association: two regions, the doorbell, and how this side waits.
#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/clock.hpp"
#include "base/counters.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "memory/receiver.hpp"
#include "memory/sender.hpp"
#include "transport/transport.hpp"
#include "wait/pause.hpp"
#include "wait/sleep.hpp"
#include "wait/spin.hpp"
#include "wait/yield.hpp"

namespace vmrpc::association {

enum class Woken { kReady, kOther, kTimeout };

// How an end may wait before it sleeps.
struct Patience {
  unsigned spin_us;  // 0: not at all
  bool on_one_cpu;   // with the other end: looking would keep it from writing, so it is let run
};

class Link {
 public:
  Link(transport::Endpoint endpoint, const Patience& patience, Counters& counters);

  memory::Sender& sender() noexcept { return sender_; }
  memory::Receiver& receiver() noexcept { return receiver_; }
  wait::Sleeper& sleeper() noexcept { return sleeper_; }
  wait::Doorbell& bell() noexcept { return *endpoint_.bell; }
  void set_spin(unsigned spin_us);
  Counters& counters() noexcept { return counters_; }
  int bell_fd() const noexcept { return endpoint_.bell->fd(); }
  transport::Endpoint& endpoint() noexcept { return endpoint_; }
  const transport::Endpoint& endpoint() const noexcept { return endpoint_; }
  // Whether looking can pay: the peer has a CPU of its own.
  bool may_spin() const noexcept { return spin_.is_on(); }
  bool may_yield() const noexcept { return yields_.is_on(); }

  // To be called after each seq_cst publication: rings when the peer sleeps.
  void notify() {
    if (peer_sleep_.must_ring()) ring();
  }

  // Says that this side reads no more and is about to let go: what the peer has sent and we have not read was
  // never taken. To be called between two messages.
  void leave() noexcept { endpoint_.own->shared().read.closed.store(1, std::memory_order_seq_cst); }
  bool peer_has_left() const noexcept {
    return endpoint_.peer->shared().read.closed.load(std::memory_order_acquire) != 0;
  }

  // With a peer that may vanish, the connection's socket is where that shows: every sleep ends when it fails.
  void watch_socket(int socket) noexcept;

  // Tells the peer whether we wait for an answer (see Server: replies nobody waits for).
  void set_listening(bool on) noexcept {
    endpoint_.own->shared().written.listening.store(on ? 1 : 0, std::memory_order_relaxed);
  }
  bool peer_listens() const noexcept {
    return endpoint_.peer->shared().written.listening.load(std::memory_order_relaxed) != 0;
  }

  // Tells a peer on our CPU that many others have their turn before it is served again, and what it told: no more than
  // a hint for how to wait.
  void set_crowded(bool crowded) noexcept {
    if (crowded == std::exchange(crowded_, crowded)) return;
    endpoint_.own->shared().written.crowded.store(crowded ? 1 : 0, std::memory_order_relaxed);
  }
  bool peer_is_crowded() const noexcept {
    return endpoint_.peer->shared().written.crowded.load(std::memory_order_relaxed) != 0;
  }

  // Waits until `ready()`, or until `other_fd` (when not -1) is readable, or for the deadline.
  // `bytes_first`: what the peer has to go through before. Throws RpcError(RPC_CANTRECV) when the peer is gone and
  // nothing is ready.
  template <typename Ready>
  Woken wait(const Ready& ready, Deadline& deadline, int other_fd = -1, std::size_t bytes_first = 0);
  // Its two parts: looks for as long as that pays, and then lets others have the CPU.
  template <typename Ready>
  bool spin_until(const Ready& ready, std::size_t bytes_first = 0);
  template <typename Ready>
  Woken wait_aside(const Ready& ready, Deadline& deadline, int other_fd);

 private:
  // True, with the rounds that are left, when it became ready.
  template <typename Ready>
  static bool look(const Ready& ready, std::uint32_t& rounds);
  template <typename Ready>
  Woken sleep_until(const Ready& ready, Nanoseconds deadline_ns, int other_fd);
  // Sleeps once: kReady means "look again".
  Woken sleep_once(Nanoseconds deadline_ns, int other_fd);
  Woken sleep_by_poll(Nanoseconds deadline_ns, int other_fd);
  Woken sleep_by_epoll(Nanoseconds deadline_ns);
  bool watch_both(int other_fd);
  Woken after_nothing(Nanoseconds deadline_ns) const;
  void ring();

  Counters& counters_;
  transport::Endpoint endpoint_;
  memory::Sender sender_;
  memory::Receiver receiver_;
  wait::Sleeper sleeper_;
  wait::PeerSleep peer_sleep_;
  wait::SpinBudget spin_;
  wait::YieldBudget yields_;
  const bool on_one_cpu_;
  bool crowded_ = false;
  bool peer_gone_ = false;
  int watched_socket_ = -1;
  OwnedFd both_;  // epoll: the doorbell, edge-triggered so that it need not be emptied each time, and another
  unsigned rings_ = 0;
};

template <typename Ready>
Woken Link::wait(const Ready& ready, Deadline& deadline, int other_fd, std::size_t bytes_first) {
  return spin_until(ready, bytes_first) ? Woken::kReady : wait_aside(ready, deadline, other_fd);
}

template <typename Ready>
Woken Link::wait_aside(const Ready& ready, Deadline& deadline, int other_fd) {
  if (yields_.until(ready, [&] { return peer_is_crowded(); })) return Woken::kReady;
  return sleep_until(ready, deadline.at(), other_fd);
}

template <typename Ready>
bool Link::spin_until(const Ready& ready, std::size_t bytes_first) {
  if (ready()) return true;
  const std::uint32_t rounds = spin_.begin(bytes_first);
  std::uint32_t left = rounds;
  if (!look(ready, left)) return spin_.lost(), false;
  spin_.won(rounds - left);
  counters_.spins_won.add();
  return true;
}

template <typename Ready>
bool Link::look(const Ready& ready, std::uint32_t& rounds) {
  for (; rounds != 0; --rounds) {
    wait::pause_round();
    if (ready()) return true;
  }
  return false;
}

template <typename Ready>
Woken Link::sleep_until(const Ready& ready, Nanoseconds deadline_ns, int other_fd) {
  counters_.sleeps.add();
  const bool was_down = sleeper_.is_down();
  Woken woken = Woken::kReady;
  while (true) {
    sleeper_.lie_down();
    if (ready()) break;
    if (peer_gone_) throw RpcError(RPC_CANTRECV, ECONNRESET);
    woken = sleep_once(deadline_ns, other_fd);
    if (woken != Woken::kReady) break;
    if (was_down || ready()) continue;
    // Rung before it is there: a large value is being placed.
    sleeper_.get_up();
    std::uint32_t rounds = spin_.all();
    if (look(ready, rounds)) break;
  }
  if (!was_down) sleeper_.get_up();
  return woken == Woken::kReady || ready() ? Woken::kReady : woken;
}

}  // namespace vmrpc::association
