// SPDX-License-Identifier: BSD-3-Clause
// Keeping the memory that the peer has sent, and trying to change it.
#pragma once

#include <sys/types.h>

#include <string>

namespace hostile {

// From now on what this process is sent is kept.
void keep_what_is_received();

// Tries every way to write to or resize what the peer shared with this process, whose id is `peer`. Empty, or what
// succeeded. `tried` counts the files.
std::string change_what_was_received(pid_t peer, int* tried);

}  // namespace hostile
