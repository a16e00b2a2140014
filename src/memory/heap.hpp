// SPDX-License-Identifier: BSD-3-Clause
// The shared heap: an allocator over a window that the peer reads. What it knows of its blocks is
// in private memory; the window holds nothing but blocks, so the peer can neither learn from the
// bookkeeping nor see it change.
//
// Pages of 4 KiB are handed out in spans. A span is cut into equal slots: many small ones, or one
// slot for all of it. Spans lie in chunks, which come from a ChunkSource when they are needed and
// go back in the call that empties them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/lock.hpp"
#include "memory/extent.hpp"
#include "memory/layout.hpp"

namespace vmrpc::memory {

inline constexpr std::size_t kChunkBytes = std::size_t{256} << 10;

// Where a heap's memory comes from. Called with the heap locked: must not call back into it.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  // Makes `count` chunks from `first_chunk` on zeroed and writable, for the peer readable. False:
  // not now; nothing has changed then.
  virtual bool grow(std::size_t first_chunk, std::size_t count) = 0;
  // These chunks hold no blocks any more.
  virtual void give_back(std::size_t first_chunk, std::size_t count) noexcept = 0;
};

struct HeapUse {
  std::size_t blocks = 0;
  std::size_t bytes = 0;         // of all blocks, rounded as they are
  std::size_t mapped_bytes = 0;  // of all chunks that the source has not got back
};

// All functions may be called from any thread.
class Heap {
 public:
  struct Block {
    unsigned char* address;
    std::size_t bytes;  // usable, at least what was asked for
  };
  class Pins;
  static constexpr std::size_t kUnit = 16;  // blocks are made of it

  // [base, base + bytes) in chunks that the source owns until asked for. Up to `keep_chunks` empty ones are kept,
  // so that a block that comes and goes with each call costs no system calls.
  static constexpr std::size_t kKeepChunks = 8;
  Heap(void* base, std::size_t bytes, ChunkSource& source, std::size_t keep_chunks = kKeepChunks);
  // Gives all chunks back; blocks and pins end with it.
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // A block that holds whatever was there, which the peer could read before. Aligned to 16 or, up
  // to a page, to `align` (a power of two). Null when the source refuses or the window is full.
  void* allocate(std::size_t bytes, std::size_t align = 16);
  void* allocate_zeroed(std::size_t bytes);
  // As realloc(3); what is added is zero. A pinned block moves: the peer may be reading it.
  // Null, and the block stays as it is, when there is no memory or it is not a block.
  void* reallocate(void* block, std::size_t bytes);
  // False when `block` is not the start of a live block. A pinned one is no longer live, but its
  // memory is not used again before the last pin goes.
  bool free(void* block);

  // Is the address in the window at all? No lock, no look at blocks.
  bool in_window(const void* address) const noexcept {
    return reinterpret_cast<std::uintptr_t>(address) - base_ < bytes_;
  }
  // The live block that the address lies in.
  std::optional<Block> find(const void* address) const;

  HeapUse use() const;
  // use().mapped_bytes, without a lock.
  std::size_t mapped_bytes() const noexcept { return mapped_bytes_.load(std::memory_order_relaxed); }
  // Do freed blocks wait for a pin to go? No lock either.
  bool has_deferred() const noexcept { return spans_with_deferred_.load(std::memory_order_relaxed) != 0; }
  void set_keep_chunks(std::size_t count);

 private:
  static constexpr std::size_t kClassCount = 24;
  static constexpr std::size_t kSlotsMax = 1024;
  static constexpr std::size_t kPagesPerChunk = kChunkBytes / kPageBytes;
  static constexpr std::uint8_t kWhole = 0xff;  // class of a span of one slot
  static_assert(kPagesPerChunk == 64, "a chunk's free pages are the bits of a word");

  using Bits = std::array<std::uint64_t, kSlotsMax / 64>;
  struct Span {
    std::size_t first_page = 0, page_count = 0;
    std::size_t slot_bytes = 0;
    std::uint32_t slot_count = 0, used = 0, fresh = 0;  // slots from `fresh` on were never used
    std::uint32_t reciprocal = 0;                       // of slot_bytes / 16, for find()
    std::uint32_t pins = 0;
    std::uint64_t pinned_by = 0;  // the last Pins to do so
    std::uint8_t size_class = kWhole;
    bool has_deferred = false;
    std::vector<std::uint16_t> free_slots;  // last freed last
    Bits live{}, deferred{};                // deferred: freed while pinned
    Span *previous = nullptr, *next = nullptr;  // those of its class with free slots
  };
  struct Slot {
    Span* span;
    std::uint32_t index;
  };

