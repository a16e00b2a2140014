// SPDX-License-Identifier: BSD-3-Clause
// Sleeping on the doorbell.
#include "config.h"

#include "association/link.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include <cerrno>

#include "association/heartbeat.hpp"

namespace vmrpc::association {

Link::Link(transport::Endpoint endpoint, const Patience& patience, Counters& counters)
    : counters_(counters),
      endpoint_(std::move(endpoint)),
      sender_(*endpoint_.own, *endpoint_.peer),
      receiver_(*endpoint_.peer, *endpoint_.own),
      sleeper_(endpoint_.own->shared().sleep.epoch),
      peer_sleep_(endpoint_.peer->shared().sleep.epoch),
      spin_(patience.on_one_cpu ? 0 : patience.spin_us),
      yields_(patience.on_one_cpu && patience.spin_us != 0),
      on_one_cpu_(patience.on_one_cpu) {}

void Link::set_spin(unsigned spin_us) {
  if (on_one_cpu_) yields_.set(spin_us != 0);
  else spin_.set_max_us(spin_us);
}

void Link::watch_socket(int socket) noexcept {
  if (!endpoint_.peer_may_vanish) return;
  begin_heartbeat(socket);
  watched_socket_ = socket;
}

void Link::ring() {
  counters_.doorbells.add();
  endpoint_.bell->ring();
}

Woken Link::sleep_once(Nanoseconds deadline_ns, int other_fd) {
  // A process that has no descriptor left for epoll does with poll().
  if (other_fd >= 0 && watch_both(other_fd)) return sleep_by_epoll(deadline_ns);
  return sleep_by_poll(deadline_ns, other_fd);
}

Woken Link::after_nothing(Nanoseconds deadline_ns) const {
  return deadline_ns <= now_ns() ? Woken::kTimeout : Woken::kReady;
}

Woken Link::sleep_by_poll(Nanoseconds deadline_ns, int other_fd) {
  // Of the watched socket only errors and the end are told, which no event has to ask for.
  const bool with_other = other_fd >= 0;
  pollfd fds[2] = {{bell_fd(), POLLIN, 0}, {watched_socket_, 0, 0}};
  if (with_other) fds[1] = {other_fd, POLLIN, 0};
  const int count = ::poll(fds, fds[1].fd < 0 ? 1 : 2, poll_timeout_ms(deadline_ns));
  if (count < 0 && errno != EINTR) throw RpcError(RPC_CANTRECV, errno);
  if (count == 0) return after_nothing(deadline_ns);
  if (count > 0 && fds[0].revents != 0 && !endpoint_.bell->drain()) peer_gone_ = true;
  if (count < 0 || fds[1].revents == 0) return Woken::kReady;
  if (with_other) return Woken::kOther;
  peer_gone_ = true;
  return Woken::kReady;
}

Woken Link::sleep_by_epoll(Nanoseconds deadline_ns) {
  epoll_event events[2];
  const int count = ::epoll_wait(both_.get(), events, 2, poll_timeout_ms(deadline_ns));
  if (count < 0 && errno != EINTR) throw RpcError(RPC_CANTRECV, errno);
  if (count == 0) return after_nothing(deadline_ns);
  Woken woken = Woken::kReady;
  for (int i = 0; i < count; ++i) {
    if (events[i].data.fd != bell_fd()) {
      woken = Woken::kOther;
    } else if ((events[i].events & (EPOLLHUP | EPOLLERR)) != 0) {
      peer_gone_ = true;
    } else if (++rings_ >= endpoint_.bell->rings_per_drain()) {
      rings_ = 0;
      peer_gone_ = !endpoint_.bell->drain();
    }
  }
  return woken;
}

bool Link::watch_both(int other_fd) {
  if (both_) return true;
  OwnedFd both(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event bell{}, other{};
  bell.events = EPOLLIN | EPOLLET;
  bell.data.fd = bell_fd();
  other.events = EPOLLIN;
  other.data.fd = other_fd;
  if (!both || ::epoll_ctl(both.get(), EPOLL_CTL_ADD, bell_fd(), &bell) != 0 ||
      ::epoll_ctl(both.get(), EPOLL_CTL_ADD, other_fd, &other) != 0) {
    return false;
  }
  both_ = std::move(both);
  return true;
}

}  // namespace vmrpc::association
