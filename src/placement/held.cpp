// SPDX-License-Identifier: BSD-3-Clause
// The registry of what programs hold in place.
#include "config.h"

#include "placement/held.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "placement/fence.hpp"
#include "placement/steps.hpp"

namespace vmrpc::placement {
namespace {

void null_pointers_of(const Step& step, unsigned char* at);

// What XDR_FREE would leave of a value: no addresses.
void null_pointers(const Steps& steps, unsigned char* at) {
  for (const Step& step : steps.looks) null_pointers_of(step, at + step.offset);
}

void null_pointers_of(const Step& step, unsigned char* at) {
  switch (step.kind) {
    case Step::Kind::kString:
    case Step::Kind::kPointer:
      return store<void*>(at, nullptr);
    case Step::Kind::kCounted:
      return store<void*>(at + kElementsOffset, nullptr);
    case Step::Kind::kEach:
      for (std::size_t i = 0; i < step.count; ++i) null_pointers(step.target->steps, at + i * step.bytes);
      return;
    case Step::Kind::kChoice:
      if (const Steps* const arm = arm_of(*step.choice, at)) null_pointers(*arm, at);
      return;
    case Step::Kind::kLicensed:
      return null_pointers_of(*step.inner, at);
    default:
      return;
  }
}

const InPlaceValue::Range* range_of(const InPlaceValue& value, const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  if (value.ranges.empty() || at < value.ranges.front().begin || at >= value.ranges.back().end) return nullptr;
  const auto next = std::upper_bound(value.ranges.begin(), value.ranges.end(), at,
                                     [](std::uintptr_t a, const InPlaceValue::Range& range) { return a < range.begin; });
  const InPlaceValue::Range& range = *std::prev(next);
  return at < range.end ? &range : nullptr;
}

}  // namespace

Held& Held::instance() {
  static Held* const one = new Held;  // never ended: exit handlers free results too
  return *one;
}

// --- values

void Held::keep(InPlaceValue&& value, const Plan& plan, const Delivery& delivery, const void* window, Loan loan,
                bool is_inherited) {
  if (value.pieces == 0) return loan.give_back();
  if (!is_inherited) watch_forks();
  const std::lock_guard hold(lock_);
  std::unique_ptr<Message> message = make();
  std::swap(message->value, value);
  message->plan = &plan;
  message->root = delivery.objp;
  message->routine = delivery.routine;
  message->window = window;
  message->is_copied_out = false;
  message->is_inherited = is_inherited;
  message->loan = std::move(loan);
  for (const auto& other : messages_)
    if (other->root == delivery.objp) other->root = nullptr;
  messages_.push_back(std::move(message));
  note_counts();
}

// So that nothing but this needs memory.
std::unique_ptr<Held::Message> Held::make() {
  constexpr std::size_t kSpare = 8;
  messages_.reserve(messages_.size() + 1);
  spare_.reserve(kSpare);
  if (spare_.empty()) return std::make_unique<Message>();
  std::unique_ptr<Message> message = std::move(spare_.back());
  spare_.pop_back();
  return message;
}

bool Held::lies_in_place(const Message& message, const void* address) {
  return range_of(message.value, address) != nullptr;
}

bool Held::lies_in_arena(const Message& message, const void* address) {
  if (message.value.arena == nullptr) return false;
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const auto stretches = message.value.arena->stretches();
  return std::any_of(stretches.begin(), stretches.end(), [&](const auto stretch) {
    return at - reinterpret_cast<std::uintptr_t>(stretch.data()) < stretch.size();
  });
}

// With the lock held, after either has changed.
void Held::note_counts() noexcept {
  message_count_.store(messages_.size(), std::memory_order_release);
  entries_.store(messages_.size() + heaps_.size(), std::memory_order_release);
}

bool Held::has(const Message& message, const void* address) {
  return message.value.pieces != 0 && (lies_in_place(message, address) || lies_in_arena(message, address));
}

Held::Message* Held::find(const void* address) const {
  const auto found = std::find_if(messages_.rbegin(), messages_.rend(),
                                  [&](const auto& message) { return has(*message, address); });
  return found == messages_.rend() ? nullptr : found->get();
}

// Counts a piece of the last value down that has it and where it was not released before. A block of the server's may be
// part of many results. Null: there is none. `is_part`: but it lies in one.
Held::Message* Held::take_piece(const void* address, const ReleasedPieces::Where& where, bool& is_part) {
  const auto has_it = [&](const auto& message) { return has(*message, address); };
  for (auto at = messages_.rbegin(); (at = std::find_if(at, messages_.rend(), has_it)) != messages_.rend(); ++at) {
    const bool is_shared = is_part || std::any_of(std::next(at), messages_.rend(), has_it) || lies_in_own(address);
    is_part = true;
    if (!(*at)->released.note(address, where, is_shared)) continue;
    --(*at)->value.pieces;
    return at->get();
  }
  return nullptr;
}

Held::Message* Held::find_in_place(const void* address) const {
  const auto found = std::find_if(messages_.rbegin(), messages_.rend(),
                                  [&](const auto& message) { return lies_in_place(*message, address); });
  return found == messages_.rend() ? nullptr : found->get();
}

std::optional<Held::Ended> Held::end_if_unused(Message& message) noexcept {
  if (message.value.pieces != 0 || message.holds != 0) return std::nullopt;
  const auto found = std::find_if(messages_.rbegin(), messages_.rend(),
                                  [&](const auto& one) { return one.get() == &message; });
  Ended ended{std::move(message.loan), std::move(message.value.arena)};
  message.loan = {};
  message.value.clear();
  message.released.clear();
  if (spare_.size() < spare_.capacity()) spare_.push_back(std::move(*found));
  messages_.erase(std::next(found).base());
  note_counts();
  return ended;
}

bool Held::release_piece(void* address, const ReleasedPieces::Where& where) {
  if (empty()) return false;
  std::optional<Ended> ended;
  bool is_part = false;
  {
    const std::lock_guard hold(lock_);
    Message* const message = take_piece(address, where, is_part);
    if (message != nullptr && !(ended = end_if_unused(*message))) return true;
  }
  if (ended) return ended->loan.give_back(), true;
  if (is_part && where.may_stay) return true;  // it was met again where its address stays
  return free_own(address) || is_part;
}

std::uint64_t Held::hash_now(const Message& message) {
  return hash_of(message.root, message.plan->size, message.value.arena.get());
}

bool Held::release_all(const Delivery& delivery) {
  if (empty()) return false;
  std::optional<Ended> ended;
  {
    const std::lock_guard hold(lock_);
    const auto found = std::find_if(messages_.rbegin(), messages_.rend(),
                                    [&](const auto& message) { return message->root == delivery.objp; });
    if (found == messages_.rend() || (*found)->routine != delivery.routine) return false;
    Message& message = **found;
    if (message.value.is_mixed || hash_now(message) != message.value.hash) return false;
    null_pointers(message.plan->steps, static_cast<unsigned char*>(delivery.objp));
    message.root = nullptr;
    message.value.pieces = 0;
    ended = end_if_unused(message);
  }
  if (ended) ended->loan.give_back();
  return true;
}

bool Held::lies_in_own(const void* address) const {
  return std::any_of(heaps_.begin(), heaps_.end(), [&](const OwnHeap& own) { return own.heap->in_window(address); });
}

bool Held::holds(const void* address) const {
  if (messages() == 0) return false;
  const std::lock_guard hold(lock_);
  return find(address) != nullptr && !lies_in_own(address);
}

bool Held::is_read_only(const void* address) const {
  if (empty()) return false;
  const std::lock_guard hold(lock_);
  if (const Message* const fenced = has_fences() ? find(address) : nullptr; fenced != nullptr) {
    if (lies_in_arena(*fenced, address)) return true;
  }
  const Message* const message = find_in_place(address);
  return message != nullptr && !message->is_copied_out && !lies_in_own(address);
}

std::size_t Held::messages(const void* window) const {
  if (messages() == 0) return 0;
  const std::lock_guard hold(lock_);
  return static_cast<std::size_t>(
      std::count_if(messages_.begin(), messages_.end(), [&](const auto& message) { return message->window == window; }));
}

void Held::note_copied_out(const void* window) {
  const std::lock_guard hold(lock_);
  for (const auto& message : messages_) message->is_copied_out = message->is_copied_out || message->window == window;
}

// --- own heaps

void Held::add_heap(std::shared_ptr<memory::Heap> heap) {
  const std::lock_guard hold(lock_);
  heaps_.push_back({std::move(heap), false});
  note_counts();
}

void Held::retire_heap(const memory::Heap& heap) {
  std::shared_ptr<memory::Heap> ended;  // goes without the lock: its chunks are given back
  const std::lock_guard hold(lock_);
  const auto found = std::find_if(heaps_.begin(), heaps_.end(),
                                  [&](const OwnHeap& own) { return own.heap.get() == &heap; });
  if (found == heaps_.end()) return;
  found->is_retired = true;
  if (heap.use().blocks != 0) return;
  ended = std::move(found->heap);
  heaps_.erase(found);
  note_counts();
}

std::shared_ptr<memory::Heap> Held::heap_of(const void* address) const {
  if (empty()) return nullptr;
  const std::lock_guard hold(lock_);
  const auto found = std::find_if(heaps_.begin(), heaps_.end(),
                                  [&](const OwnHeap& own) { return own.heap->in_window(address); });
  return found == heaps_.end() ? nullptr : found->heap;
}

bool Held::free_own(void* address) {
  const std::shared_ptr<memory::Heap> heap = heap_of(address);
  if (heap == nullptr) return false;
  heap->free(address);
  if (heap->use().blocks != 0) return true;
  const std::lock_guard hold(lock_);
  const auto found = std::find_if(heaps_.begin(), heaps_.end(),
                                  [&](const OwnHeap& own) { return own.is_retired && own.heap == heap; });
  if (found == heaps_.end()) return true;
  heaps_.erase(found);  // `heap` still has it
  note_counts();
  return true;
}

// --- values that go back to the peer

std::size_t Held::Holds::keep(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  if (at - last_.begin < last_.end - last_.begin) return last_.end - at;
  if (held_.empty()) return 0;
  const std::lock_guard hold(held_.lock_);
  Message* const message = held_.find_in_place(address);
  if (message == nullptr || message->window != window_ || message->is_copied_out) return 0;
  if (std::find(messages_.begin(), messages_.end(), message) == messages_.end()) {
    messages_.push_back(message);
    ++message->holds;
  }
  last_ = *range_of(message->value, address);
  return last_.end - at;
}

std::size_t Held::Holds::kept_bytes() const {
  std::size_t bytes = 0;
  for (const Message* const message : messages_)
    for (const InPlaceValue::Range& range : message->value.ranges) bytes += range.end - range.begin;
  return bytes;
}

void Held::Holds::release() {
  for (Message* const message : std::exchange(messages_, {})) {
    std::optional<Ended> ended;
    {
      const std::lock_guard hold(held_.lock_);
      --message->holds;
      ended = held_.end_if_unused(*message);
    }
    if (ended) ended->loan.give_back();
  }
  last_ = {0, 0};
}

// --- mappings

PageCopy PageCopy::of(const void* address, std::size_t bytes) noexcept {
  constexpr std::uintptr_t kPageMask = memory::kPageBytes - 1;
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const std::uintptr_t begin = at & ~kPageMask;
  const std::size_t whole = (at + bytes - begin + kPageMask) & ~kPageMask;
  void* const copy = ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void* const pages = reinterpret_cast<void*>(begin);
  if (copy == MAP_FAILED) return {pages, nullptr, whole};
  std::memcpy(copy, pages, whole);
  return {pages, copy, whole};
}

bool PageCopy::replace() const noexcept {
  return copy != nullptr && ::mremap(copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, address) != MAP_FAILED;
}

void PageCopy::give_up() const noexcept {
  if (copy != nullptr) ::munmap(copy, bytes);
}

void replace_by_private_copy(void* address, std::size_t bytes) {
  const PageCopy copy = PageCopy::of(address, bytes);
  if (copy.replace()) return;
  copy.give_up();
  throw std::bad_alloc();
}

}  // namespace vmrpc::placement
