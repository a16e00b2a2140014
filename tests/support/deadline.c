/* SPDX-License-Identifier: BSD-3-Clause */
/* Deadlines on the monotonic clock. */
#include "deadline.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

deadline_t deadline_in_ms(int ms) { return now_us() + (int64_t)ms * 1000; }

int deadline_left_ms(deadline_t deadline) {
  int64_t left_us = deadline - now_us();
  return left_us > 0 ? (int)((left_us + 999) / 1000) : 0;
}

bool wait_readable(int fd, deadline_t deadline) {
  struct pollfd pfd = {.fd = fd, .events = POLLIN};
  int n;
  do n = poll(&pfd, 1, deadline_left_ms(deadline));
  while (n < 0 && errno == EINTR);
  return n > 0;
}
