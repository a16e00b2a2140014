// SPDX-License-Identifier: BSD-3-Clause
// The shared heap: slots and spans. Pages and chunks are in heap_pages.cpp.
#include "config.h"

#include "memory/heap.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace vmrpc::memory {
namespace {

constexpr std::size_t kUnit = Heap::kUnit;
constexpr std::size_t kSlabPages = 4;

// Four sizes between one power of two and the next; below 128 every multiple of 16.
constexpr std::array<std::uint16_t, 24> kSlotBytes = {
    16,  32,  48,  64,  80,  96,  112, 128, 160,  192,  224,  256,
    320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048};
constexpr std::size_t kSlotBytesMax = kSlotBytes.back();

// The class of each size, in units.
constexpr auto kClassOfUnits = [] {
  std::array<std::uint8_t, kSlotBytesMax / kUnit + 1> table{};
  std::uint8_t size_class = 0;
  for (std::size_t units = 0; units < table.size(); ++units) {
    if (units * kUnit > kSlotBytes[size_class]) ++size_class;
    table[units] = size_class;
  }
  return table;
}();

// Multiplying a number of units within a span by this and shifting divides it by slot_bytes.
constexpr unsigned kReciprocalShift = 20;
constexpr std::uint32_t reciprocal(std::size_t slot_bytes) {
  const std::size_t units = slot_bytes / kUnit;
  return static_cast<std::uint32_t>(((std::size_t{1} << kReciprocalShift) + units - 1) / units);
}

constexpr bool reciprocals_are_exact() {
  for (const std::size_t slot_bytes : kSlotBytes)
    for (std::size_t units = 0; units < kSlabPages * kPageBytes / kUnit; ++units)
      if ((units * reciprocal(slot_bytes)) >> kReciprocalShift != units / (slot_bytes / kUnit)) return false;
  return true;
}
static_assert(reciprocals_are_exact());

// A size whose blocks are aligned so: slots of a power of two are aligned to their size, whole spans to a page.
std::size_t aligned_size(std::size_t bytes, std::size_t align) {
  bytes = std::max(bytes, align);
  return bytes <= kSlotBytesMax ? std::bit_ceil(bytes) : bytes;
}

constexpr std::size_t kUnusedSpansMax = 64;

}  // namespace

Heap::Heap(void* base, std::size_t bytes, ChunkSource& source, std::size_t keep_chunks)
    : base_(reinterpret_cast<std::uintptr_t>(base)),
      bytes_(bytes / kChunkBytes * kChunkBytes),
      source_(source),
      keep_chunks_(keep_chunks),
      free_pages_(bytes_ / kChunkBytes),
      mapped_(bytes_ / kChunkBytes),
      // calloc of much memory takes nothing before it is written to.
      owners_(static_cast<Span**>(std::calloc(bytes_ / kPageBytes + 1, sizeof(Span*))), std::free) {
  if (owners_ == nullptr) throw std::bad_alloc();
  unused_spans_.reserve(kUnusedSpansMax);  // so that freeing allocates nothing
}

Heap::~Heap() {
  for (std::size_t page = 0; page < bytes_ / kPageBytes;) {
    if (page % kPagesPerChunk == 0 && !mapped_[page / kPagesPerChunk]) {
      page += kPagesPerChunk;
      continue;
    }
    Span* const span = owners_.get()[page];
    page += span == nullptr ? 1 : span->page_count;
    delete span;
  }
  for (std::size_t chunk = 0; chunk < mapped_.size(); ++chunk)
    if (mapped_[chunk]) source_.give_back(chunk, 1);
}

std::size_t Heap::class_of(std::size_t bytes) { return kClassOfUnits[(bytes + kUnit - 1) / kUnit]; }

unsigned char* Heap::slot_address(const Slot& slot) const {
  return reinterpret_cast<unsigned char*>(page_address(slot.span->first_page) +
                                          slot.index * slot.span->slot_bytes);
}

std::optional<Heap::Slot> Heap::slot_at(const void* address) const {
  if (!in_window(address)) return std::nullopt;
  const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(address);
  Span* const span = owners_.get()[(at - base_) / kPageBytes];
  if (span == nullptr) return std::nullopt;
  if (span->size_class == kWhole) return Slot{span, 0};
  const std::size_t units = (at - page_address(span->first_page)) / kUnit;
  const auto index = static_cast<std::uint32_t>((units * span->reciprocal) >> kReciprocalShift);
  if (index >= span->slot_count) return std::nullopt;
  return Slot{span, index};
}

