/*
 * SPDX-License-Identifier: BSD-3-Clause
 * A sorted array: a look-up is a binary search, a listing a walk.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* What an item costs against the quota, so that many empty ones are not free. */
static size_t cost(const struct item* item) {
  return item->bytes + strlen(item->name) + 1 + sizeof *item;
}

size_t table_position(const struct table* table, const char* after, bool equal_too) {
  size_t low = 0, high = table->length;

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(table->items[middle].name, after);

    if (order < 0 || (order == 0 && !equal_too))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

struct item* table_find(struct table* table, const char* name) {
  size_t position = table_position(table, name, true);

  if (position == table->length || strcmp(table->items[position].name, name) != 0) return NULL;
  return &table->items[position];
}

static bool grow(struct table* table) {
  size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
  struct item* items;

  if (table->length < table->capacity) return true;
  items = reallocarray(table->items, capacity, sizeof *items);
  if (items == NULL) return false;
  table->items = items;
  table->capacity = capacity;
  return true;
}

static store_status insert(struct table* table, const struct item* item) {
  size_t position = table_position(table, item->name, true);
  struct item* place;
  char* name;

  if (table->length >= table->names_max || cost(item) > table->bytes_max - table->bytes_used)
    return STORE_NO_ROOM;
  name = strdup(item->name);
  if (name == NULL || !grow(table)) {
    free(name);
    return STORE_NO_ROOM;
  }
  place = &table->items[position];
  memmove(place + 1, place, (table->length - position) * sizeof *place);
  *place = *item;
  place->name = name;
  table->length++;
  table->bytes_used += cost(place);
  return STORE_OK;
}

static store_status replace(struct table* table, struct item* old, const struct item* item) {
  size_t others = table->bytes_used - cost(old);

  if (cost(item) > table->bytes_max - others) return STORE_NO_ROOM;
  free(old->payload);
  old->kind = item->kind;
  old->payload = item->payload;
  old->count = item->count;
  old->bytes = item->bytes;
  table->bytes_used = others + cost(old);
  return STORE_OK;
}

store_status table_put(struct table* table, const struct item* item) {
  struct item* old = table_find(table, item->name);

  return old == NULL ? insert(table, item) : replace(table, old, item);
}

store_status table_append(struct table* table, struct item* file, const char* data, size_t length) {
  char* payload;

  if (length == 0) return STORE_OK;
  if (length > table->bytes_max - table->bytes_used) return STORE_NO_ROOM;
  payload = realloc(file->payload, file->bytes + length);
  if (payload == NULL) return STORE_NO_ROOM;
  memcpy(payload + file->bytes, data, length);
  file->payload = payload;
  file->bytes += length;
  file->count = file->bytes;
  table->bytes_used += length;
  return STORE_OK;
}

store_status table_remove(struct table* table, const char* name) {
  struct item* item = table_find(table, name);

  if (item == NULL) return STORE_NO_NAME;
  table->bytes_used -= cost(item);
  free(item->payload);
  free(item->name);
  table->length--;
  memmove(item, item + 1, (table->length - (size_t)(item - table->items)) * sizeof *item);
  return STORE_OK;
}
