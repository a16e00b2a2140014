/*
 * SPDX-License-Identifier: BSD-3-Clause
 * Numbers on the command line.
 */
#include "number.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>

enum { USAGE = 2 };

uint64_t number(const char* text, uint64_t min, uint64_t max) {
  char* rest;
  uintmax_t value;

  errno = 0;
  value = strtoumax(text, &rest, 10);
  if (*text < '0' || *text > '9' || *rest != '\0' || errno != 0 || value < min || value > max)
    errx(USAGE, "%s: a number from %" PRIu64 " to %" PRIu64 " is needed here", text, min, max);
  return value;
}
