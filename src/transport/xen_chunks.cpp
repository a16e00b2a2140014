// SPDX-License-Identifier: BSD-3-Clause
// Granting chunks of the own heap, mapping those of the peer's.
#include "config.h"

#include "transport/xen_chunks.hpp"

#include <array>

#include "base/boundary.hpp"
#include "base/error.hpp"
#include "memory/window.hpp"

namespace vmrpc::transport {

bool heap_may_grow(std::size_t pages, std::size_t in_use, std::size_t limit) noexcept {
  return in_use + pages <= limit / 4 * 3;
}

// --- this side's heap ---

DirectoryShared& XenChunks::own_directory(std::size_t index) {
  Directory& directory = own_directories_[index];
  if (directory.page.address() == nullptr) {
    const auto grant = Grant::make(peer_domid_, 1);
    if (!grant) throw UpgradeError(RPC_VM_NO_MEMORY);
    directory = {grant->map(0, 1), GrantedPages(1)};
    own().directories[index].store(grant->references().front(), std::memory_order_release);
  }
  return *static_cast<DirectoryShared*>(directory.page.address());
}

void XenChunks::share_one(void* at, std::size_t chunk) {
  DirectoryShared& directory = own_directory(chunk / DirectoryShared::kChunks);
  const auto grant = Grant::make(peer_domid_, kPagesOfChunk);
  if (!grant) throw UpgradeError(RPC_VM_NO_MEMORY);
  grant->map(0, kPagesOfChunk, at).leave();  // the window's
  for (std::size_t page = 0; page < kPagesOfChunk; ++page) {
    directory.references[chunk % DirectoryShared::kChunks][page].store(grant->references()[page], std::memory_order_relaxed);
  }
  granted_[chunk] = GrantedPages(kPagesOfChunk);
  if (++generation_ == 0) ++generation_;
  own().generations[chunk].store(generation_, std::memory_order_release);  // pairs with take()
}

// Each chunk is granted and mapped by itself, so that it can go by itself.
bool XenChunks::share(void* at, std::size_t first_chunk, std::size_t chunk_count) {
  if (first_chunk + chunk_count > kLedgerChunks) return false;
  if (!heap_may_grow(chunk_count * kPagesOfChunk, GrantedPages::in_use(), granted_limit())) return false;
  return upgrade_boundary(
      [&] {
        for (std::size_t i = 0; i < chunk_count; ++i) {
          share_one(static_cast<unsigned char*>(at) + i * memory::kChunkBytes, first_chunk + i);
        }
        return true;
      },
      [&](rpc_vm_reason) {
        take_back(first_chunk, chunk_count);
        memory::reserve_again(at, chunk_count * memory::kChunkBytes);
        return false;
      });
}

void XenChunks::take_back(std::size_t first_chunk, std::size_t chunk_count) noexcept {
  for (std::size_t chunk = first_chunk; chunk < first_chunk + chunk_count; ++chunk) {
    own().generations[chunk].store(0, std::memory_order_relaxed);
    granted_.erase(chunk);
  }
}

// --- the peer's ---

std::optional<ChunkExchange::Announcement> XenChunks::take() {
  for (; next_ < kLedgerChunks; ++next_) {
    const std::uint32_t generation = peer().generations[next_].load(std::memory_order_acquire);
    if (generation == 0 || generation == taken_[next_]) continue;
    taken_[next_] = generation;
    return Announcement{next_++, 1, {}};
  }
  next_ = 0;
  return std::nullopt;
}

const DirectoryShared& XenChunks::peer_directory(std::size_t index) {
  Mapping& page = peer_directories_[index];
  if (page.address() == nullptr) {
    const std::uint32_t reference = peer().directories[index].load(std::memory_order_acquire);
    page = map_grants(peer_domid_, std::span(&reference, 1));
  }
  return *static_cast<const DirectoryShared*>(page.address());
}

// What the peer took back while we were at it may be no grant any more, or one of another chunk.
ChunkExchange::Mapped XenChunks::map(const Announcement& announcement, void* at) {
  const std::size_t chunk = announcement.first_chunk;
  const bool mapped = map_chunk(chunk, at);
  const bool changed = peer().generations[chunk].load(std::memory_order_acquire) != taken_[chunk];
  if (mapped && !changed) return Mapped::kYes;
  memory::reserve_again(at, memory::kChunkBytes);
  return changed ? Mapped::kGone : Mapped::kNo;
}

bool XenChunks::map_chunk(std::size_t chunk, void* at) {
  return upgrade_boundary(
      [&] {
        const DirectoryShared& directory = peer_directory(chunk / DirectoryShared::kChunks);
        std::array<std::uint32_t, kPagesOfChunk> references;
        for (std::size_t page = 0; page < references.size(); ++page) {
          references[page] = directory.references[chunk % DirectoryShared::kChunks][page].load(std::memory_order_relaxed);
        }
        Mapping place(at, memory::kChunkBytes);
        map_grants(peer_domid_, references, std::move(place)).leave();  // the window's
        return true;
      },
      [](rpc_vm_reason) { return false; });
}

}  // namespace vmrpc::transport
