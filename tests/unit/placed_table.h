/* SPDX-License-Identifier: BSD-3-Clause */
/* The types of placed_types.x, each with its XDR routine and its map; see placed_table.awk. */
#ifndef VMRPC_TESTS_PLACED_TABLE_H
#define VMRPC_TESTS_PLACED_TABLE_H

#include <rpc/rpc.h>

#include "rpc/vm_types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct placed_type {
  const char* name; /* NULL ends the table */
  bool_t (*xdr)(XDR*, void*);
  const struct rpc_vm_map* map;
};
extern const struct placed_type placed_types[];

#ifdef __cplusplus
}
#endif

#endif
