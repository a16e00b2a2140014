/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The client's command line.
 */
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "number.h"
#include "session.h"
#include "tree.h"

enum { USAGE = 2 };

static const char help[] =
    "Usage: store ADDRESS COMMAND [ARGUMENT]...\n"
    "Use a store that `stored` keeps at ADDRESS: HOST:PORT, [IPV6]:PORT or unix:PATH.\n"
    "\n"
    "  put FILE NAME            copy a file to the store\n"
    "  get NAME FILE            copy it back\n"
    "  put-tree DIR PREFIX      put the regular files below DIR as PREFIX/...\n"
    "  get-tree PREFIX DIR      copy them back; DIR must not exist\n"
    "  put-series NAME          keep the numbers on standard input\n"
    "  scan NAME FIRST COUNT    print numbers of a series, the first is 0\n"
    "  put-records NAME         keep the records on standard input, lines ID X Y Z LABEL\n"
    "  get-records NAME         print them\n"
    "  list [PREFIX]            print kind, size and name of what the store holds\n"
    "  remove NAME              remove it\n"
    "  job DIR COPY [CALLS]     the measured job: DIR to the store and back to COPY, and about\n"
    "                           CALLS [1000] calls of each other operation; prints for each\n"
    "                           operation the calls, the bytes of payload, the seconds inside\n"
    "                           calls, and median and 99th percentile in microseconds\n"
    "\n"
    "Ends with 0, with 1 when something failed, with 2 after wrong usage.\n";

static void put(struct session* session, char** argv) { file_put(session, argv[0], argv[1]); }

static void get(struct session* session, char** argv) { file_get(session, argv[0], argv[1]); }

static void put_tree(struct session* session, char** argv) {
  printf("%zu files put\n", tree_put(session, argv[0], argv[1]));
}

static void get_tree(struct session* session, char** argv) {
  printf("%zu files written\n", tree_get(session, argv[0], argv[1]));
}

static void put_series(struct session* session, char** argv) {
  static double values[STORE_VALUES_MAX];
  u_int count = 0;
  double value;

  while (scanf("%lf", &value) == 1) {
    if (count == STORE_VALUES_MAX)
      errx(EXIT_FAILURE, "put-series %s: at most %d numbers", argv[0], STORE_VALUES_MAX);
    values[count++] = value;
  }
  if (!feof(stdin))
    errx(EXIT_FAILURE, "put-series %s: what follows number %u is no number", argv[0], count);
  call_put_series(session, argv[0], values, count);
}

static void scan(struct session* session, char** argv) {
  uint64_t first = number(argv[1], 0, UINT64_MAX);
  u_int count = (u_int)number(argv[2], 0, STORE_VALUES_MAX);
  store_scan_result* result = call_scan(session, argv[0], first, count);
  store_slice* slice = &result->store_scan_result_u.slice;

  for (u_int i = 0; i < slice->values.values_len; i++)
    printf("%.17g\n", slice->values.values_val[i]);
  session_free(session, store_scan_result, result);
}

struct line {
  store_record record;
  char label[STORE_LABEL_MAX + 1];
};

/* One record more than may be sent, so that the server is the one to refuse. */
static void put_records(struct session* session, char** argv) {
  static struct line lines[STORE_RECORDS_MAX + 1];
  store_record *first = NULL, **link = &first;
  size_t n = 0;

  for (struct line* line = lines; n <= STORE_RECORDS_MAX; line++, n++) {
    store_record* r = &line->record;
    int fields = scanf("%" SCNd64 " %lf %lf %lf %31[^\n]", &r->id, &r->position[0], &r->position[1],
                       &r->position[2], line->label);

    if (fields == EOF) break;
    if (fields != 5)
      errx(EXIT_FAILURE, "put-records %s: line %zu is not ID X Y Z LABEL", argv[0], n + 1);
    r->label = line->label;
    *link = r;
    link = &r->next;
  }
  call_put_records(session, argv[0], first);
}

static void get_records(struct session* session, char** argv) {
  store_records_result* result = call_get_records(session, argv[0]);

  for (store_record* r = result->store_records_result_u.first; r != NULL; r = r->next)
    printf("%" PRId64 " %.17g %.17g %.17g %s\n", (int64_t)r->id, r->position[0], r->position[1],
           r->position[2], r->label);
  session_free(session, store_records_result, result);
}

static const char* kind_text(store_kind kind) {
  switch (kind) {
    case STORE_FILE:
      return "file";
    case STORE_SERIES:
      return "series";
    case STORE_RECORDS:
      return "records";
  }
  return "unknown";
}

static void list(struct session* session, char** argv) {
  static char all[] = "";
  char after[STORE_NAME_MAX + 1] = "", *prefix = argv[0] == NULL ? all : argv[0];
  u_int n;

  do {
    store_page* page = call_list(session, prefix, after);

    n = page->entries.entries_len;
    for (u_int i = 0; i < n; i++) {
      store_entry* entry = &page->entries.entries_val[i];

      printf("%-8s %10" PRIu64 " %s\n", kind_text(entry->kind), entry->count, entry->name);
      strcpy(after, entry->name);
    }
    session_free(session, store_page, page);
  } while (n != 0);
}

static void remove_name(struct session* session, char** argv) { call_remove(session, argv[0]); }

static void job(struct session* session, char** argv) {
  job_run(session, argv[0], argv[1], argv[2] == NULL ? 1000 : number(argv[2], 0, 1000000));
  session_print(session, stdout);
}

static const struct command {
  const char* name;
  int arguments_min, arguments_max;
  void (*run)(struct session* session, char** argv);
} commands[] = {
    {"put", 2, 2, put},
    {"get", 2, 2, get},
    {"put-tree", 2, 2, put_tree},
    {"get-tree", 2, 2, get_tree},
    {"put-series", 1, 1, put_series},
    {"scan", 3, 3, scan},
    {"put-records", 1, 1, put_records},
    {"get-records", 1, 1, get_records},
    {"list", 0, 1, list},
    {"remove", 1, 1, remove_name},
    {"job", 2, 3, job},
};

/* argv is what follows the address. */
static const struct command* find_command(int argc, char** argv) {
  for (size_t i = 0; argc > 0 && i < sizeof commands / sizeof commands[0]; i++) {
    if (strcmp(argv[0], commands[i].name) != 0) continue;
    if (argc - 1 < commands[i].arguments_min || argc - 1 > commands[i].arguments_max)
      errx(USAGE, "%s: wrong number of arguments; try 'store --help'", argv[0]);
    return &commands[i];
  }
  errx(USAGE,
       argc > 0 ? "%s: no such command; try 'store --help'"
                : "ADDRESS and COMMAND are needed; try 'store --help'",
       argv[0]);
}

static void parse_options(int argc, char** argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
  int option;

  /* '+': an argument of a command may begin with '-', as in the name "-x". */
  while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
    if (option == 'h') {
      fputs(help, stdout);
      exit(EXIT_SUCCESS);
    }
    fputs("Try 'store --help'.\n", stderr);
    exit(USAGE);
  }
}

int main(int argc, char** argv) {
  const struct command* command;
  struct session session;

  parse_options(argc, argv);
  argv += optind;
  command = find_command(argc - optind - 1, argv + 1);
  session_open(&session, argv[0]);
  command->run(&session, argv + 2);
  session_close(&session);
  if (fflush(stdout) != 0 || ferror(stdout)) err(EXIT_FAILURE, "cannot print");
  return EXIT_SUCCESS;
}
