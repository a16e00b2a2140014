// SPDX-License-Identifier: BSD-3-Clause
// Descriptors to send where others are expected. The caller closes them.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>

#include <cstddef>

namespace hostile {

inline constexpr int kAllSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

// A memfd; -1 when there is none of that kind.
int memory_of(std::size_t bytes, unsigned flags, int seals);
// A TCP connection that blocks whoever closes it last for half a minute, when he does so as he finds it.
int lingering_connection();
// The reading end of a pipe that nobody writes to.
int a_pipe();

}  // namespace hostile
