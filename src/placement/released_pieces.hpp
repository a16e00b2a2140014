// SPDX-License-Identifier: BSD-3-Clause
// Which pieces of a value were released where their addresses stay: in memory that is not the program's to write.
// Routines that go through the value once more come to them again, as libtirpc's would not: there is no NULL.
#pragma once

#include <cstdint>
#include <unordered_set>

namespace vmrpc::placement {

class ReleasedPieces {
 public:
  // Where the address of a piece stood.
  struct Where {
    const void* slot;
    bool may_stay;
  };
  static Where taken_out() noexcept { return {nullptr, false}; }  // there is NULL now
  static Where stays_at(const void* slot) noexcept { return {slot, true}; }
  static Where in_variable() noexcept { return {nullptr, true}; }  // of the routine, or taken out

  // One more. False: it was released before. `is_shared`: another value has it too, and nobody knows whose is meant.
  bool note(const void* piece, const Where& where, bool is_shared) {
    if (!is_shared && (!where.may_stay || (where.slot == nullptr && noted_.empty()))) return true;
    const bool is_new = noted_.insert(key(piece, 0)).second;
    const bool is_new_there = where.slot == nullptr ? is_new : noted_.insert(key(where.slot, 1)).second;
    return is_shared ? is_new : is_new_there;
  }
  void clear() noexcept { noted_ = {}; }

 private:
  static std::uintptr_t key(const void* address, unsigned kind) noexcept {
    return reinterpret_cast<std::uintptr_t>(address) * 2 + kind;
  }

  std::unordered_set<std::uintptr_t> noted_;
};

}  // namespace vmrpc::placement
