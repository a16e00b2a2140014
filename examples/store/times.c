/*
 * SPDX-License-Identifier: BSD-3-Clause
 * How long the calls of one operation took.
 */
#include "times.h"

#include <err.h>
#include <stdlib.h>
#include <time.h>

uint64_t now_ns(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void times_add(struct times* times, uint64_t ns) {
  if (times->calls == times->capacity) {
    times->capacity = times->capacity == 0 ? 1024 : times->capacity * 2;
    times->ns = reallocarray(times->ns, times->capacity, sizeof *times->ns);
    if (times->ns == NULL) err(EXIT_FAILURE, "keeping the times of %zu calls", times->capacity);
  }
  times->ns[times->calls++] = ns;
  times->total_ns += ns;
}

static int ascending(const void* a, const void* b) {
  uint64_t x = *(const uint64_t*)a, y = *(const uint64_t*)b;

  return (x > y) - (x < y);
}

/* Nearest rank; the times are sorted, and at least one. */
static double percentile_us(const struct times* times, size_t percent) {
  size_t rank = (times->calls * percent + 99) / 100;

  return (double)times->ns[rank - 1] / 1e3;
}

void times_print(struct times* times, const char* operation, FILE* out) {
  if (times->calls == 0) return;
  qsort(times->ns, times->calls, sizeof *times->ns, ascending);
  fprintf(out, "%-12s %8zu %12llu %10.6f %10.2f %10.2f\n", operation, times->calls,
          (unsigned long long)times->bytes, (double)times->total_ns / 1e9, percentile_us(times, 50),
          percentile_us(times, 99));
}
