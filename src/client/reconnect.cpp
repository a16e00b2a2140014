// SPDX-License-Identifier: BSD-3-Clause
// Connecting anew.
#include "config.h"

#include "client/reconnect.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <rpc/rpc.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace vmrpc::client {
namespace {

bool has_reserved_port(int socket) {
  sockaddr_storage own{};
  socklen_t bytes = sizeof own;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &bytes) != 0) return false;
  in_port_t port = htons(IPPORT_RESERVED);
  if (own.ss_family == AF_INET) port = reinterpret_cast<const sockaddr_in&>(own).sin_port;
  if (own.ss_family == AF_INET6) port = reinterpret_cast<const sockaddr_in6&>(own).sin6_port;
  return ntohs(port) < IPPORT_RESERVED;
}

void copy_option(int from, int to, int level, int option) {
  int value = 0;
  socklen_t bytes = sizeof value;
  if (::getsockopt(from, level, option, &value, &bytes) == 0) {
    ::setsockopt(to, level, option, &value, bytes);
  }
}

}  // namespace

bool peer_has_closed(int socket) {
  char byte;
  const ssize_t got = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && (errno == ECONNRESET || errno == EPIPE));
}

void reconnect_socket(int socket, const sockaddr* address, socklen_t address_bytes) {
  OwnedFd fresh(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fresh) throw RpcError(RPC_CANTSEND, errno);
  if (has_reserved_port(socket)) (void)bindresvport_sa(fresh.get(), nullptr);
  copy_option(socket, fresh.get(), IPPROTO_TCP, TCP_NODELAY);
  const int descriptor_flags = ::fcntl(socket, F_GETFD);
  const int status_flags = ::fcntl(socket, F_GETFL);
  if (::connect(fresh.get(), address, address_bytes) != 0) throw RpcError(RPC_CANTSEND, errno);
  if (::fcntl(fresh.get(), F_SETFL, status_flags) != 0 || ::dup3(fresh.get(), socket, 0) < 0 ||
      ::fcntl(socket, F_SETFD, descriptor_flags) != 0) {
    throw RpcError(RPC_CANTSEND, errno);
  }
}

}  // namespace vmrpc::client
