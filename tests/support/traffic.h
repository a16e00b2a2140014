/* SPDX-License-Identifier: BSD-3-Clause */
/* What calls ran on: read from the library's counters where there is one, nothing with plain
 * libtirpc. */
#ifndef TEST_TRAFFIC_H
#define TEST_TRAFFIC_H

#include <rpc/rpc.h>
#include <stdbool.h>
#include <stdint.h>

struct traffic {
  uint64_t socket_calls;
  uint64_t shared_calls; /* through shared memory */
};

/* Is this program linked with libvmrpc? Then the counters below mean something. */
bool traffic_is_counted(void);
struct traffic traffic_of_process(void);
struct traffic traffic_of_client(CLIENT* clnt);
/* Waits until the handle runs over shared memory; FALSE when it stays on its socket. */
bool traffic_upgrade(CLIENT* clnt);

/* Why a handle stays on its socket, as the log calls it; "none" when it does not. */
const char* traffic_reason(CLIENT* clnt);

#endif
