// SPDX-License-Identifier: BSD-3-Clause
// This side's shared heap of one association: its chunks, and what of it the peer still uses.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/counters.hpp"
#include "memory/heap.hpp"
#include "memory/window.hpp"
#include "placement/held.hpp"
#include "transport/transport.hpp"

namespace vmrpc::association {

// Blocks of a heap outlive the association, so the heap and where its chunks came from do, too.
class OwnHeap final : private memory::ChunkSource {
 public:
  // `chunks_held` counts them until close().
  OwnHeap(memory::Window window, transport::ChunkExchange& exchange, memory::ChunksShared& shared,
          Counter& chunks_held);

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
  Counter& chunks_held_;                // with the lock, and not once closed
  memory::Heap heap_;  // last: it gives its chunks back when it ends
};

// What one message refers to, for as long as the peer may look at it.
struct SentMessage {
  explicit SentMessage(memory::Heap& heap) noexcept : pins(heap) {}
  std::vector<void*> blocks;
  memory::Heap::Pins pins;
  std::optional<placement::Held::Holds> holds;
};

// The messages that the peer has not released yet. One thread at a time.
class SentMessages {
 public:
  SentMessages(memory::Heap& heap, const memory::ReleasesShared& releases, memory::TakenShared& taken) noexcept
      : heap_(heap), releases_(releases), taken_(taken) {}
  ~SentMessages() { forget_all(); }

  using Message = std::unique_ptr<SentMessage>;
  // An empty message to be filled, then given to add() or give_up(). Null: too many are not released.
  Message make();
  void add(std::uint32_t number, Message message) noexcept;
  void give_up(Message message) noexcept;

  // Takes up what the peer has released. Throws PeerFault for what it never got.
  void take_releases() {
    if (!messages_.empty()) take_some();
  }
  // The same when memory waits for it: what was sent by address alone can wait until there is time.
  void take_releases_of_memory() {
    if (blocks_ != 0 || heap_.has_deferred() || messages_.size() >= kMany) take_releases();
  }
  // The peer is gone.
  void forget_all() noexcept;
  bool empty() const noexcept { return messages_.empty(); }

 private:
  static constexpr std::size_t kMany = 64, kMost = 4096, kSpare = 8;
  struct Entry {
    std::uint32_t number;
    Message message;
  };

  void take_some();
  void end(std::uint32_t number);

  memory::Heap& heap_;
  const memory::ReleasesShared& releases_;
  memory::TakenShared& taken_;
  std::vector<Entry> messages_;  // as they were sent: what is released is mostly among the first
  std::vector<Message> spare_;   // used again with the memory that they have
  std::size_t blocks_ = 0;       // of all messages
  std::uint32_t count_ = 0;
};

}  // namespace vmrpc::association
