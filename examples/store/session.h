/*
 * SPDX-License-Identifier: BSD-3-Clause
 * A connection to the server, and its procedures as functions that time each call.
 *
 * Each function ends the program with a message and status 1 when the call fails or the
 * server refuses. What a function returns as a pointer is released by session_free().
 */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store.h"
#include "times.h"

enum operation {
  NULL_CALL,
  PUT,
  LIST,
  GET,
  PUT_SERIES,
  SCAN,
  PUT_RECORDS,
  GET_RECORDS,
  REMOVE,
  OPERATIONS
};

struct session {
  CLIENT* client;
  struct times times[OPERATIONS];
  uint64_t progress_ns; /* when progress was last told */
};

void session_open(struct session* session, const char* address);
void session_close(struct session* session);

void call_null(struct session* session);
void call_put(struct session* session, char* name, uint64_t offset, char* data, u_int length);
store_get_result* call_get(struct session* session, char* name, uint64_t offset, u_int count);
store_page* call_list(struct session* session, char* prefix, char* after);
void call_remove(struct session* session, char* name);
void call_put_series(struct session* session, char* name, double* values, u_int count);
store_scan_result* call_scan(struct session* session, char* name, uint64_t first, u_int count);
void call_put_records(struct session* session, char* name, store_record* first);
store_records_result* call_get_records(struct session* session, char* name);

#define session_free(session, type, result) \
  clnt_freeres((session)->client, (xdrproc_t)xdr_##type, (caddr_t)(result))

/* "# connection ADDRESS", "# calls N", then a line per operation; see times_print(). */
void session_print(struct session* session, FILE* out);

#endif