std::optional<Heap::Slot> Heap::live_slot_at(const void* address) const {
  const std::optional<Slot> slot = slot_at(address);
  if (!slot || !has(slot->span->live, slot->index)) return std::nullopt;
  return slot;
}

// --- allocating

void* Heap::allocate(std::size_t bytes, std::size_t align) {
  bytes = std::max(bytes, std::size_t{1});
  if (align > kUnit) bytes = aligned_size(bytes, align);
  const std::lock_guard hold(lock_);
  return bytes <= kSlotBytesMax ? allocate_slot(class_of(bytes)) : allocate_whole(bytes);
}

void* Heap::allocate_zeroed(std::size_t bytes) {
  void* const block = allocate(bytes);
  if (block == nullptr) return nullptr;
  // All of the slot: what reallocate() adds later has to be zero as well.
  const std::optional<Block> whole = find(block);
  std::memset(block, 0, whole ? whole->bytes : bytes);
  return block;
}

void* Heap::allocate_slot(std::size_t size_class) {
  Span* span = with_free_slots_[size_class];
  if (span == nullptr) {
    span = new_span(kSlabPages, static_cast<std::uint8_t>(size_class), kSlotBytes[size_class]);
    if (span == nullptr) return nullptr;
    offer(*span);
  }
  std::uint32_t index = span->fresh;
  if (!span->free_slots.empty()) {
    index = span->free_slots.back();
    span->free_slots.pop_back();
  } else {
    ++span->fresh;
  }
  span->live[index / 64] |= std::uint64_t{1} << (index % 64);
  if (span == spare_) spare_ = nullptr;
  if (++span->used == span->slot_count) withdraw(*span);
  ++used_blocks_;
  used_bytes_ += span->slot_bytes;
  return slot_address({span, index});
}

void* Heap::allocate_whole(std::size_t bytes) {
  if (bytes > bytes_) return nullptr;
  const std::size_t pages = (bytes + kPageBytes - 1) / kPageBytes;
  Span* const span = new_span(pages, kWhole, pages * kPageBytes);
  if (span == nullptr) return nullptr;
  span->live[0] = span->used = 1;
  ++used_blocks_;
  used_bytes_ += span->slot_bytes;
  return slot_address({span, 0});
}

void* Heap::reallocate(void* block, std::size_t bytes) {
  if (block == nullptr) return allocate_zeroed(bytes);
  bool pinned = false;
  const std::optional<Block> old = live_block(block, pinned);
  if (!old || old->address != block) return nullptr;
  if (!pinned && bytes <= old->bytes && bytes >= old->bytes / 2) return block;
  void* const moved = allocate_zeroed(bytes);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(bytes, old->bytes));
  free(block);
  return moved;
}

// --- freeing

bool Heap::free(void* block) {
  const std::lock_guard hold(lock_);
  const std::optional<Slot> slot = live_slot_at(block);
  if (!slot || slot_address(*slot) != block) return false;
  Span& span = *slot->span;
  const std::uint64_t bit = std::uint64_t{1} << (slot->index % 64);
  span.live[slot->index / 64] &= ~bit;
  if (span.pins != 0) {
    span.deferred[slot->index / 64] |= bit;
    if (!std::exchange(span.has_deferred, true)) ++spans_with_deferred_;
    return true;
  }
  free_slot(*slot);
  trim();
  return true;
}

void Heap::free_slot(const Slot& slot) {
  Span& span = *slot.span;
  --used_blocks_;
  used_bytes_ -= span.slot_bytes;
  const bool was_full = span.used-- == span.slot_count;
  if (span.size_class == kWhole) {
    end_span(span);
    return;
  }
  span.free_slots.push_back(static_cast<std::uint16_t>(slot.index));
  if (was_full) offer(span);
  if (span.used != 0) return;
  Span* const old_spare = std::exchange(spare_, &span);
  if (old_spare != nullptr) {
    withdraw(*old_spare);
    end_span(*old_spare);
  }
}

