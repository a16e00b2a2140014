/* SPDX-License-Identifier: BSD-3-Clause */
/* What a process holds, read from /proc. */
#ifndef TEST_FOOTPRINT_H
#define TEST_FOOTPRINT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct footprint {
  unsigned n_descriptors;
  unsigned n_shared_mappings; /* of memfds */
  unsigned n_threads;
  unsigned long resident_kib;
};

struct footprint footprint_of(pid_t pid);
/* The same descriptors, mappings and threads? */
bool footprint_equal(const struct footprint* a, const struct footprint* b);

struct shared_mapping {
  const unsigned char *begin, *end;
};
/* The next of a memfd in an open /proc/PID/maps; false at its end. */
bool next_shared_mapping(FILE* maps, struct shared_mapping* mapping);

#endif
