/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server without any RPC library that logs each record it gets, and treats the call to an
 * unknown program, which is what a probe is to it, in the way asked for.
 *
 * Log: "call PROGRAM PROCEDURE" per record, "open" and "close" per connection.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KNOWN_PROGRAM 0x20560010u
#define LAST_FRAGMENT 0x80000000u
#define RECORD_WORDS 2048

enum manner { UNAVAIL, SILENT, CLOSE, REFUSE, GARBAGE, SUCCESS_GARBAGE, STRANGER, ONE_EACH };
static const char* const manner_names[] = {"unavail", "silent",          "close",    "refuse",
                                           "garbage", "success-garbage", "stranger", "one-each"};

static unsigned n_connections;

struct record {
  uint32_t words[RECORD_WORDS]; /* xid, type, RPC version, program, version, procedure ... */
  size_t n_words;
};

static bool read_all(int fd, void* data, size_t nbytes) {
  return recv(fd, data, nbytes, MSG_WAITALL) == (ssize_t)nbytes;
}

/* One fragment is enough for what the tests send here. */
static bool read_record(int fd, struct record* record) {
  uint32_t mark;
  if (!read_all(fd, &mark, sizeof mark)) return false;
  size_t nbytes = ntohl(mark) & ~LAST_FRAGMENT;
  if (nbytes > sizeof record->words || nbytes < 24 || !read_all(fd, record->words, nbytes))
    return false;
  record->n_words = nbytes / 4;
  printf("call %x %u\n", ntohl(record->words[3]), ntohl(record->words[5]));
  return true;
}

static void answer(int fd, const uint32_t* words, uint32_t n_words, int flags) {
  uint32_t out[64] = {htonl(LAST_FRAGMENT | n_words * 4)};
  out[1] = words[0]; /* the XID as it came */
  for (uint32_t i = 1; i < n_words; i++) out[i + 1] = htonl(words[i]);
  send(fd, out, (n_words + 1) * 4, flags | MSG_NOSIGNAL);
}

static void answer_success(int fd, const struct record* call, int flags) {
  const uint32_t words[] = {call->words[0], 1, 0, 0, 0, 0};
  answer(fd, words, 6, flags);
}

/* The answer to a probe. FALSE: close the connection instead. */
static bool answer_unknown(int fd, const struct record* call, enum manner manner) {
  uint32_t xid = call->words[0];
  const uint32_t unavail[] = {xid, 1, 0, 0, 0, 1};
  const uint32_t refused[] = {xid, 1, 1, 1, 1}; /* denied: AUTH_ERROR, AUTH_BADCRED */
  const uint32_t garbage[] = {xid, 0x7fffffff, 0xffffffff, 3, 0xfffffff0, 1, 2};
  const uint32_t lie[] = {xid, 1, 0, 0, 0, 0, 0xdeadbeef, 0xffffffff, 0xffffffff, 1, 2, 3};
  const uint32_t stranger[] = {~xid, 1, 0, 0, 0, 0};
  switch (manner) {
    case CLOSE:
      return false;
    case REFUSE:
      answer(fd, refused, 5, 0);
      return true;
    case GARBAGE:
      answer(fd, garbage, 7, 0);
      return true;
    case SUCCESS_GARBAGE:
      answer(fd, lie, 12, 0);
      return true;
    case STRANGER:
      answer(fd, stranger, 6, 0);
      return true;
    case SILENT:
      return true;
    default:
      answer(fd, unavail, 6, 0);
      return true;
  }
}

/*
 * With CLOSE, the answer to the first connection's second call waits for the probe behind it and
 * leaves in one segment with the end of the connection, so that a client sees both or neither.
 */
static bool wait_for_probe(int fd, enum manner manner, unsigned n_calls) {
  struct pollfd pfd = {.fd = fd, .events = POLLIN};
  return manner == CLOSE && n_connections == 1 && n_calls == 2 && poll(&pfd, 1, 10000) > 0;
}

static void serve(int fd, enum manner manner) {
  struct record record;
  unsigned n_calls = 0;
  while (read_record(fd, &record)) {
    if (ntohl(record.words[3]) != KNOWN_PROGRAM) {
      if (!answer_unknown(fd, &record, manner)) return;
      continue;
    }
    answer_success(fd, &record, wait_for_probe(fd, manner, ++n_calls) ? MSG_MORE : 0);
    if (manner == ONE_EACH) return;
  }
}

static int listen_on_loopback(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(fd, (struct sockaddr*)&address, sizeof address) != 0 || listen(fd, 10) != 0 ||
      getsockname(fd, (struct sockaddr*)&address, &length) != 0)
    exit(EXIT_FAILURE);
  unsigned port = ntohs(address.sin_port);
  printf("127.0.0.1.%u.%u\n", port >> 8, port & 255);
  return fd;
}

static enum manner manner_named(const char* name) {
  for (size_t i = 0; i < sizeof manner_names / sizeof *manner_names; i++)
    if (strcmp(name, manner_names[i]) == 0) return (enum manner)i;
  fprintf(stderr, "no manner \"%s\"\n", name);
  exit(EXIT_FAILURE);
}

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  enum manner manner = manner_named(argv[1]);
  setvbuf(stdout, NULL, _IOLBF, 0);
  int listener = listen_on_loopback();
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return EXIT_FAILURE;
    n_connections++;
    puts("open");
    serve(fd, manner);
    close(fd);
    puts("close");
  }
}
