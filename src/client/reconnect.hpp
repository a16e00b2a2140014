// SPDX-License-Identifier: BSD-3-Clause
// Connecting anew under the same descriptor, for the one case in which nothing was lost.
#pragma once

#include <sys/socket.h>

namespace vmrpc::client {

// Whether the peer has closed, with nothing of its to read. Never blocks.
bool peer_has_closed(int socket);

// Replaces the connection behind `socket` by a new one to the same address, from a reserved
// port if it had one. Throws RpcError(RPC_CANTSEND) when that fails.
void reconnect_socket(int socket, const sockaddr* address, socklen_t address_bytes);

}  // namespace vmrpc::client
