/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of the loopback for each family that a connection may use; for IPv4, of TEST_ADDRESS if that is set. */
#ifndef TEST_ADDRESS_H
#define TEST_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>

struct address {
  struct sockaddr_storage socket; /* ss_family chooses AF_INET, AF_INET6 or AF_UNIX */
  socklen_t length;
};

/* A socket that listens on a free port of the loopback, or on a path of its own below TMPDIR. */
int listen_on_loopback(int family, struct address* address);
int connect_to(const struct address* address);
/* Takes away what an AF_UNIX listener left in the file system. */
void address_remove(const struct address* address);
const char* address_netid(const struct address* address); /* as in /etc/netconfig */

#endif
