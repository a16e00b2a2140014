// SPDX-License-Identifier: BSD-3-Clause
// Sleeping on the doorbell.
#include "config.h"

#include "association/link.hpp"

#include <poll.h>

#include <cerrno>

namespace vmrpc::association {

Link::Link(transport::Endpoint endpoint, unsigned spin_us, Counters& counters)
    : counters_(counters),
      endpoint_(std::move(endpoint)),
      sender_(*endpoint_.own, *endpoint_.peer),
      receiver_(*endpoint_.peer, *endpoint_.own),
      sleeper_(endpoint_.own->shared().sleep.epoch),
      peer_sleep_(endpoint_.peer->shared().sleep.epoch),
      spin_(spin_us),
      may_spin_(spin_us != 0) {}

void Link::ring() {
  counters_.doorbells.add();
  endpoint_.bell->ring();
}

Woken Link::sleep_once(Nanoseconds deadline_ns, int other_fd) {
  pollfd fds[2] = {{endpoint_.bell->fd(), POLLIN, 0}, {other_fd, POLLIN, 0}};
  const int count = ::poll(fds, other_fd >= 0 ? 2 : 1, poll_timeout_ms(deadline_ns));
  if (count == 0) return deadline_ns <= now_ns() ? Woken::kTimeout : Woken::kReady;
  if (count < 0 && errno != EINTR) throw RpcError(RPC_CANTRECV, errno);
  if (count > 0 && fds[0].revents != 0 && !endpoint_.bell->drain()) peer_gone_ = true;
  return count > 0 && fds[1].revents != 0 ? Woken::kOther : Woken::kReady;
}

}  // namespace vmrpc::association
