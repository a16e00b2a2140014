// SPDX-License-Identifier: BSD-3-Clause
// How many associations a process lets its peers have.
#pragma once

#include <utility>

namespace vmrpc::association {

// One association's share; given back when it is destroyed.
class QuotaShare {
 public:
  QuotaShare() noexcept = default;
  QuotaShare(QuotaShare&& other) noexcept : held_(std::exchange(other.held_, false)) {}
  QuotaShare& operator=(QuotaShare&& other) noexcept {
    if (this != &other) {
      give_back();
      held_ = std::exchange(other.held_, false);
    }
    return *this;
  }
  ~QuotaShare() { give_back(); }

  // Throws UpgradeError(RPC_VM_QUOTA) when there are too many associations, or when
  // descriptors are so few that the program itself may need them.
  static QuotaShare take();

 private:
  void give_back() noexcept;
  bool held_ = false;
};

}  // namespace vmrpc::association
