/*
 * SPDX-License-Identifier: BSD-3-Clause
 * A connection to the server, and its procedures as functions that time each call.
 */
#include "session.h"

#include <err.h>
#include <netconfig.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"

enum { BUFFER_BYTES = 1 << 20 };

static const char* const operation_names[OPERATIONS] = {
    "null", "put", "list", "get", "put-series", "scan", "put-records", "get-records", "remove"};

static const char* status_text(store_status status) {
  switch (status) {
    case STORE_OK:
      return "done";
    case STORE_NO_NAME:
      return "the store has nothing of that name";
    case STORE_BAD_NAME:
      return "not a name: it must be a relative path without empty, \".\" or \"..\" parts";
    case STORE_WRONG_KIND:
      return "the name holds something of another kind";
    case STORE_BAD_OFFSET:
      return "the file changed meanwhile";
    case STORE_TOO_LONG:
      return "too many records in one list";
    case STORE_NO_ROOM:
      return "the store is full";
  }
  return "unknown answer; is the server of another version?";
}

static void require(store_status status, enum operation operation, const char* name) {
  if (status != STORE_OK)
    errx(EXIT_FAILURE, "%s %s: %s", operation_names[operation], name, status_text(status));
}

/* What clnt_create() would do, with the port known: no rpcbind is asked. */
static CLIENT* connect_inet6(struct address* address) {
  struct netbuf to = {sizeof address->to, address->length, &address->to};
  struct netconfig* tcp6 = getnetconfigent("tcp6");
  CLIENT* client;

  if (tcp6 == NULL) errx(EXIT_FAILURE, "/etc/netconfig has no tcp6");
  client =
      clnt_tli_create(RPC_ANYFD, tcp6, &to, STORE_PROG, STORE_VERS, BUFFER_BYTES, BUFFER_BYTES);
  freenetconfigent(tcp6);
  return client;
}

void session_open(struct session* session, const char* text) {
  struct address address;
  int fd = RPC_ANYSOCK;

  memset(session, 0, sizeof *session);
  address_parse(text, &address);
  switch (address.to.any.sa_family) {
    case AF_UNIX:
      session->client =
          clntunix_create(&address.to.un, STORE_PROG, STORE_VERS, &fd, BUFFER_BYTES, BUFFER_BYTES);
      break;
    case AF_INET:
      session->client =
          clnttcp_create(&address.to.in, STORE_PROG, STORE_VERS, &fd, BUFFER_BYTES, BUFFER_BYTES);
      break;
    default:
      session->client = connect_inet6(&address);
  }
  if (session->client == NULL) errx(EXIT_FAILURE, "%s", clnt_spcreateerror(text));
  session->progress_ns = now_ns();
}

void session_close(struct session* session) {
  clnt_destroy(session->client);
  for (int i = 0; i < OPERATIONS; i++) free(session->times[i].ns);
}

/* Ends the program if there is no result; else counts the call, and tells once in a while. */
static void called(struct session* session, enum operation operation, uint64_t started_ns,
                   const void* result, const char* name) {
  uint64_t now = now_ns();
  struct times* times = &session->times[operation];

  if (result == NULL) {
    warnx("%s %s%s", operation_names[operation], name, clnt_sperror(session->client, ""));
    exit(EXIT_FAILURE);
  }
  times_add(times, now - started_ns);
  if (now - session->progress_ns > 2000000000u) {
    session->progress_ns = now;
    fprintf(stderr, "  %s: %zu calls, %.1f MB so far\n", operation_names[operation], times->calls,
            (double)times->bytes / 1e6);
  }
}

void call_null(struct session* session) {
  uint64_t start = now_ns();
  void* result = store_null_1(NULL, session->client);

  called(session, NULL_CALL, start, result, "call");
}

void call_put(struct session* session, char* name, uint64_t offset, char* data, u_int length) {
  store_piece piece = {name, offset, {length, data}};
  uint64_t start = now_ns();
  store_status* status = store_put_1(&piece, session->client);

  called(session, PUT, start, status, name);
  require(*status, PUT, name);
  session->times[PUT].bytes += length;
}

