/*
 * SPDX-License-Identifier: BSD-3-Clause
 * Moving files and whole directory trees between the disk and the store.
 */
#ifndef STORE_TREE_H
#define STORE_TREE_H

#include "session.h"

void file_put(struct session* session, const char* path, char* name);
void file_get(struct session* session, char* name, const char* path);

/*
 * Puts the regular files below directory as PREFIX/RELATIVE-PATH; others are named on stderr
 * and left out. Returns how many.
 */
size_t tree_put(struct session* session, const char* directory, const char* prefix);

/* Writes the files below PREFIX/ to a directory, which is made and must not exist. Returns how
 * many. */
size_t tree_get(struct session* session, const char* prefix, const char* directory);

#endif
