// SPDX-License-Identifier: BSD-3-Clause
// This side's shared heap of one association: its chunks, and what of it the peer still uses.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "memory/heap.hpp"
#include "memory/window.hpp"
#include "placement/held.hpp"
#include "transport/transport.hpp"

namespace vmrpc::association {

// Blocks of a heap outlive the association, so the heap and where its chunks came from do, too.
class OwnHeap final : private memory::ChunkSource {
 public:
  OwnHeap(memory::Window window, transport::ChunkExchange& exchange, memory::ChunksShared& shared);

  memory::Heap& heap() noexcept { return heap_; }
  const memory::Window& window() const noexcept { return window_; }
  // The association is over: what is there can still be used, nothing is added.
  void close() noexcept;

 private:
  bool grow(std::size_t first_chunk, std::size_t count) override;
  void give_back(std::size_t first_chunk, std::size_t count) noexcept override;
  void tell(std::size_t first_chunk, std::size_t count, bool present) noexcept;

  memory::Window window_;
  const std::uint64_t process_;
  std::mutex mutex_;
  transport::ChunkExchange* exchange_;  // both null once closed
  memory::ChunksShared* shared_;
  memory::Heap heap_;  // last: it gives its chunks back when it ends
};

// What one message refers to, for as long as the peer may look at it.
struct SentMessage {
  std::vector<void*> blocks;
  memory::Heap::Pins pins;
  std::unique_ptr<placement::Held::Holds> holds;
};

// The messages that the peer has not released yet. Any thread.
class SentMessages {
 public:
  SentMessages(memory::Heap& heap, const memory::ReleasesShared& releases, memory::TakenShared& taken) noexcept
      : heap_(heap), releases_(releases), taken_(taken) {}
  ~SentMessages() { forget_all(); }

  void add(std::uint32_t number, SentMessage message);
  // Takes up what the peer has released. Throws PeerFault for what it never got.
  void take_releases();
  // The peer is gone.
  void forget_all() noexcept;
  bool empty() const noexcept { return messages_.empty(); }

 private:
  void end(SentMessage& message) noexcept;

  memory::Heap& heap_;
  const memory::ReleasesShared& releases_;
  memory::TakenShared& taken_;
  std::unordered_map<std::uint32_t, SentMessage> messages_;
  std::uint32_t count_ = 0;
};

}  // namespace vmrpc::association
