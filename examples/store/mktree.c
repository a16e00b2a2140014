/*
 * SPDX-License-Identifier: BSD-3-Clause
 * Makes a directory tree of files of mixed sizes, the same for the same seed.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "number.h"

enum { USAGE = 2, MIB = 1 << 20, LARGEST_BITS = 22, PATH_BYTES = 4096 };

static const char help[] =
    "Usage: mktree SEED MIB DIR\n"
    "Make DIR and in it folders with about MIB MiB of files of 0 bytes to 4 MiB.\n"
    "The same SEED gives the same tree.\n";

static uint64_t state;

/* splitmix64: small, and good enough for bytes that nothing compresses or guesses. */
static uint64_t next_random(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void make_directory(const char* path) {
  if (mkdir(path, 0777) != 0) err(EXIT_FAILURE, "%s: cannot make the directory", path);
}

static void make_file(const char* path, size_t bytes) {
  FILE* file = fopen(path, "wx");

  if (file == NULL) err(EXIT_FAILURE, "%s: cannot make the file", path);
  for (size_t done = 0; done < bytes; done += sizeof(uint64_t)) {
    uint64_t word = next_random();
    size_t left = bytes - done;

    fwrite(&word, left < sizeof word ? left : sizeof word, 1, file);
  }
  if (ferror(file) || fclose(file) != 0) err(EXIT_FAILURE, "%s: cannot write", path);
}

/* The first ones sit at the edges of what fits into one call; the others are mostly small. */
static size_t next_size(size_t index) {
  static const size_t edges[] = {0, 1, 4095, MIB - 1, MIB, MIB + 1, 2 * MIB, 4 * MIB - 1};
  uint64_t bits;

  if (index < sizeof edges / sizeof edges[0]) return edges[index];
  bits = next_random() % (LARGEST_BITS + 1);
  return (size_t)(next_random() % ((uint64_t)1 << bits));
}

static void make_tree(const char* root, size_t bytes) {
  char folder[PATH_BYTES], path[PATH_BYTES + 32];
  size_t done = 0;

  make_directory(root);
  snprintf(folder, sizeof folder, "%s", root);
  for (size_t i = 0; done < bytes; i++) {
    size_t size = next_size(i);

    if (i % 16 == 0) { /* a new folder: in the root, or, mostly, in the last one */
      int deeper = i % 64 != 0;
      int n = snprintf(path, sizeof folder, "%s/folder-%zu", deeper ? folder : root, i / 16);

      if (n < 0 || (size_t)n >= sizeof folder) errx(EXIT_FAILURE, "%s: the path is too long", root);
      strcpy(folder, path);
      make_directory(folder);
    }
    snprintf(path, sizeof path, "%s/file-%zu", folder, i);
    make_file(path, size);
    done += size;
  }
}

int main(int argc, char** argv) {
  if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
    fputs(help, stdout);
    return EXIT_SUCCESS;
  }
  if (argc != 4) errx(USAGE, "SEED, MIB and DIR are needed; try 'mktree --help'");
  state = number(argv[1], 0, UINT64_MAX);
  make_tree(argv[3], (size_t)number(argv[2], 0, 65536) << 20);
  return EXIT_SUCCESS;
}
