// SPDX-License-Identifier: BSD-3-Clause
// Under VMRPC_LOG=debug, what a program uses in place are copies in pages of their own: read-only,
// and unreadable once they are released. So a program that writes to such a value, or keeps a
// pointer, gets SIGSEGV at once and each time, and a line in the log says why. So does one that gives a piece to free(3).
#pragma once

#include <cstddef>
#include <cstdint>

namespace vmrpc::placement {

// What VMRPC_LOG asks for.
bool has_fences();

// What stands before each piece in such pages, 8 bytes of it. To glibc's free() it means memory of a second arena, whose
// address is looked up where the piece's address is rounded down to 64 MiB, before anything else: fenced_pages() sees
// to it that nothing can be read there. (Larger than what is put aside for the next malloc() without that.)
inline constexpr std::uint64_t kBeforePiece = std::uint64_t{1} << 32 | 5;

// Zeroed pages; null when there are none. The first installs a handler of SIGSEGV that logs, then
// lets the program's own have the signal.
void* fenced_pages(std::size_t bytes);
// Of that address and size: may be read from now on; or no longer even that.
void forbid_writing(void* pages, std::size_t bytes) noexcept;
void forbid_all(void* pages, std::size_t bytes) noexcept;

}  // namespace vmrpc::placement