void Heap::flush_deferred(Span& span) {
  span.has_deferred = false;
  --spans_with_deferred_;
  // The last of them may end the span.
  const Bits deferred = std::exchange(span.deferred, Bits{});
  for (std::size_t word = 0; word < deferred.size(); ++word)
    for (std::uint64_t bits = deferred[word]; bits != 0; bits &= bits - 1)
      free_slot({&span, static_cast<std::uint32_t>(word * 64) +
                            static_cast<std::uint32_t>(std::countr_zero(bits))});
}

// --- spans

Heap::Span* Heap::new_span(std::size_t pages, std::uint8_t size_class, std::size_t slot_bytes) {
  if (unused_spans_.empty()) unused_spans_.push_back(std::make_unique<Span>());
  const auto slot_count = static_cast<std::uint32_t>(pages * kPageBytes / slot_bytes);
  if (size_class != kWhole) unused_spans_.back()->free_slots.reserve(slot_count);
  const std::optional<std::size_t> first = take_pages(pages);
  if (!first) return nullptr;
  std::unique_ptr<Span> span = std::move(unused_spans_.back());
  unused_spans_.pop_back();
  span->first_page = *first;
  span->page_count = pages;
  span->slot_bytes = slot_bytes;
  span->size_class = size_class;
  span->slot_count = slot_count;
  span->reciprocal = size_class == kWhole ? 0 : reciprocal(slot_bytes);
  std::fill_n(owners_.get() + *first, pages, span.get());
  return span.release();
}

void Heap::end_span(Span& span) {
  std::fill_n(owners_.get() + span.first_page, span.page_count, nullptr);
  const std::size_t page = span.first_page;
  const std::size_t count = span.page_count;
  std::vector<std::uint16_t> slots = std::move(span.free_slots);
  slots.clear();
  span = Span{};
  span.free_slots = std::move(slots);
  if (unused_spans_.size() < kUnusedSpansMax) unused_spans_.emplace_back(&span);
  else delete &span;
  free_pages(page, count);
}

void Heap::offer(Span& span) {
  Span*& first = with_free_slots_[span.size_class];
  span.previous = nullptr;
  span.next = first;
  if (first != nullptr) first->previous = &span;
  first = &span;
}

void Heap::withdraw(Span& span) {
  if (span.previous != nullptr) span.previous->next = span.next;
  else with_free_slots_[span.size_class] = span.next;
  if (span.next != nullptr) span.next->previous = span.previous;
  span.previous = span.next = nullptr;
}

// --- looking

std::optional<Heap::Block> Heap::live_block(const void* address, bool& pinned) const {
  const std::lock_guard hold(lock_);
  const std::optional<Slot> slot = live_slot_at(address);
  if (!slot) return std::nullopt;
  pinned = slot->span->pins != 0;
  return Block{slot_address(*slot), slot->span->slot_bytes};
}

std::optional<Heap::Block> Heap::find(const void* address) const {
  bool pinned;
  return live_block(address, pinned);
}

HeapUse Heap::use() const {
  const std::lock_guard hold(lock_);
  return {used_blocks_, used_bytes_, mapped_bytes()};
}

// --- pins

Extent Heap::Pins::pin_unknown(const void* address) {
  const std::lock_guard hold(heap_->lock_);
  const std::optional<Slot> slot = heap_->live_slot_at(address);
  if (!slot) return {reinterpret_cast<std::uintptr_t>(address), 0};
  Span& span = *slot->span;
  if (id_ == 0) id_ = ++heap_->last_pins_;
  if (span.pinned_by != id_) {
    spans_.push_back(&span);
    span.pinned_by = id_;
    ++span.pins;
  }
  const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(address);
  const std::uintptr_t begin = heap_->page_address(span.first_page);
  return known_[at / kPageBytes % known_.size()] = {begin, span.page_count * kPageBytes};
}

void Heap::Pins::release() noexcept {
  if (spans_.empty()) return;
  const std::lock_guard hold(heap_->lock_);
  bool has_freed = false;
  for (Span* const span : spans_) {
    if (--span->pins != 0 || !span->has_deferred) continue;
    heap_->flush_deferred(*span);
    has_freed = true;
  }
  spans_.clear();
  known_ = {};
  id_ = 0;
  if (has_freed) heap_->trim();
}

}  // namespace vmrpc::memory
