/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The measured job: a tree there and back, numbers and records, all of it checked.
 */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include "session.h"

/*
 * Moves the tree to the server and back to copy, which must not exist, and does about `calls`
 * calls of each other operation. Ends the program when anything that comes back differs; the
 * two trees are left for the caller to compare.
 */
void job_run(struct session* session, const char* tree, const char* copy, size_t calls);

#endif
