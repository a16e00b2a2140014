/*
 * SPDX-License-Identifier: BSD-3-Clause
 * How long the calls of one operation took.
 */
#ifndef STORE_TIMES_H
#define STORE_TIMES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct times {
  uint64_t* ns; /* one per call, from entry to return */
  size_t calls, capacity;
  uint64_t total_ns;
  uint64_t bytes; /* of payload, both directions */
};

uint64_t now_ns(void);

void times_add(struct times* times, uint64_t ns);

/* One line: operation, calls, bytes, seconds inside calls, median and 99th percentile in us. */
void times_print(struct times* times, const char* operation, FILE* out);

#endif
