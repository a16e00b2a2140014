/* SPDX-License-Identifier: BSD-3-Clause */
/* Listening and connecting on the loopback. */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "child.h"

static void fill_loopback(int family, struct address* address) {
  memset(address, 0, sizeof *address);
  address->socket.ss_family = (sa_family_t)family;
  if (family == AF_INET) {
    struct sockaddr_in* in = (struct sockaddr_in*)&address->socket;
    const char* own = getenv("TEST_ADDRESS");
    in->sin_addr.s_addr = own != NULL ? inet_addr(own) : htonl(INADDR_LOOPBACK);
    address->length = sizeof *in;
  } else if (family == AF_INET6) {
    struct sockaddr_in6* in6 = (struct sockaddr_in6*)&address->socket;
    in6->sin6_addr = in6addr_loopback;
    address->length = sizeof *in6;
  } else {
    static unsigned serial;
    const char* folder = getenv("TMPDIR");
    struct sockaddr_un* un = (struct sockaddr_un*)&address->socket;
    snprintf(un->sun_path, sizeof un->sun_path, "%.70s/vmrpc-test-%ld-%u", folder ? folder : "/tmp",
             (long)getpid(), serial++);
    address->length = (socklen_t)SUN_LEN(un) + 1;
    unlink(un->sun_path); /* what a killed test with our process number left behind */
  }
}

int listen_on_loopback(int family, struct address* address) {
  fill_loopback(family, address);
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket of family %d: %m", family);
  if (bind(fd, (struct sockaddr*)&address->socket, address->length) != 0) die("bind: %m");
  if (listen(fd, SOMAXCONN) != 0) die("listen: %m");
  socklen_t length = sizeof address->socket;
  if (getsockname(fd, (struct sockaddr*)&address->socket, &length) != 0) die("getsockname: %m");
  return fd;
}

int connect_to(const struct address* address) {
  int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket: %m");
  if (connect(fd, (const struct sockaddr*)&address->socket, address->length) != 0)
    die("connect to the test's own server: %m");
  return fd;
}

void address_remove(const struct address* address) {
  if (address->socket.ss_family == AF_UNIX)
    unlink(((const struct sockaddr_un*)&address->socket)->sun_path);
}

const char* address_netid(const struct address* address) {
  switch (address->socket.ss_family) {
    case AF_INET:
      return "tcp";
    case AF_INET6:
      return "tcp6";
    default:
      return "local";
  }
}
