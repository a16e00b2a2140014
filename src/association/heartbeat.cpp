// SPDX-License-Identifier: BSD-3-Clause
// TCP's keepalive, with times of our own.
#include "config.h"

#include "association/heartbeat.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace vmrpc::association {

void begin_heartbeat(int socket) noexcept {
  // Silent for 3 s, then three probes 2 s apart without an answer.
  constexpr int kOn = 1, kIdleSeconds = 3, kIntervalSeconds = 2, kProbes = 3;
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &kIdleSeconds, sizeof kIdleSeconds);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &kIntervalSeconds, sizeof kIntervalSeconds);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof kProbes);
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &kOn, sizeof kOn);
}

void end_heartbeat(int socket) noexcept {
  constexpr int kOff = 0;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &kOff, sizeof kOff);
}

}  // namespace vmrpc::association
