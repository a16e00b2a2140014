/*
 * SPDX-License-Identifier: BSD-3-Clause
 * Moving files and whole directory trees between the disk and the store.
 */
#define _GNU_SOURCE /* asprintf */
#include "tree.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name.h"

/* "a" and "b" to "a/b", which the caller frees. */
static char* joined(const char* directory, const char* name) {
  char* path;

  if (asprintf(&path, "%s/%s", directory, name) < 0) err(EXIT_FAILURE, "%s/%s", directory, name);
  return path;
}

/* Reads until the buffer is full or the file ends, so that only a last piece is short. */
static size_t read_piece(int fd, const char* path, char* buffer) {
  size_t filled = 0;

  while (filled < STORE_PIECE_MAX) {
    ssize_t n = read(fd, buffer + filled, STORE_PIECE_MAX - filled);

    if (n < 0) err(EXIT_FAILURE, "%s: cannot read", path);
    if (n == 0) break;
    filled += (size_t)n;
  }
  return filled;
}

void file_put(struct session* session, const char* path, char* name) {
  static char buffer[STORE_PIECE_MAX];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  uint64_t offset = 0;
  size_t length;

  if (fd < 0) err(EXIT_FAILURE, "%s: cannot open", path);
  do {
    length = read_piece(fd, path, buffer);
    if (length != 0 || offset == 0) /* an empty file is one empty piece */
      call_put(session, name, offset, buffer, (u_int)length);
    offset += length;
  } while (length == STORE_PIECE_MAX);
  close(fd);
}

static void write_all(int fd, const char* path, const char* data, size_t length) {
  while (length > 0) {
    ssize_t n = write(fd, data, length);

    if (n < 0) err(EXIT_FAILURE, "%s: cannot write", path);
    data += n;
    length -= (size_t)n;
  }
}

void file_get(struct session* session, char* name, const char* path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  uint64_t offset = 0, size;

  if (fd < 0) err(EXIT_FAILURE, "%s: cannot write", path);
  do {
    store_get_result* result = call_get(session, name, offset, STORE_PIECE_MAX);
    store_part* part = &result->store_get_result_u.part;

    size = part->file_size;
    write_all(fd, path, part->data.data_val, part->data.data_len);
    offset += part->data.data_len;
    if (part->data.data_len == 0 && offset < size)
      errx(EXIT_FAILURE, "%s: the server sent no more after %llu of %llu bytes", name,
           (unsigned long long)offset, (unsigned long long)size);
    session_free(session, store_get_result, result);
  } while (offset < size);
  if (close(fd) != 0) err(EXIT_FAILURE, "%s: cannot write", path);
}

static int by_name(const FTSENT** a, const FTSENT** b) {
  return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* 1 for a regular file, which was put, else 0. */
static size_t put_entry(struct session* session, const FTSENT* entry, size_t root_length,
                        const char* prefix) {
  char* name;

  switch (entry->fts_info) {
    case FTS_F:
      name = joined(prefix, entry->fts_path + root_length + 1);
      file_put(session, entry->fts_path, name);
      free(name);
      return 1;
    case FTS_D:
    case FTS_DP:
      return 0;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
      errno = entry->fts_errno;
      err(EXIT_FAILURE, "%s: cannot read", entry->fts_path);
    default:
      warnx("%s: left out, it is no regular file", entry->fts_path);
      return 0;
  }
}

size_t tree_put(struct session* session, const char* directory, const char* prefix) {
  char *root = strdup(directory), *roots[] = {root, NULL};
  size_t files = 0, length = strlen(directory);
  FTSENT* entry;
  FTS* walk;

  while (root != NULL && length > 1 && root[length - 1] == '/') root[--length] = '\0';
  walk = root == NULL ? NULL : fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
  if (walk == NULL) err(EXIT_FAILURE, "%s: cannot read", directory);
  for (errno = 0; (entry = fts_read(walk)) != NULL; errno = 0) {
    if (entry->fts_level == FTS_ROOTLEVEL && entry->fts_info == FTS_F)
      errx(EXIT_FAILURE, "%s: not a directory", directory);
    files += put_entry(session, entry, length, prefix);
  }
  if (errno != 0) err(EXIT_FAILURE, "%s: cannot read", directory);
  fts_close(walk);
  free(root);
  return files;
}

/* Makes the directories that path names below its first root_length bytes. */
static void make_parents(char* path, size_t root_length) {
  for (char* slash = path + root_length; (slash = strchr(slash + 1, '/')) != NULL;) {
    *slash = '\0';
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
      err(EXIT_FAILURE, "%s: cannot make the directory", path);
    *slash = '/';
  }
}

/* A server could send any name: only good ones, below prefix, become paths. */
static void get_entry(struct session* session, const store_entry* entry, const char* below,
                      const char* directory) {
  size_t skip = strlen(below);
  char* path;

  if (strncmp(entry->name, below, skip) != 0 || !name_is_good(entry->name + skip))
    errx(EXIT_FAILURE, "the server listed a name that is not below %s", below);
  path = joined(directory, entry->name + skip);
  make_parents(path, strlen(directory));
  file_get(session, entry->name, path);
  free(path);
}

size_t tree_get(struct session* session, const char* prefix, const char* directory) {
  char *below = joined(prefix, ""), *after = strdup("");
  size_t files = 0;
  u_int n;

  if (after == NULL || mkdir(directory, 0777) != 0)
    err(EXIT_FAILURE, "%s: cannot make the directory", directory);
  do {
    store_page* page = call_list(session, below, after);
    store_page mine = *page; /* the stub's result is static */

    n = mine.entries.entries_len;
    for (u_int i = 0; i < n; i++) {
      const store_entry* entry = &mine.entries.entries_val[i];

      if (entry->kind == STORE_FILE) {
        get_entry(session, entry, below, directory);
        files++;
      }
    }
    free(after);
    after = n == 0 ? NULL : strdup(mine.entries.entries_val[n - 1].name);
    session_free(session, store_page, &mine);
  } while (n != 0);
  free(below);
  return files;
}