  static std::size_t class_of(std::size_t bytes);
  static bool has(const Bits& bits, std::uint32_t index) {
    return (bits[index / 64] >> (index % 64) & 1) != 0;
  }

  std::uintptr_t page_address(std::size_t page) const { return base_ + page * kPageBytes; }
  unsigned char* slot_address(const Slot& slot) const;
  std::optional<Slot> slot_at(const void* address) const;
  std::optional<Slot> live_slot_at(const void* address) const;
  std::optional<Block> live_block(const void* address, bool& pinned) const;

  void* allocate_slot(std::size_t size_class);
  void* allocate_whole(std::size_t bytes);
  void free_slot(const Slot& slot);
  void flush_deferred(Span& span);

  Span* new_span(std::size_t pages, std::uint8_t size_class, std::size_t slot_bytes);
  void end_span(Span& span);
  void offer(Span& span);
  void withdraw(Span& span);

  std::optional<std::size_t> take_pages(std::size_t count);
  std::optional<std::size_t> find_pages(std::size_t count) const;
  std::optional<std::size_t> find_in_chunk(std::size_t count) const;
  std::optional<std::size_t> find_across(std::size_t count) const;
  bool are_free(std::size_t page, std::size_t count) const;
  void mark(std::size_t page, std::size_t count, bool is_free);
  void free_pages(std::size_t page, std::size_t count);
  bool grow(std::size_t pages);
  void trim();
  void give_back(std::size_t first_chunk, std::size_t count);

  const std::uintptr_t base_;
  const std::size_t bytes_;
  ChunkSource& source_;
  mutable Lock lock_;
  std::size_t keep_chunks_;
  std::vector<std::uint64_t> free_pages_;  // a word per chunk; unmapped chunks have none
  std::vector<bool> mapped_;
  std::size_t empty_chunks_ = 0;
  std::unique_ptr<Span*, void (*)(void*)> owners_;  // per page, null where free
  std::array<Span*, kClassCount> with_free_slots_{};
  Span* spare_ = nullptr;  // the one span without blocks that is kept
  std::vector<std::unique_ptr<Span>> unused_spans_;
  std::size_t last_freed_page_ = 0, last_freed_count_ = 0;
  std::uint64_t last_pins_ = 0;
  std::size_t used_blocks_ = 0, used_bytes_ = 0;
  std::atomic<std::size_t> mapped_bytes_{0}, spans_with_deferred_{0};
};

// The blocks that one message refers to. They stay where they are until release(), whoever frees
// them. One thread at a time.
//
// What is pinned are spans: a free beside a pinned block waits too. That makes pinning a list of
// a thousand nodes a look at a small private table for each.
class Heap::Pins {
 public:
  explicit Pins(Heap& heap) noexcept : heap_(&heap) {}
  Pins(Pins&& other) noexcept
      : heap_(other.heap_), id_(other.id_), spans_(std::move(other.spans_)), known_(other.known_) {
    other.spans_.clear();
    other.known_ = {};
  }
  Pins& operator=(Pins&&) = delete;
  ~Pins() { release(); }

  // Memory from `address` on that is pinned: its bytes up to the end of its span; 0 when that is
  // not in a live block (or not in the window at all).
  std::size_t pin(const void* address) {
    if (!heap_->in_window(address)) return 0;
    return pin_around(address).room(reinterpret_cast<std::uintptr_t>(address));
  }
  // All of that span, for an address in the window; when it is not in a live block, no bytes from there on.
  Extent pin_around(const void* address) {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    const Extent& known = known_[at / kPageBytes % known_.size()];
    if (known.holds(at)) return known;
    return pin_unknown(address);
  }
  void release() noexcept;
  std::size_t count() const noexcept { return spans_.size(); }
  std::uintptr_t window() const noexcept { return heap_->base_; }
  std::size_t window_bytes() const noexcept { return heap_->bytes_; }
  std::size_t mapped_bytes() const { return heap_->mapped_bytes(); }

 private:
  Extent pin_unknown(const void* address);

  Heap* heap_;
  std::uint64_t id_ = 0;
  std::vector<Span*> spans_;
  std::array<Extent, 16> known_{};  // such spans cannot go
};

}  // namespace vmrpc::memory
