// SPDX-License-Identifier: BSD-3-Clause
// Chunks of heaps in granted pages.
//
// A heap grows while a message is being written, so its grants cannot travel over the control connection without a
// message of their own, that nobody would wait for. They stand in granted pages: the ledger, whose reference both ends
// told each other when they met, names pages with the references of 16 chunks each.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <vector>

#include "base/mapping.hpp"
#include "memory/heap.hpp"
#include "transport/transport.hpp"
#include "transport/xen_grants.hpp"

namespace vmrpc::transport {

inline constexpr std::size_t kPagesOfChunk = memory::kChunkBytes / memory::kPageBytes;
inline constexpr std::size_t kLedgerChunks = 512;  // 128 MiB; a heap stays below that

// Written by the owner of the heap.
struct LedgerShared {
  static constexpr std::size_t kDirectories = 32;
  std::atomic<std::uint32_t> directories[kDirectories];   // grants of the pages below; 0, which Xen keeps to itself: none
  std::atomic<std::uint32_t> generations[kLedgerChunks];  // changes when a chunk is granted anew; 0: it is not there
};
struct DirectoryShared {
  static constexpr std::size_t kChunks = kLedgerChunks / LedgerShared::kDirectories;
  std::atomic<std::uint32_t> references[kChunks][kPagesOfChunk];
};
static_assert(sizeof(LedgerShared) <= memory::kPageBytes && sizeof(DirectoryShared) == memory::kPageBytes);

// Whether a heap may grow by so many pages in a process that has granted `in_use` of the `limit` that its domain may: a
// quarter stays for further connections.
bool heap_may_grow(std::size_t pages, std::size_t in_use, std::size_t limit) noexcept;

class XenChunks final : public ChunkExchange {
 public:
  XenChunks(std::uint16_t peer_domid, Mapping own_ledger, Mapping peer_ledger) noexcept
      : peer_domid_(peer_domid), own_(std::move(own_ledger)), peer_(std::move(peer_ledger)) {}

  bool share(void* at, std::size_t first_chunk, std::size_t chunk_count) override;
  std::optional<Announcement> take() override;
  Mapped map(const Announcement& announcement, void* at) override;
  void take_back(std::size_t first_chunk, std::size_t chunk_count) noexcept override;
  std::size_t spare_chunks() const noexcept override { return 1; }
  bool children_inherit() const noexcept override { return false; }

 private:
  struct Directory {
    Mapping page;
    GrantedPages pages;
  };

  LedgerShared& own() const noexcept { return *static_cast<LedgerShared*>(own_.address()); }
  const LedgerShared& peer() const noexcept { return *static_cast<const LedgerShared*>(peer_.address()); }
  DirectoryShared& own_directory(std::size_t index);
  const DirectoryShared& peer_directory(std::size_t index);
  void share_one(void* at, std::size_t chunk);
  bool map_chunk(std::size_t chunk, void* at);

  const std::uint16_t peer_domid_;
  const Mapping own_, peer_;
  // Of this side's heap; its owner calls one function at a time.
  std::map<std::size_t, Directory> own_directories_;
  std::map<std::size_t, GrantedPages> granted_;
  std::uint32_t generation_ = 0;
  // Of the peer's.
  std::map<std::size_t, Mapping> peer_directories_;
  std::uint32_t taken_[kLedgerChunks] = {};
  std::size_t next_ = 0;
};

}  // namespace vmrpc::transport
