// SPDX-License-Identifier: BSD-3-Clause
// A row of bytes at an address.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vmrpc::memory {

struct Extent {
  std::uintptr_t begin = 0;
  std::size_t bytes = 0;

  bool holds(std::uintptr_t address) const noexcept { return address - begin < bytes; }
  // Bytes from an address in it on. At `begin`, also of an empty one: 0.
  std::size_t room(std::uintptr_t address) const noexcept { return bytes - (address - begin); }
};

}  // namespace vmrpc::memory
