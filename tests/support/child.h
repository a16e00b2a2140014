/* SPDX-License-Identifier: BSD-3-Clause */
/* Forked processes that a test talks to over a socket pair, and that never outlive it; on another machine, over a
 * connection. */
#ifndef TEST_CHILD_H
#define TEST_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "deadline.h"

struct child {
  pid_t pid;   /* 0 when it is elsewhere */
  int pidfd;   /* readable when the process has ended */
  int channel; /* our end of the socket pair */
};

/* Forks; the child runs body(its end of the channel, arg) and exits with what it returns. */
struct child child_start(int (*body)(int channel, const void* arg), const void* arg);

/*
 * The same program on another machine that TEST_ELSEWHERE names as "ADDRESS PORT" of IPv4: something there starts it
 * for each connection, with the connection as its standard input. It calls child_of_elsewhere(), which does the rest:
 * takes what is sent here, and gives it to body(channel, order). Servers there and here listen on TEST_ADDRESS.
 */
bool elsewhere_is_known(void);
struct child child_elsewhere(const void* order, size_t nbytes);
int child_of_elsewhere(int (*body)(int channel, const void* order), size_t nbytes);

/* Messages of fixed size in either direction; FALSE when the other side is gone or the deadline
 * passed. */
bool channel_send(int channel, const void* message, size_t nbytes);
bool channel_receive(int channel, void* message, size_t nbytes, deadline_t deadline);

/* The wait status of a child that ends by itself, 0 of one elsewhere; -1 when it has not ended at the deadline. */
int child_wait(struct child* child, deadline_t deadline);
void child_kill(struct child* child);
/* Kills what still runs, reaps it and closes the descriptors. Harmless when called again. */
void child_end(struct child* child);

/* What the main() of a suite does: runs body in a child, so that a test that hangs or dies is a failure and is named.
 * The exit status of the child. */
int child_run_tests(int (*body)(int channel, const void* arg), const void* arg, int patience_ms);

/* Ends the test program with a message: for set-up that has to work. */
void die(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
