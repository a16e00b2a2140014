// SPDX-License-Identifier: BSD-3-Clause
// Which pieces of a value were released where their addresses stay: in memory that is not the program's to write.
// Routines that go through the value once more come to them again, as libtirpc's would not: there is no NULL.
#pragma once

#include <cstdint>
#include <unordered_set>

namespace vmrpc::placement {

class ReleasedPieces {
 public:
  // One more. False: it was released before. `slot`: where its address stays; null: it was taken away, or stood in a
  // variable of whoever goes through the value, as the links of a list do.
  bool note(const void* piece, const void* slot) {
    if (slot == nullptr && noted_.empty()) return true;  // all were taken away
    const bool is_new = noted_.insert(key(piece, 0)).second;
    return slot == nullptr ? is_new : noted_.insert(key(slot, 1)).second;
  }
  void clear() noexcept { noted_ = {}; }

 private:
  static std::uintptr_t key(const void* address, unsigned kind) noexcept {
    return reinterpret_cast<std::uintptr_t>(address) * 2 + kind;
  }

  std::unordered_set<std::uintptr_t> noted_;
};

}  // namespace vmrpc::placement
