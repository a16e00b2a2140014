/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The procedures' state, which main() sets up.
 */
#ifndef STORE_PROCS_H
#define STORE_PROCS_H

#include "table.h"

/* rpcgen's procedures take no context, so there is one store per process. */
extern struct table store;

#endif
