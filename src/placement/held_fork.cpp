// SPDX-License-Identifier: BSD-3-Clause
// Values in place that a forked child does not inherit, since the kernel gives it no such mapping: it finds private
// copies at the same addresses. The parent goes on as if there had been no fork.
#include "config.h"

#include <pthread.h>

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

// Of ranges by address: each page once.
void Held::copy_pages(const std::vector<InPlaceValue::Range>& ranges) {
  for (auto range = ranges.begin(); range != ranges.end();) {
    const std::uintptr_t begin = range->begin;
    std::uintptr_t end = range->end;
    while (++range != ranges.end() && range->begin / memory::kPageBytes <= (end - 1) / memory::kPageBytes) end = range->end;
    copies_.push_back(PageCopy::of(reinterpret_cast<const void*>(begin), end - begin));
  }
}

// Where memory is short, the child does without.
void Held::prepare_fork() {
  lock_.lock();
  for (const auto& message : messages_) {
    if (message->is_inherited || message->is_copied_out) continue;
    copy_pages(message->value.ranges);
  }
}

void Held::end_fork_in_parent() noexcept {
  for (const PageCopy& each : std::exchange(copies_, {})) each.give_up();
  lock_.unlock();
}

void Held::end_fork_in_child() noexcept {
  for (const PageCopy& each : std::exchange(copies_, {})) (void)each.replace();
  for (const auto& message : messages_) message->is_copied_out = message->is_copied_out || !message->is_inherited;
  lock_.unlock();
}

}  // namespace vmrpc::placement
