/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The rule for names. Both ends apply it: neither trusts the other.
 */
#ifndef STORE_NAME_H
#define STORE_NAME_H

#include <stdbool.h>

/*
 * A relative path without empty, "." and ".." parts and without control characters:
 * below a folder it stays there, and on a terminal it does no harm.
 */
bool name_is_good(const char* name);

#endif
