// SPDX-License-Identifier: BSD-3-Clause
// Both ends of an association in one process, over real sealed memfds and a socket pair.
#pragma once

#include <sys/socket.h>

#include <memory>

#include "association/shared.hpp"
#include "transport/memfd.hpp"

namespace vmrpc::test {

struct TwoEnds {
  explicit TwoEnds(unsigned spin_us = 20) {
    int sockets[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) != 0) throw 1;
    transport::OwnMemfd a = transport::make_own_memfd(), b = transport::make_own_memfd();
    left_memory = a.region.get();
    right_memory = b.region.get();
    transport::Endpoint left_end = make_end(std::move(a.region), b.fd.get(), sockets[0]);
    transport::Endpoint right_end = make_end(std::move(b.region), a.fd.get(), sockets[1]);
    const association::Patience patience{spin_us, false};
    left = std::make_unique<association::Shared>(std::move(left_end), patience, left_counters);
    right = std::make_unique<association::Shared>(std::move(right_end), patience, right_counters);
    left->link.sleeper().get_up();
    right->link.sleeper().get_up();
  }

  static transport::Endpoint make_end(std::unique_ptr<memory::OwnRegion> own, int peer_memory, int socket) {
    transport::Endpoint end;
    end.kind = RPC_VM_LOCAL;
    end.own = std::move(own);
    end.peer = transport::map_peer_memfd(peer_memory);
    end.bell = std::make_unique<wait::SocketDoorbell>(OwnedFd(socket));
    return end;
  }

  Counters left_counters, right_counters;
  memory::OwnRegion* left_memory;
  memory::OwnRegion* right_memory;
  std::unique_ptr<association::Shared> left, right;
};

constexpr Nanoseconds kSoon = 20'000'000'000;  // a test that waits this long has failed

}  // namespace vmrpc::test
