/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The procedures of store.x. Arguments are only read: the dispatcher frees them.
 * Results point into the store: they are sent before the next call can change it.
 */
#include "procs.h"

#include <stdlib.h>
#include <string.h>

#include "name.h"

struct table store;

void* store_null_1_svc(void* arg, struct svc_req* request) {
  static char nothing;

  (void)arg;
  (void)request;
  return &nothing;
}

/* Never NULL for success, also with no bytes: NULL means that memory is short. */
static void* copy_of(const void* data, size_t bytes) {
  void* copy = malloc(bytes == 0 ? 1 : bytes);

  return copy == NULL || bytes == 0 ? copy : memcpy(copy, data, bytes);
}

static store_status put_copy(char* name, store_kind kind, const void* data, size_t count,
                             size_t size) {
  struct item item = {name, kind, NULL, count, count * size};
  store_status status;

  if (!name_is_good(name)) return STORE_BAD_NAME;
  item.payload = copy_of(data, item.bytes);
  if (item.payload == NULL) return STORE_NO_ROOM;
  status = table_put(&store, &item);
  if (status != STORE_OK) free(item.payload);
  return status;
}

static store_status find(const char* name, store_kind kind, struct item** item) {
  *item = table_find(&store, name);
  if (*item == NULL) return name_is_good(name) ? STORE_NO_NAME : STORE_BAD_NAME;
  return (*item)->kind == kind ? STORE_OK : STORE_WRONG_KIND;
}

store_status* store_put_1_svc(store_piece* piece, struct svc_req* request) {
  static store_status status;
  struct item* file;

  (void)request;
  if (piece->offset == 0) {
    status = put_copy(piece->name, STORE_FILE, piece->data.data_val, piece->data.data_len, 1);
    return &status;
  }
  status = find(piece->name, STORE_FILE, &file);
  if (status == STORE_OK && piece->offset != file->count) status = STORE_BAD_OFFSET;
  if (status == STORE_OK)
    status = table_append(&store, file, piece->data.data_val, piece->data.data_len);
  return &status;
}

/* How many of the item's elements the range covers, at most limit. */
static u_int covered(const struct item* item, const store_range* range, u_int limit) {
  size_t left;

  if (range->offset >= item->count) return 0;
  left = item->count - (size_t)range->offset;
  if (limit > range->count) limit = range->count;
  return left < limit ? (u_int)left : limit;
}

store_get_result* store_get_1_svc(store_range* range, struct svc_req* request) {
  static store_get_result result;
  store_part* part = &result.store_get_result_u.part;
  struct item* file;

  (void)request;
  result.status = find(range->name, STORE_FILE, &file);
  if (result.status != STORE_OK) return &result;
  part->file_size = file->count;
  part->data.data_len = covered(file, range, STORE_PIECE_MAX);
  part->data.data_val = part->data.data_len == 0 ? NULL : (char*)file->payload + range->offset;
  return &result;
}

store_page* store_list_1_svc(store_cursor* cursor, struct svc_req* request) {
  static store_entry entries[STORE_PAGE_MAX];
  static store_page page;
  size_t prefix_length = strlen(cursor->prefix);
  bool from_prefix = strcmp(cursor->after, cursor->prefix) < 0;
  size_t position =
      table_position(&store, from_prefix ? cursor->prefix : cursor->after, from_prefix);
  u_int n = 0;

  (void)request;
  for (; n < STORE_PAGE_MAX && position < store.length; n++, position++) {
    const struct item* item = &store.items[position];

    if (strncmp(item->name, cursor->prefix, prefix_length) != 0) break;
    entries[n] = (store_entry){item->name, item->kind, item->count};
  }
  page.entries.entries_len = n;
  page.entries.entries_val = entries;
  return &page;
}

store_status* store_remove_1_svc(store_name* name, struct svc_req* request) {
  static store_status status;

  (void)request;
  status = name_is_good(*name) ? table_remove(&store, *name) : STORE_BAD_NAME;
  return &status;
}

store_status* store_put_series_1_svc(store_series* series, struct svc_req* request) {
  static store_status status;

  (void)request;
  status = put_copy(series->name, STORE_SERIES, series->values.values_val,
                    series->values.values_len, sizeof(double));
  return &status;
}

store_scan_result* store_scan_1_svc(store_range* range, struct svc_req* request) {
  static store_scan_result result;
  store_slice* slice = &result.store_scan_result_u.slice;
  struct item* series;

  (void)request;
  result.status = find(range->name, STORE_SERIES, &series);
  if (result.status != STORE_OK) return &result;
  slice->values.values_len = covered(series, range, STORE_VALUES_MAX);
  slice->values.values_val =
      slice->values.values_len == 0 ? NULL : (double*)series->payload + range->offset;
  return &result;
}

/* A list as it is kept: one block, so that every kind of item is freed the same way. */
struct kept_record {
  store_record record;
  char label[STORE_LABEL_MAX + 1];
};

static void keep_records(struct kept_record* kept, const store_record* from) {
  for (; from != NULL; from = from->next, kept++) {
    kept->record = *from;
    kept->record.label = strcpy(kept->label, from->label);
    kept->record.next = from->next == NULL ? NULL : &kept[1].record;
  }
}

static store_status put_records(const store_batch* batch) {
  struct item item = {batch->name, STORE_RECORDS, NULL, 0, 0};
  store_status status;

  if (!name_is_good(batch->name)) return STORE_BAD_NAME;
  for (const store_record* record = batch->first; record != NULL; record = record->next)
    item.count++;
  if (item.count > STORE_RECORDS_MAX) return STORE_TOO_LONG;
  item.bytes = item.count * sizeof(struct kept_record);
  item.payload = malloc(item.bytes == 0 ? 1 : item.bytes);
  if (item.payload == NULL) return STORE_NO_ROOM;
  keep_records(item.payload, batch->first);
  status = table_put(&store, &item);
  if (status != STORE_OK) free(item.payload);
  return status;
}

store_status* store_put_records_1_svc(store_batch* batch, struct svc_req* request) {
  static store_status status;

  (void)request;
  status = put_records(batch);
  return &status;
}

store_records_result* store_get_records_1_svc(store_name* name, struct svc_req* request) {
  static store_records_result result;
  struct item* item;

  (void)request;
  result.status = find(*name, STORE_RECORDS, &item);
  if (result.status == STORE_OK)
    result.store_records_result_u.first = item->count == 0 ? NULL : item->payload;
  return &result;
}
