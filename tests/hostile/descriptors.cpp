// SPDX-License-Identifier: BSD-3-Clause
// Making descriptors of the wrong kind.
#include "descriptors.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

extern "C" {
#include "../support/child.h"
}

namespace hostile {

int memory_of(std::size_t bytes, unsigned flags, int seals) {
  const int fd = ::memfd_create("vmrpc-lie", flags | MFD_ALLOW_SEALING);
  if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(bytes)) != 0) return -1;
  if (seals != 0) ::fcntl(fd, F_ADD_SEALS, seals);
  return fd;
}

int lingering_connection() {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof at;
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&at), length) != 0 || ::listen(listener, 1) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &length) != 0) {
    die("no listener: %m");
  }
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&at), length) != 0) die("no connection: %m");
  const std::vector<char> bytes(65536);
  while (::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;
  const linger forever{1, 30000};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &forever, sizeof forever);
  return fd;  // nobody accepts, nobody reads
}

int a_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) die("pipe2: %m");
  ::close(ends[1]);
  return ends[0];
}

}  // namespace hostile
