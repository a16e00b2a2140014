// SPDX-License-Identifier: BSD-3-Clause
// Under VMRPC_LOG=debug, what a program uses in place are copies in pages of their own: read-only,
// and unreadable once they are released. So a program that writes to such a value, or keeps a
// pointer, gets SIGSEGV at once and each time, and a line in the log says why.
#pragma once

#include <cstddef>

namespace vmrpc::placement {

// What VMRPC_LOG asks for.
bool has_fences();

// Zeroed pages; null when there are none. The first installs a handler of SIGSEGV that logs, then
// lets the program's own have the signal.
void* fenced_pages(std::size_t bytes);
// Of that address and size: may be read from now on; or no longer even that.
void forbid_writing(void* pages, std::size_t bytes) noexcept;
void forbid_all(void* pages, std::size_t bytes) noexcept;

}  // namespace vmrpc::placement
