// SPDX-License-Identifier: BSD-3-Clause
// Memory that grows by bumping an address: in a frame first, then in heap blocks; or private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "memory/heap.hpp"

namespace vmrpc::placement {

class Arena {
 public:
  virtual ~Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Memory of that alignment (a power of two), not zeroed; null when there is none.
  void* allocate(std::size_t bytes, std::size_t align) {
    const std::uintptr_t at = (at_ + align - 1) & ~(align - 1);
    if (at > end_ || bytes > end_ - at || bytes == 0) return allocate_elsewhere(bytes, align);
    at_ = at + bytes;
    return reinterpret_cast<void*>(at);
  }

 protected:
  Arena() = default;
  // A new stretch to bump in, of at least `bytes` at `align`; or memory for just this.
  virtual void* allocate_elsewhere(std::size_t bytes, std::size_t align) = 0;
  void* restart(void* memory, std::size_t memory_bytes, std::size_t bytes, std::size_t align);
  // What bumping has come to.
  std::uintptr_t used_until() const noexcept { return at_; }
  // From the other end.
  void* allocate_at_end(std::size_t bytes, std::size_t align) {
    const std::uintptr_t at = (end_ - bytes) & ~(align - 1);
    if (bytes > end_ - at_ || at < at_ || bytes == 0) return allocate_elsewhere(bytes, align);
    end_ = at;
    return reinterpret_cast<void*>(at);
  }
  void use(std::span<unsigned char> memory) {
    at_ = reinterpret_cast<std::uintptr_t>(memory.data());
    end_ = at_ + memory.size();
  }

 private:
  std::uintptr_t at_ = 0, end_ = 0;
};

// Where a message is placed: `frame` (may be empty), then blocks of the shared heap, which are
// freed by release() or at the end.
class HeapArena : public Arena {
 public:
  explicit HeapArena(memory::Heap& heap, std::span<unsigned char> frame = {}) : heap_(heap) { use(frame); }
  ~HeapArena() override { release(); }
  // Frees the blocks: the peer is through with the message, or it was never sent.
  void release() noexcept;
  // The blocks, which are the caller's from now on (an answer outlives the routine that made it).
  std::vector<void*> take_blocks() noexcept { return std::move(blocks_); }
  bool used_heap() const noexcept { return !blocks_.empty(); }

 protected:
  // Memory was allocated that takes some microseconds to be filled.
  virtual void before_long_copy() {}

 private:
  void* allocate_elsewhere(std::size_t bytes, std::size_t align) override;

  static constexpr std::size_t kFirstBytes = 4096, kLongBytes = 64 * 1024;

  memory::Heap& heap_;
  std::vector<void*> blocks_;
  std::size_t next_bytes_ = kFirstBytes;
};

// Private memory for the checked part of a received value. Its stretches are in malloc memory.
class PrivateArena final : public Arena {
 public:
  PrivateArena();
  ~PrivateArena() override;
  std::span<const std::span<unsigned char>> stretches() const noexcept { return stretches_; }
  // The same for what holds no addresses, which is kept apart.
  void* allocate_apart(std::size_t bytes, std::size_t align) { return allocate_at_end(bytes, align); }
  // What there is in each but for that.
  template <typename Body>
  void for_each_used(const Body& body) const {
    for (std::size_t i = 0; i < stretches_.size(); ++i) {
      const bool is_last = i + 1 == stretches_.size();
      body(stretches_[i].data(), is_last ? used_until() - begin_of(stretches_[i]) : used_bytes_[i]);
    }
  }
  // All of it is what the program may read now (placement/fence.hpp).
  void close() noexcept;
  bool is_fenced() const noexcept { return is_fenced_; }

 private:
  void* allocate_elsewhere(std::size_t bytes, std::size_t align) override;
  void* allocate_fenced(std::size_t bytes, std::size_t align);
  bool make_fenced_room(std::size_t bytes);

  static std::uintptr_t begin_of(std::span<unsigned char> stretch) noexcept {
    return reinterpret_cast<std::uintptr_t>(stretch.data());
  }

  std::vector<std::span<unsigned char>> stretches_;
  std::vector<std::size_t> used_bytes_;  // of all but the last
  std::size_t next_bytes_ = 1024;
  const bool is_fenced_;
  std::span<unsigned char> fenced_;  // what is left of the last: Arena has nothing to bump in
};

}  // namespace vmrpc::placement
