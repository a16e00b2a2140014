/*
 * SPDX-License-Identifier: BSD-3-Clause
 * Addresses as text: 127.0.0.1:4711, [::1]:4711, localhost:4711, unix:/run/store.
 */
#ifndef STORE_ADDRESS_H
#define STORE_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/un.h>

struct address {
  union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_un un;
    struct sockaddr_storage storage;
  } to;
  socklen_t length;
};

enum { ADDRESS_TEXT_MAX = sizeof(struct sockaddr_un) + sizeof "unix:" };

/* Ends the program with a message and status 2 when the text is no address. */
void address_parse(const char* text, struct address* address);

/* The address that a socket is bound to, or, if peer, connected to. text has ADDRESS_TEXT_MAX
 * bytes. */
void address_of_socket(int fd, int peer, char* text);

#endif
