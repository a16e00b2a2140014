// SPDX-License-Identifier: BSD-3-Clause
// Finding out that a peer has vanished together with its kernel.
#pragma once

namespace vmrpc::association {

// Lets the kernel probe the other end of an idle connection: its socket fails within ten seconds of the peer's
// domain being destroyed or paused. No process of ours wakes for that. Does nothing to AF_UNIX sockets.
void begin_heartbeat(int socket) noexcept;
// What keeps the connection then is what keeps any other.
void end_heartbeat(int socket) noexcept;

}  // namespace vmrpc::association
