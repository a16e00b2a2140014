/* SPDX-License-Identifier: BSD-3-Clause */
/* A type whose XDR routine is written by hand. */
#ifndef PLACED_STAMP_H
#define PLACED_STAMP_H

#include <rpc/rpc.h>

typedef struct {
  u_int seconds;
  char* zone; /* by malloc(3), never NULL */
} stamp;

bool_t xdr_stamp(XDR* xdrs, stamp* value);

#endif
