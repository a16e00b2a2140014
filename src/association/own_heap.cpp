// SPDX-License-Identifier: BSD-3-Clause
// Growing and shrinking the own heap; releases.
#include "config.h"

#include "association/own_heap.hpp"

#include <algorithm>
#include <utility>

#include "base/process.hpp"
#include "memory/fault.hpp"

namespace vmrpc::association {

OwnHeap::OwnHeap(memory::Window window, transport::ChunkExchange& exchange, memory::ChunksShared& shared,
                 Counter& chunks_held)
    : window_(std::move(window)),
      process_(process_token()),
      exchange_(&exchange),
      shared_(&shared),
      chunks_held_(chunks_held),
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
  chunks_held_.add(count);
  return true;
}

void OwnHeap::give_back(std::size_t first_chunk, std::size_t count) noexcept {
  const std::lock_guard lock(mutex_);
  // A forked child gives back its own mapping alone: the region is its parent's to write.
  if (shared_ != nullptr && is_this_process(process_)) {
    tell(first_chunk, count, false);
    chunks_held_.take_back(count);
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

// Here, so that sending itself needs no memory.
SentMessages::Message SentMessages::make() {
  if (messages_.size() == kMost) return nullptr;
  messages_.reserve(messages_.size() + 1);
  spare_.reserve(kSpare);
  if (spare_.empty()) return std::make_unique<SentMessage>(heap_);
  Message message = std::move(spare_.back());
  spare_.pop_back();
  return message;
}

void SentMessages::add(std::uint32_t number, Message message) noexcept {
  blocks_ += message->blocks.size();
  messages_.push_back({number, std::move(message)});
}

void SentMessages::give_up(Message message) noexcept {
  message->holds.reset();
  message->pins.release();
  for (void* const block : message->blocks) heap_.free(block);
  message->blocks.clear();
  if (spare_.size() < kSpare) spare_.push_back(std::move(message));
}

void SentMessages::end(std::uint32_t number) {
  const auto at = std::find_if(messages_.begin(), messages_.end(), [&](const Entry& one) { return one.number == number; });
  if (at == messages_.end()) throw memory::PeerFault("release of what was not sent");
  Message message = std::move(at->message);
  messages_.erase(at);
  blocks_ -= message->blocks.size();
  give_up(std::move(message));
}

void SentMessages::take_some() {
  const std::uint32_t count = releases_.count.load(std::memory_order_acquire);
  if (count == count_) return;
  if (count - count_ > memory::kReleaseSlots) throw memory::PeerFault("count of releases");
  for (; count_ != count; ++count_)
    end(releases_.frames[count_ % memory::kReleaseSlots].load(std::memory_order_relaxed));
  taken_.count.store(count_, std::memory_order_release);
}

void SentMessages::forget_all() noexcept {
  for (Entry& entry : std::exchange(messages_, {})) give_up(std::move(entry.message));
  spare_.clear();
  blocks_ = 0;
}

}  // namespace vmrpc::association
