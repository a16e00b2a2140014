// SPDX-License-Identifier: BSD-3-Clause
// The peer's heap as it is mapped here, and what of it we are through with.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/lock.hpp"
#include "memory/layout.hpp"
#include "memory/window.hpp"
#include "placement/receive.hpp"
#include "transport/transport.hpp"

namespace vmrpc::association {

// Values that the program holds in place keep it mapped, also when the association is over.
class PeerHeap {
 public:
  explicit PeerHeap(memory::Window window);

  const memory::Window& window() const noexcept { return window_; }
  // Takes over which chunks the peer has. Throws PeerFault when it says what cannot be.
  void sync(transport::ChunkExchange& exchange, const memory::ChunksShared& shared);
  // The longest row of mapped chunks around an address, empty when its own is none.
  placement::Stretch stretch_at(std::uintptr_t address) noexcept;
  // What was asked for last.
  const placement::Stretch& recent() const noexcept { return recent_; }
  std::size_t mapped_bytes() const noexcept { return static_cast<std::size_t>(mapped_count_) * memory::kChunkBytes; }
  // Unmaps all. What the program holds in place stays where it is, in private memory, as far as there is any.
  void let_go() noexcept;

 private:
  bool is_mapped(std::size_t chunk) const noexcept { return (mapped_[chunk / 64] >> (chunk % 64) & 1) != 0; }
  void set_mapped(std::size_t chunk, bool mapped) noexcept;
  std::size_t run_begin(std::size_t chunk) const noexcept;
  std::size_t run_end(std::size_t chunk) const noexcept;
  void drop_absent(const memory::ChunksShared& shared);
  void map(transport::ChunkExchange& exchange, const transport::ChunkExchange::Announcement& announcement);

  memory::Window window_;
  std::size_t chunk_count_;
  std::uint64_t mapped_[memory::kMostChunks / 64] = {};
  int mapped_count_ = 0;
  placement::Stretch recent_;  // none: what is mapped has changed since
  std::uint32_t epoch_ = 0;
  bool may_drop_ = false;  // of what is mapped, some may be gone on the peer's side
};

// Tells the peer which of its messages nobody looks at any more. Any thread, and also when the
// association is over: then nobody has to be told.
class Releases {
 public:
  Releases(memory::ReleasesShared& own, const memory::TakenShared& peer);

  void release(std::uint32_t number);
  void close() noexcept;

 private:
  void flush() noexcept;
  bool has_room() noexcept;
  void tell(std::uint32_t number) noexcept;

  Lock lock_;
  memory::ReleasesShared* own_;  // null once closed
  const memory::TakenShared* peer_;
  const std::uint64_t process_;
  std::uint32_t count_ = 0;
  std::uint32_t taken_ = 0;  // what the peer had taken when that was last asked
  std::vector<std::uint32_t> backlog_;  // the ring is full: the peer has not looked for long
};

}  // namespace vmrpc::association
