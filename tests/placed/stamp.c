/* SPDX-License-Identifier: BSD-3-Clause */
/* A routine as programs write them: its value on the wire is not what it is in memory. */
#include "stamp.h"

bool_t xdr_stamp(XDR* xdrs, stamp* value) {
  u_int complement = ~value->seconds;
  if (!xdr_u_int(xdrs, &complement)) return FALSE;
  value->seconds = ~complement;
  return xdr_string(xdrs, &value->zone, 16);
}
