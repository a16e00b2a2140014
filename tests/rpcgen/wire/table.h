/* SPDX-License-Identifier: BSD-3-Clause */
/* What a library of generated XDR routines tells wire_equal about itself; see table.awk. */
#ifndef VMRPC_TESTS_WIRE_TABLE_H
#define VMRPC_TESTS_WIRE_TABLE_H

#include <rpc/rpc.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wire_type {
  const char* name; /* NULL ends the table */
  size_t value_bytes;
  bool_t (*xdr)(XDR*, void*);
};

/* A constant or enumerator: the text of a string, else the number. */
struct wire_constant {
  const char* name;
  const char* text;
  long long number;
};

/* clang-format off */
#define WIRE_CONSTANT(c) \
  {#c, _Generic((c), char*: (c), default: ""), (long long)_Generic((c), char*: 0, default: (c))}
/* clang-format on */

extern const struct wire_type wire_types[];
extern const struct wire_constant wire_constants[];

#ifdef __cplusplus
}
#endif

#endif
