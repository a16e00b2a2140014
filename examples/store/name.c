/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The rule for names.
 */
#include "name.h"

#include <string.h>

#include "store.h"

static bool part_is_good(const char* part, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)part[i];
    if (c < 0x20 || c == 0x7f) return false;
  }
  return length != 0 && !(length == 1 && part[0] == '.') &&
         !(length == 2 && part[0] == '.' && part[1] == '.');
}

bool name_is_good(const char* name) {
  if (strnlen(name, STORE_NAME_MAX + 1) > STORE_NAME_MAX) return false;
  for (;;) {
    size_t length = strcspn(name, "/");

    if (!part_is_good(name, length)) return false;
    if (name[length] == '\0') return true;
    name += length + 1;
  }
}
