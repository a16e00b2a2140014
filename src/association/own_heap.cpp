// SPDX-License-Identifier: BSD-3-Clause
// Growing and shrinking the own heap; releases.
#include "config.h"

#include "association/own_heap.hpp"

#include "base/process.hpp"
#include "memory/fault.hpp"

namespace vmrpc::association {

OwnHeap::OwnHeap(memory::Window window, transport::ChunkExchange& exchange, memory::ChunksShared& shared)
    : window_(std::move(window)),
      process_(process_token()),
      exchange_(&exchange),
      shared_(&shared),
      heap_(window_.heap(), window_.heap_bytes(), *this, exchange.spare_chunks()) {}

void OwnHeap::close() noexcept {
  const std::lock_guard lock(mutex_);
  exchange_ = nullptr;
  shared_ = nullptr;
}

bool OwnHeap::grow(std::size_t first_chunk, std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (exchange_ == nullptr || !is_this_process(process_)) return false;
  if (!exchange_->share(window_.heap() + first_chunk * memory::kChunkBytes, first_chunk, count)) return false;
  tell(first_chunk, count, true);
  return true;
}

void OwnHeap::give_back(std::size_t first_chunk, std::size_t count) noexcept {
  const std::lock_guard lock(mutex_);
  // A forked child gives back its own mapping alone: the region is its parent's to write.
  if (shared_ != nullptr && is_this_process(process_)) {
    tell(first_chunk, count, false);
    exchange_->take_back(first_chunk, count);
  }
  memory::reserve_again(window_.heap() + first_chunk * memory::kChunkBytes, count * memory::kChunkBytes);
}

// The peer looks here when it next receives: nobody is woken for it.
void OwnHeap::tell(std::size_t first_chunk, std::size_t count, bool present) noexcept {
  for (std::size_t chunk = first_chunk; chunk < first_chunk + count; ++chunk) {
    std::atomic<std::uint64_t>& word = shared_->present[chunk / 64];
    const std::uint64_t bit = std::uint64_t{1} << (chunk % 64), bits = word.load(std::memory_order_relaxed);
    word.store(present ? bits | bit : bits & ~bit, std::memory_order_relaxed);
  }
  // Pairs with PeerHeap::sync().
  shared_->epoch.store(shared_->epoch.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void SentMessages::add(std::uint32_t number, SentMessage message) { messages_.emplace(number, std::move(message)); }

void SentMessages::end(SentMessage& message) noexcept {
  message.pins.release();
  for (void* const block : message.blocks) heap_.free(block);
}

void SentMessages::take_releases() {
  const std::uint32_t count = releases_.count.load(std::memory_order_acquire);
  if (count == count_) return;
  if (count - count_ > memory::kReleaseSlots) throw memory::PeerFault("count of releases");
  while (count_ != count) {
    const auto at = messages_.find(releases_.frames[count_ % memory::kReleaseSlots].load(std::memory_order_relaxed));
    if (at == messages_.end()) throw memory::PeerFault("release of what was not sent");
    end(at->second);
    messages_.erase(at);
    ++count_;
  }
  taken_.count.store(count_, std::memory_order_release);
}

void SentMessages::forget_all() noexcept {
  for (auto& [number, message] : messages_) end(message);
  messages_.clear();
}

}  // namespace vmrpc::association
