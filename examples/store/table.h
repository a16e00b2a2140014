/*
 * SPDX-License-Identifier: BSD-3-Clause
 * What the server holds: items sorted by name, within a quota.
 */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "store.h"

/* payload is one block from malloc: bytes, doubles, or records with their labels behind them. */
struct item {
  char* name;
  store_kind kind;
  void* payload;
  size_t count; /* bytes, numbers or records */
  size_t bytes; /* of payload */
};

struct table {
  struct item* items; /* sorted by name */
  size_t length, capacity;
  size_t bytes_used, bytes_max;
  size_t names_max;
};

/* Returns NULL when nothing has that name. Valid until the table changes. */
struct item* table_find(struct table* table, const char* name);

/* The position of the first item whose name sorts after `after`, or, if equal_too, is `after`. */
size_t table_position(const struct table* table, const char* after, bool equal_too);

/*
 * Puts a copy of item, which replaces any of that name. item->payload becomes the table's
 * when the answer is STORE_OK, and stays the caller's otherwise.
 */
store_status table_put(struct table* table, const struct item* item);

/* Adds bytes to the end of a file. */
store_status table_append(struct table* table, struct item* file, const char* data, size_t length);

store_status table_remove(struct table* table, const char* name);

#endif
