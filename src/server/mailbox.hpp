// SPDX-License-Identifier: BSD-3-Clause
// What other threads leave for one that looks now and then.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

namespace vmrpc::server {

template <typename Item>
class Mailbox {
 public:
  void put(Item item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(item);
    is_empty_.store(false, std::memory_order_seq_cst);
  }
  // A load, for whoever looks often.
  bool is_empty() const noexcept { return is_empty_.load(std::memory_order_seq_cst); }
  // Gives all to `body`, with the lock held; empty once it is through with them.
  template <typename Body>
  void take(const Body& body) {
    const std::lock_guard lock(mutex_);
    for (const Item item : items_) body(item);
    items_.clear();
    is_empty_.store(true, std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::vector<Item> items_;
  std::atomic<bool> is_empty_{true};
};

}  // namespace vmrpc::server
