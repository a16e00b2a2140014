// SPDX-License-Identifier: BSD-3-Clause
// The tables of what is taken.
#include "config.h"

#include "association/accepted.hpp"

#include <algorithm>
#include <utility>

namespace vmrpc::association {
namespace {

constexpr std::size_t kProbes = 8;          // places where a key may be
constexpr std::uint64_t kWithdrawn = 2;     // no key: they are odd

}  // namespace

bool AcceptedByPeer::look_up(const Subject& subject, const placement::Plan& plan) noexcept {
  const std::uint64_t key = acceptance_key(subject, plan.fingerprint);
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    const std::atomic<std::uint64_t>& slot = table_.keys[(key + probe) % memory::kAcceptedSlots];
    const std::uint64_t there = slot.load(std::memory_order_acquire);
    if (there == 0) return false;
    if (there != key) continue;
    subject_ = subject;
    plan_ = &plan;
    slot_ = &slot;
    key_ = key;
    return true;
  }
  return false;
}

// A full table means that some types stay with XDR.
void Accepted::accept(const Subject& subject, const placement::Plan& plan) {
  const std::uint64_t key = acceptance_key(subject, plan.fingerprint);
  if (std::exchange(last_accepted_, key) == key) return;
  Entry& entry = entry_of(subject);
  if (entry.is_withdrawn) return;
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    std::atomic<std::uint64_t>& slot = table_.keys[(key + probe) % memory::kAcceptedSlots];
    const std::uint64_t there = slot.load(std::memory_order_relaxed);
    if (there == key) return;
    if (there != 0) continue;
    entry.slots.push_back(&slot);
    return slot.store(key, std::memory_order_release);
  }
}

void Accepted::expect_other(const Subject& subject, xdrproc_t routine) {
  if (routine == nullptr) return;  // a batched call
  Entry& entry = entry_of(subject);
  if (entry.routine != nullptr && entry.routine != routine) withdraw(subject);
  entry.routine = routine;
}

void Accepted::withdraw(const Subject& subject) {
  Entry& entry = entry_of(subject);
  for (std::atomic<std::uint64_t>* const slot : std::exchange(entry.slots, {}))
    slot->store(kWithdrawn, std::memory_order_release);
  entry.is_withdrawn = true;
}

}  // namespace vmrpc::association