store_get_result* call_get(struct session* session, char* name, uint64_t offset, u_int count) {
  store_range range = {name, offset, count};
  uint64_t start = now_ns();
  store_get_result* result = store_get_1(&range, session->client);

  called(session, GET, start, result, name);
  require(result->status, GET, name);
  session->times[GET].bytes += result->store_get_result_u.part.data.data_len;
  return result;
}

/* Also checks that the names ascend: a listing that goes in circles would never end. */
static size_t page_bytes(const store_page* page, const char* after) {
  size_t bytes = 0;

  for (u_int i = 0; i < page->entries.entries_len; i++) {
    const char* name = page->entries.entries_val[i].name;

    if (strcmp(name, after) <= 0)
      errx(EXIT_FAILURE, "the server's listing is out of order after \"%s\"", after);
    bytes += strlen(name) + sizeof(store_kind) + sizeof(uint64_t);
    after = name;
  }
  return bytes;
}

store_page* call_list(struct session* session, char* prefix, char* after) {
  store_cursor cursor = {prefix, after};
  uint64_t start = now_ns();
  store_page* page = store_list_1(&cursor, session->client);

  called(session, LIST, start, page, prefix);
  session->times[LIST].bytes += page_bytes(page, after);
  return page;
}

void call_remove(struct session* session, char* name) {
  uint64_t start = now_ns();
  store_status* status = store_remove_1(&name, session->client);

  called(session, REMOVE, start, status, name);
  require(*status, REMOVE, name);
}

void call_put_series(struct session* session, char* name, double* values, u_int count) {
  store_series series = {name, {count, values}};
  uint64_t start = now_ns();
  store_status* status = store_put_series_1(&series, session->client);

  called(session, PUT_SERIES, start, status, name);
  require(*status, PUT_SERIES, name);
  session->times[PUT_SERIES].bytes += count * sizeof *values;
}

store_scan_result* call_scan(struct session* session, char* name, uint64_t first, u_int count) {
  store_range range = {name, first, count};
  uint64_t start = now_ns();
  store_scan_result* result = store_scan_1(&range, session->client);

  called(session, SCAN, start, result, name);
  require(result->status, SCAN, name);
  session->times[SCAN].bytes +=
      result->store_scan_result_u.slice.values.values_len * sizeof(double);
  return result;
}

static size_t records_bytes(const store_record* record) {
  size_t bytes = 0;

  for (; record != NULL; record = record->next)
    bytes += sizeof record->id + strlen(record->label) + sizeof record->position;
  return bytes;
}

void call_put_records(struct session* session, char* name, store_record* first) {
  store_batch batch = {name, first};
  uint64_t start = now_ns();
  store_status* status = store_put_records_1(&batch, session->client);

  called(session, PUT_RECORDS, start, status, name);
  require(*status, PUT_RECORDS, name);
  session->times[PUT_RECORDS].bytes += records_bytes(first);
}

store_records_result* call_get_records(struct session* session, char* name) {
  uint64_t start = now_ns();
  store_records_result* result = store_get_records_1(&name, session->client);

  called(session, GET_RECORDS, start, result, name);
  require(result->status, GET_RECORDS, name);
  session->times[GET_RECORDS].bytes += records_bytes(result->store_records_result_u.first);
  return result;
}

void session_print(struct session* session, FILE* out) {
  char text[ADDRESS_TEXT_MAX];
  size_t calls = 0;
  int fd;

  if (!clnt_control(session->client, CLGET_FD, (char*)&fd))
    errx(EXIT_FAILURE, "the connection has no socket");
  address_of_socket(fd, 1, text);
  for (int i = 0; i < OPERATIONS; i++) calls += session->times[i].calls;
  fprintf(out, "# connection %s\n# calls %zu\n", text, calls);
  for (int i = 0; i < OPERATIONS; i++) times_print(&session->times[i], operation_names[i], out);
}
