// SPDX-License-Identifier: BSD-3-Clause
// Following the peer's chunks; releasing its messages.
#include "config.h"

#include "association/peer_heap.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <mutex>

#include "base/boundary.hpp"
#include "base/process.hpp"
#include "memory/fault.hpp"
#include "memory/heap.hpp"
#include "placement/held.hpp"

namespace vmrpc::association {

using memory::kChunkBytes;

PeerHeap::PeerHeap(memory::Window window)
    : window_(std::move(window)), chunk_count_(std::min(window_.heap_bytes() / kChunkBytes, memory::kMostChunks)) {}

void PeerHeap::sync(transport::ChunkExchange& exchange, const memory::ChunksShared& shared) {
  // Pairs with OwnHeap::tell(): what is announced before the epoch changes is there.
  const std::uint32_t epoch = shared.epoch.load(std::memory_order_acquire);
  const bool has_changed = epoch != epoch_;
  if (!has_changed && !may_drop_) return;
  epoch_ = epoch;
  // Where the program holds values in place, nothing goes, whatever the peer says.
  may_drop_ = placement::Held::instance().messages(this) != 0;
  if (!may_drop_) drop_absent(shared);
  if (!has_changed) return;
  constexpr int kMostAtOnce = 1024;  // a peer cannot keep us here
  for (int i = 0; i < kMostAtOnce; ++i) {
    const auto announcement = exchange.take();
    if (!announcement) return;
    map(exchange, *announcement);
  }
}

void PeerHeap::drop_absent(const memory::ChunksShared& shared) {
  for (std::size_t chunk = 0; chunk < chunk_count_; ++chunk) {
    if (!is_mapped(chunk)) continue;
    const std::uint64_t present = shared.present[chunk / 64].load(std::memory_order_relaxed);
    if ((present >> (chunk % 64) & 1) != 0) continue;
    memory::reserve_again(window_.heap() + chunk * kChunkBytes, kChunkBytes);
    set_mapped(chunk, false);
  }
}

void PeerHeap::map(transport::ChunkExchange& exchange, const transport::ChunkExchange::Announcement& announcement) {
  const std::size_t first = announcement.first_chunk, count = announcement.chunk_count;
  if (first >= chunk_count_ || count == 0 || count > chunk_count_ - first) throw memory::PeerFault("place of a chunk");
  using Mapped = transport::ChunkExchange::Mapped;
  const Mapped mapped = exchange.map(announcement, window_.heap() + first * kChunkBytes);
  if (mapped == Mapped::kNo) throw memory::PeerFault("kind of a chunk");
  for (std::size_t chunk = first; chunk < first + count; ++chunk) set_mapped(chunk, mapped == Mapped::kYes);
}

void PeerHeap::set_mapped(std::size_t chunk, bool mapped) noexcept {
  recent_ = {};
  if (mapped != is_mapped(chunk)) mapped_count_ += mapped ? 1 : -1;
  const std::uint64_t bit = std::uint64_t{1} << (chunk % 64);
  mapped_[chunk / 64] = mapped ? mapped_[chunk / 64] | bit : mapped_[chunk / 64] & ~bit;
}

placement::Stretch PeerHeap::stretch_at(std::uintptr_t address) noexcept {
  const auto base = reinterpret_cast<std::uintptr_t>(window_.heap());
  const std::size_t chunk = (address - base) / kChunkBytes;
  if (address < base || chunk >= chunk_count_ || !is_mapped(chunk)) return {};
  return recent_ = {base + run_begin(chunk) * kChunkBytes, base + run_end(chunk) * kChunkBytes, true};
}

// The first of the mapped chunks that a mapped one is among; a word of 64 at a time.
std::size_t PeerHeap::run_begin(std::size_t chunk) const noexcept {
  std::size_t word = chunk / 64;
  std::uint64_t absent = ~mapped_[word] << (63 - chunk % 64) >> (63 - chunk % 64);
  while (absent == 0 && word != 0) absent = ~mapped_[--word];
  return absent == 0 ? 0 : word * 64 + 64 - static_cast<unsigned>(std::countl_zero(absent));
}

// The first behind them.
std::size_t PeerHeap::run_end(std::size_t chunk) const noexcept {
  std::size_t word = chunk / 64;
  std::uint64_t absent = ~mapped_[word] >> (chunk % 64) << (chunk % 64);
  while (absent == 0 && ++word < std::size(mapped_)) absent = ~mapped_[word];
  if (absent == 0) return chunk_count_;
  return std::min(chunk_count_, word * 64 + static_cast<unsigned>(std::countr_zero(absent)));
}

void PeerHeap::let_go() noexcept {
  placement::Held& held = placement::Held::instance();
  const bool is_held = held.messages(this) != 0;
  c_boundary(
      [&] {
        for (std::size_t chunk = 0; chunk < chunk_count_; ++chunk) {
          if (!is_mapped(chunk)) continue;
          unsigned char* const at = window_.heap() + chunk * kChunkBytes;
          if (is_held) placement::replace_by_private_copy(at, kChunkBytes);
          else memory::reserve_again(at, kChunkBytes);
          set_mapped(chunk, false);
        }
        held.note_copied_out(this);
      },
      [](clnt_stat, int) {});
}

Releases::Releases(memory::ReleasesShared& own, const memory::TakenShared& peer)
    : own_(&own), peer_(&peer), process_(process_token()) {}

// In a forked child nobody is told: the peer's memory is the parent's to release.
void Releases::release(std::uint32_t number) {
  if (!is_this_process(process_)) return;
  const std::lock_guard hold(lock_);
  constexpr std::size_t kMost = 65536;  // a peer that never takes what is released loses it
  if (own_ == nullptr || backlog_.size() >= kMost) return;
  if (backlog_.empty() && has_room()) return tell(number);
  backlog_.push_back(number);
  flush();
}

bool Releases::has_room() noexcept {
  if (count_ - taken_ < memory::kReleaseSlots) return true;
  taken_ = peer_->count.load(std::memory_order_acquire);
  return count_ - taken_ < memory::kReleaseSlots;
}

void Releases::tell(std::uint32_t number) noexcept {
  own_->frames[count_ % memory::kReleaseSlots].store(number, std::memory_order_relaxed);
  own_->count.store(++count_, std::memory_order_release);
}

void Releases::flush() noexcept {
  std::size_t told = 0;
  while (told < backlog_.size() && has_room()) tell(backlog_[told++]);
  backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(told));
}

void Releases::close() noexcept {
  const std::lock_guard hold(lock_);
  own_ = nullptr;
  peer_ = nullptr;
}

}  // namespace vmrpc::association
