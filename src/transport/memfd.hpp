// SPDX-License-Identifier: BSD-3-Clause
// Regions in sealed memfds.
#pragma once

#include <memory>

#include "base/fd.hpp"
#include "memory/region.hpp"

namespace vmrpc::transport {

struct OwnMemfd {
  std::unique_ptr<memory::OwnRegion> region;
  OwnedFd fd;  // to be sent to the peer; it cannot be mapped for writing any more
};

// A region of at most VMRPC_REGION_MAX, mapped here for writing, then sealed against shrinking,
// growing and new writers. Throws UpgradeError(RPC_VM_NO_MEMORY).
OwnMemfd make_own_memfd();

// Fresh zeroed chunks of a heap, mapped at `at` (reserved before) and sealed in the same way. No descriptor: there is
// no memory, and the range is reserved as before.
OwnedFd make_chunks(void* at, std::size_t bytes);
// Maps a peer's chunks at `at`. False: not sealed, not of that size, or not mappable.
bool map_peer_chunks(int fd, void* at, std::size_t bytes);

// Maps a peer's memfd for reading after checking its kind, seals and size. Throws
// UpgradeError(RPC_VM_PROTOCOL_ERROR) for memory that could change under our feet.
std::unique_ptr<memory::PeerRegion> map_peer_memfd(int fd);

}  // namespace vmrpc::transport
