// SPDX-License-Identifier: BSD-3-Clause
// Values in place that a forked child does not inherit, since the kernel gives it no such mapping: it finds private
// copies at the same addresses. The parent goes on as if there had been no fork.
#include "config.h"

#include <pthread.h>
#include <sys/mman.h>

#include <cstring>
#include <utility>

#include "placement/held.hpp"

namespace vmrpc::placement {

// Not before there is a value that needs it: most programs never have one.
void Held::watch_forks() {
  static const int registered = ::pthread_atfork([] { instance().prepare_fork(); },
                                                 [] { instance().end_fork_in_parent(); },
                                                 [] { instance().end_fork_in_child(); });
  (void)registered;  // without memory for it, children do without
}

void Held::prepare_fork() {
  lock_.lock();
  for (const auto& message : messages_) {
    if (message->is_inherited || message->is_copied_out) continue;
    for (const InPlaceValue::Range& range : message->value.ranges) copy_for_child(range);
  }
}

// Where memory is short, the child does without.
void Held::copy_for_child(const InPlaceValue::Range& range) {
  constexpr std::uintptr_t kPageMask = memory::kPageBytes - 1;
  const std::uintptr_t begin = range.begin & ~kPageMask;
  const std::size_t bytes = ((range.end + kPageMask) & ~kPageMask) - begin;
  void* const copy = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED) return;
  void* const address = reinterpret_cast<void*>(begin);
  std::memcpy(copy, address, bytes);
  copies_.push_back({address, copy, bytes});
}

void Held::end_fork_in_parent() noexcept {
  for (const CopyForChild& each : std::exchange(copies_, {})) ::munmap(each.copy, each.bytes);
  lock_.unlock();
}

void Held::end_fork_in_child() noexcept {
  for (const CopyForChild& each : std::exchange(copies_, {})) {
    ::mremap(each.copy, each.bytes, each.bytes, MREMAP_MAYMOVE | MREMAP_FIXED, each.address);
  }
  for (const auto& message : messages_) message->is_copied_out = message->is_copied_out || !message->is_inherited;
  lock_.unlock();
}

}  // namespace vmrpc::placement
