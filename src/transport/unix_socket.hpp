// SPDX-License-Identifier: BSD-3-Clause
// The AF_UNIX socket of the local transport: abstract names, credentials, descriptors.
#pragma once

#include "base/fd.hpp"
#include "base/random.hpp"
#include "transport/transport.hpp"

namespace vmrpc::transport {

// All throw UpgradeError: no-memory when descriptors or sockets are refused here, other-host
// when the peer is not reachable in this network namespace, not-allowed by VMRPC_PEERS.
OwnedFd listen_on(const Token& name);
OwnedFd accept_one(int listener);
OwnedFd connect_to(const Token& name);

// Whether a descriptor that came from the peer is an AF_UNIX socket that keeps messages apart.
bool is_packet_socket(int fd);
// Whose process is at the other end (SO_PEERCRED).
uid_t peer_uid(int socket);
// Checks the peer's uid (SO_PEERCRED) against VMRPC_PEERS.
void check_peer(int socket);

// One message with at most one descriptor. receive_message() wants exactly `out.size()` bytes
// that are there already, and throws when they are not.
void send_message(int socket, View bytes, int fd = -1);
OwnedFd receive_message(int socket, std::span<unsigned char> out);

}  // namespace vmrpc::transport
