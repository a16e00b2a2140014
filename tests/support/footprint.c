/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading /proc/PID. */
#include "footprint.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"

static unsigned count_entries(pid_t pid, const char* folder, bool of_own_process) {
  char path[64];
  unsigned n = 0;
  snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, folder);
  DIR* entries = opendir(path);
  if (entries == NULL) die("%s: %m", path);
  for (const struct dirent* entry; (entry = readdir(entries)) != NULL;)
    n += entry->d_name[0] != '.';
  closedir(entries);
  return n - of_own_process; /* the folder's own descriptor */
}

/* Calls count(line, result) for each line of a file in /proc/PID. */
static void read_lines(pid_t pid, const char* name, void (*count)(const char*, struct footprint*),
                       struct footprint* result) {
  char line[512];
  snprintf(line, sizeof line, "/proc/%ld/%s", (long)pid, name);
  FILE* file = fopen(line, "re");
  if (file == NULL) die("%s: %m", line);
  while (fgets(line, sizeof line, file) != NULL) count(line, result);
  fclose(file);
}

static bool is_shared(const char* mapping) { return strstr(mapping, "/memfd:") != NULL; }

static void count_mapping(const char* line, struct footprint* result) {
  result->n_shared_mappings += is_shared(line);
}

static void count_resident(const char* line, struct footprint* result) {
  sscanf(line, "VmRSS: %lu kB", &result->resident_kib);
}

bool next_shared_mapping(FILE* maps, struct shared_mapping* mapping) {
  char line[512];
  while (fgets(line, sizeof line, maps) != NULL) {
    char* end;
    mapping->begin = (const unsigned char*)strtoul(line, &end, 16);
    mapping->end = (const unsigned char*)strtoul(end + 1, NULL, 16);
    if (is_shared(line)) return true;
  }
  return false;
}

struct footprint footprint_of(pid_t pid) {
  struct footprint result = {0};
  read_lines(pid, "maps", count_mapping, &result);
  read_lines(pid, "status", count_resident, &result);
  result.n_descriptors = count_entries(pid, "fd", pid == getpid());
  result.n_threads = count_entries(pid, "task", false);
  return result;
}

bool footprint_equal(const struct footprint* a, const struct footprint* b) {
  return a->n_descriptors == b->n_descriptors && a->n_shared_mappings == b->n_shared_mappings &&
         a->n_threads == b->n_threads;
}
