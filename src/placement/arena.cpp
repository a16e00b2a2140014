// SPDX-License-Identifier: BSD-3-Clause
// Arenas over heap blocks and over malloc memory.
#include "config.h"

#include "placement/arena.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "placement/fence.hpp"

namespace vmrpc::placement {
namespace {

// Pieces of this size get memory of their own, so that bumping does not waste the rest of a stretch.
constexpr std::size_t kOwnBytes = 16 * 1024;
constexpr std::size_t kStretchBytesMax = 256 * 1024;

// What the heap keeps when it is free. More would be mapped and given back with every call, which takes
// longer than to send it as XDR: that goes through the stream while it is copied.
constexpr std::size_t kOwnBytesMax = memory::Heap::kKeepChunks * memory::kChunkBytes;

}  // namespace

void* Arena::restart(void* memory, std::size_t memory_bytes, std::size_t bytes, std::size_t align) {
  use({static_cast<unsigned char*>(memory), memory_bytes});
  return allocate(bytes, align);
}

// --- HeapArena

void* HeapArena::allocate_elsewhere(std::size_t bytes, std::size_t align) {
  if (bytes == 0) bytes = 1;
  // A value in the heap never refers to one in the frame, which goes earlier.
  if (blocks_.empty()) use({});
  const bool own = bytes >= kOwnBytes;
  if (bytes > kOwnBytesMax) return nullptr;
  const std::size_t block_bytes = own ? bytes : std::max(next_bytes_, bytes + align);
  void* const block = heap_.allocate(block_bytes, align);
  if (block == nullptr) return nullptr;
  blocks_.push_back(block);
  if (block_bytes >= kLongBytes) before_long_copy();
  if (own) return block;
  next_bytes_ = std::min(next_bytes_ * 2, kStretchBytesMax);
  return restart(block, block_bytes, bytes, align);
}

void HeapArena::release() noexcept {
  for (void* const block : blocks_) heap_.free(block);
  blocks_.clear();
  use({});
  next_bytes_ = kFirstBytes;
}

// --- PrivateArena

PrivateArena::PrivateArena() : is_fenced_(has_fences()) {}

PrivateArena::~PrivateArena() {
  for (const auto stretch : stretches_) {
    if (is_fenced_) forbid_all(stretch.data(), stretch.size());
    else std::free(stretch.data());
  }
}

void PrivateArena::close() noexcept {
  if (!is_fenced_) return;
  for (const auto stretch : stretches_) forbid_writing(stretch.data(), stretch.size());
}

void* PrivateArena::allocate_elsewhere(std::size_t bytes, std::size_t align) {
  if (bytes == 0) bytes = 1;
  if (is_fenced_) return allocate_fenced(bytes, align);
  const std::size_t stretch_bytes = std::max(next_bytes_, bytes + align);
  stretches_.reserve(stretches_.size() + 1);
  used_bytes_.reserve(stretches_.size());
  void* const memory = std::malloc(stretch_bytes);
  if (memory == nullptr) return nullptr;
  if (!stretches_.empty()) used_bytes_.push_back(used_until() - begin_of(stretches_.back()));
  stretches_.emplace_back(static_cast<unsigned char*>(memory), stretch_bytes);
  next_bytes_ = std::min(next_bytes_ * 2, kStretchBytesMax);
  return restart(memory, stretch_bytes, bytes, align);
}

bool PrivateArena::make_fenced_room(std::size_t bytes) {
  if (bytes <= fenced_.size()) return true;
  const std::size_t pages = (std::max(next_bytes_, bytes) + memory::kPageBytes - 1) / memory::kPageBytes;
  stretches_.reserve(stretches_.size() + 1);
  void* const memory = fenced_pages(pages * memory::kPageBytes);
  if (memory == nullptr) return false;
  fenced_ = stretches_.emplace_back(static_cast<unsigned char*>(memory), pages * memory::kPageBytes);
  next_bytes_ = std::min(next_bytes_ * 2, kStretchBytesMax);
  return true;
}

// Each piece with the word before it that free() finds, and aligned as it wants pieces to be.
void* PrivateArena::allocate_fenced(std::size_t bytes, std::size_t align) {
  align = std::max(align, alignof(std::max_align_t));
  constexpr std::size_t kBefore = sizeof kBeforePiece;
  if (!make_fenced_room(kBefore + align + bytes)) return nullptr;
  const std::size_t before = (begin_of(fenced_) + kBefore + align - 1) / align * align - begin_of(fenced_);
  unsigned char* const piece = fenced_.data() + before;
  std::memcpy(piece - kBefore, &kBeforePiece, kBefore);
  fenced_ = fenced_.subspan(before + bytes);
  return piece;
}

}  // namespace vmrpc::placement
