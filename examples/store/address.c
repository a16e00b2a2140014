/*
 * SPDX-License-Identifier: BSD-3-Clause
 * Addresses as text.
 */
#include "address.h"

#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2 };

static void parse_unix(const char* path, struct address* address) {
  size_t length = strlen(path);

  if (length == 0 || length >= sizeof address->to.un.sun_path)
    errx(USAGE, "unix:%s: a socket's path has 1 to %zu bytes", path,
         sizeof address->to.un.sun_path - 1);
  address->to.un.sun_family = AF_UNIX;
  memcpy(address->to.un.sun_path, path, length + 1);
  address->length = sizeof address->to.un;
}

/* Splits HOST:PORT or [HOST]:PORT in place; returns the host, or NULL. */
static char* split(char* text, char** port) {
  char* colon = strrchr(text, ':');

  if (colon == NULL || colon == text || colon[1] == '\0') return NULL;
  *colon = '\0';
  *port = colon + 1;
  if (text[0] != '[') return strchr(text, ':') == NULL ? text : NULL;
  if (colon[-1] != ']') return NULL;
  colon[-1] = '\0';
  return text + 1;
}

static void parse_inet(const char* text, struct address* address) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
  char *copy = strdup(text), *host, *port = NULL;
  int failed;

  if (copy == NULL) err(EXIT_FAILURE, "%s", text);
  host = split(copy, &port);
  if (host == NULL) errx(USAGE, "%s: no address; one is HOST:PORT, [IPV6]:PORT or unix:PATH", text);
  failed = getaddrinfo(host, port, &hints, &found);
  if (failed != 0) errx(USAGE, "%s: %s", text, gai_strerror(failed));
  memcpy(&address->to, found->ai_addr, found->ai_addrlen);
  address->length = found->ai_addrlen;
  freeaddrinfo(found);
  free(copy);
}

void address_parse(const char* text, struct address* address) {
  memset(address, 0, sizeof *address);
  if (strncmp(text, "unix:", 5) == 0)
    parse_unix(text + 5, address);
  else
    parse_inet(text, address);
}

void address_of_socket(int fd, int peer, char* text) {
  struct address a = {.length = sizeof a.to};
  char host[64], port[16];

  if ((peer ? getpeername : getsockname)(fd, &a.to.any, &a.length) != 0)
    err(EXIT_FAILURE, "cannot read the socket's address");
  if (a.to.any.sa_family == AF_UNIX) {
    snprintf(text, ADDRESS_TEXT_MAX, "unix:%.*s", (int)sizeof a.to.un.sun_path, a.to.un.sun_path);
    return;
  }
  if (getnameinfo(&a.to.any, a.length, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    errx(EXIT_FAILURE, "cannot print the socket's address");
  snprintf(text, ADDRESS_TEXT_MAX, strchr(host, ':') == NULL ? "%s:%s" : "[%s]:%s", host, port);
}
