// SPDX-License-Identifier: BSD-3-Clause
// AF_UNIX plumbing; nothing here blocks.
#include "config.h"

#include "transport/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/abstract_address.hpp"
#include "base/error.hpp"
#include "base/settings.hpp"

namespace vmrpc::transport {
namespace {

AbstractAddress address_of(const Token& name) {
  std::string text = "vmrpc-";
  for (unsigned char byte : name) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", byte);
    text += hex;
  }
  return AbstractAddress(text);
}

OwnedFd make_socket() {
  OwnedFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  return fd;
}

// Or closing what turns out to be a connection may block for as long as the peer likes. It may set that again before
// we close: without a connection there is nothing to wait for.
void forbid_lingering(int fd) {
  const linger never{};
  const sockaddr nowhere{AF_UNSPEC, {}};
  if (::setsockopt(fd, SOL_SOCKET, SO_LINGER, &never, sizeof never) == 0) ::connect(fd, &nowhere, sizeof nowhere);
}

// The descriptor that came with a message, if one did; any others are closed.
OwnedFd take_descriptor(msghdr& message) {
  OwnedFd taken;
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
      forbid_lingering(fd);
      taken.reset(fd);
    }
  }
  return taken;
}

}  // namespace

OwnedFd listen_on(const Token& name) {
  OwnedFd fd = make_socket();
  const AbstractAddress at = address_of(name);
  if (::bind(fd.get(), at.get(), at.bytes()) != 0 || ::listen(fd.get(), 1) != 0) {
    throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  }
  return fd;
}

OwnedFd accept_one(int listener) {
  OwnedFd fd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  // The server says that it has connected: nobody there means that it did so elsewhere.
  if (!fd) throw UpgradeError(errno == EAGAIN ? RPC_VM_OTHER_HOST : RPC_VM_NO_MEMORY, errno);
  check_peer(fd.get());
  return fd;
}

OwnedFd connect_to(const Token& name) {
  OwnedFd fd = make_socket();
  const AbstractAddress at = address_of(name);
  if (::connect(fd.get(), at.get(), at.bytes()) != 0) throw UpgradeError(RPC_VM_OTHER_HOST, errno);
  check_peer(fd.get());
  return fd;
}

bool is_packet_socket(int fd) {
  int domain = 0, type = 0;
  socklen_t domain_bytes = sizeof domain, type_bytes = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_bytes) == 0 && domain == AF_UNIX &&
         ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_bytes) == 0 && type == SOCK_SEQPACKET;
}

uid_t peer_uid(int socket) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) {
    throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  }
  return peer.uid;
}

void check_peer(int socket) {
  if (!settings().peers.allows_uid(peer_uid(socket))) throw UpgradeError(RPC_VM_NOT_ALLOWED);
}

void send_message(int socket, View bytes, int fd) {
  iovec part{const_cast<unsigned char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) unsigned char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(c), &fd, sizeof fd);
  }
  const ssize_t sent = ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size())) throw UpgradeError(RPC_VM_PEER_DIED, errno);
}

OwnedFd receive_message(int socket, std::span<unsigned char> out) {
  iovec part{out.data(), out.size()};
  alignas(cmsghdr) unsigned char control[CMSG_SPACE(4 * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0) throw UpgradeError(RPC_VM_PROTOCOL_ERROR, errno);
  OwnedFd fd = take_descriptor(message);
  if (got == 0) throw UpgradeError(RPC_VM_PEER_DIED);
  if (got != static_cast<ssize_t>(out.size())) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  return fd;
}

}  // namespace vmrpc::transport
