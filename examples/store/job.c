/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The measured job: a tree there and back, numbers and records, all of it checked.
 */
#include "job.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

enum { RECORDS = 1000 };

static char tree_name[] = "tree", below_tree[] = "tree/";

/* Returns how many entries the server lists below the tree. */
static size_t list_all(struct session* session) {
  char after[STORE_NAME_MAX + 1] = "";
  size_t entries = 0;
  u_int n;

  do {
    store_page* page = call_list(session, below_tree, after);

    n = page->entries.entries_len;
    if (n != 0) strcpy(after, page->entries.entries_val[n - 1].name);
    entries += n;
    session_free(session, store_page, page);
  } while (n != 0);
  return entries;
}

static void move_tree(struct session* session, const char* tree, const char* copy, size_t calls) {
  size_t put = tree_put(session, tree, tree_name), got;

  do {
    size_t listed = list_all(session);

    if (listed != put) errx(EXIT_FAILURE, "%zu files were put, %zu are listed", put, listed);
  } while (session->times[LIST].calls < calls);
  got = tree_get(session, tree_name, copy);
  if (got != put) errx(EXIT_FAILURE, "%zu files were put, %zu came back", put, got);
}

/* New numbers each round, so that old ones cannot pass for them. */
static void move_series(struct session* session, size_t round) {
  static double values[STORE_VALUES_MAX];
  static char name[] = "series";
  store_scan_result* result;
  store_slice* slice;

  for (size_t i = 0; i < STORE_VALUES_MAX; i++) values[i] = (double)round + (double)i / 3;
  call_put_series(session, name, values, STORE_VALUES_MAX);
  result = call_scan(session, name, 0, STORE_VALUES_MAX);
  slice = &result->store_scan_result_u.slice;
  if (slice->values.values_len != STORE_VALUES_MAX ||
      memcmp(slice->values.values_val, values, sizeof values) != 0)
    errx(EXIT_FAILURE, "scan: other numbers came back than were put");
  session_free(session, store_scan_result, result);
}

static void fill_records(store_record* records, char (*labels)[STORE_LABEL_MAX + 1], size_t round) {
  for (size_t i = 0; i < RECORDS; i++) {
    snprintf(labels[i], sizeof labels[i], "record %u of %u", (u_int)i, (u_int)round);
    records[i].id = (quad_t)(round * RECORDS + i);
    records[i].label = labels[i];
    for (size_t axis = 0; axis < 3; axis++) records[i].position[axis] = (double)(i * 3 + axis) / 7;
    records[i].next = i + 1 < RECORDS ? &records[i + 1] : NULL;
  }
}

static bool_t same_records(const store_record* a, const store_record* b) {
  while (a != NULL && b != NULL) {
    if (a->id != b->id || strcmp(a->label, b->label) != 0 ||
        memcmp(a->position, b->position, sizeof a->position) != 0)
      return FALSE;
    a = a->next;
    b = b->next;
  }
  return a == b;
}

static void move_records(struct session* session, size_t round) {
  static store_record records[RECORDS];
  static char labels[RECORDS][STORE_LABEL_MAX + 1];
  static char name[] = "records";
  store_records_result* result;

  fill_records(records, labels, round);
  call_put_records(session, name, records);
  result = call_get_records(session, name);
  if (!same_records(records, result->store_records_result_u.first))
    errx(EXIT_FAILURE, "get-records: other records came back than were put");
  session_free(session, store_records_result, result);
}

void job_run(struct session* session, const char* tree, const char* copy, size_t calls) {
  for (size_t i = 0; i < calls * 10; i++) call_null(session);
  move_tree(session, tree, copy, calls);
  for (size_t round = 0; round < calls / 5 + 1; round++) move_series(session, round);
  for (size_t round = 0; round < calls; round++) move_records(session, round);
}
