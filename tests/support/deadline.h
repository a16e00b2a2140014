/* SPDX-License-Identifier: BSD-3-Clause */
/* A point in time by which an awaited event must have come: tests wait for events, never for time.
 */
#ifndef TEST_DEADLINE_H
#define TEST_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/* Longer than any event takes on a loaded machine; reaching it is a failure. */
#ifndef PATIENCE_MS
#define PATIENCE_MS 20000
#endif

typedef int64_t deadline_t; /* of the monotonic clock, in microseconds */

int64_t now_us(void);
deadline_t deadline_in_ms(int ms);
int deadline_left_ms(deadline_t deadline); /* for poll(): rounded up, 0 when it has passed */

/* Waits until fd has something to read, an end of file included; FALSE at the deadline. */
bool wait_readable(int fd, deadline_t deadline);

#endif
