// SPDX-License-Identifier: BSD-3-Clause
// Windows: address ranges that are the same in both processes, so that a pointer into one means the same on both
// sides. Each side's region lies at the start of its window, its heap behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/mapping.hpp"
#include "memory/layout.hpp"

namespace vmrpc::memory {

inline constexpr std::size_t kControlBytes = std::size_t{512} << 10;  // room for the region
inline constexpr std::size_t kWindowBytesMin = std::size_t{1} << 20;
inline constexpr std::size_t kWindowBytesMax = std::size_t{256} << 20;

// An address range that nothing else will be mapped to: reserved, not readable.
class Window {
 public:
  // No value when something is mapped there already.
  static std::optional<Window> reserve(std::uintptr_t at, std::size_t bytes);

  // From now on only this process unmaps the heap's range: a forked child does not inherit what lies there.
  void keep_from_children() noexcept { heap_.keep_from_children(process_token()); }

  std::uintptr_t base() const noexcept { return base_; }
  unsigned char* heap() const noexcept { return static_cast<unsigned char*>(heap_.address()); }
  std::size_t heap_bytes() const noexcept { return heap_.bytes(); }
  std::size_t bytes() const noexcept { return kControlBytes + heap_.bytes(); }

  // The place of a region of `bytes`, for one that cannot be moved and has to be mapped there at once: reserved,
  // and the caller's from now on. Nothing when it has no room.
  Mapping give_place(std::size_t bytes);
  // Moves a region into its place. False: it stays where it was, and the window is of no use.
  template <typename Region>
  bool take_in(Region& region) {
    if (reinterpret_cast<std::uintptr_t>(&region.shared()) == base_) return true;
    const std::size_t bytes = (region.bytes() + kPageBytes - 1) / kPageBytes * kPageBytes;
    if (bytes > kControlBytes || !region.move_to(control_.address())) return false;
    control_ = control_.behind(bytes);  // the region owns the range up to there
    return true;
  }

 private:
  std::uintptr_t base_ = 0;
  Mapping control_;
  Mapping heap_;
};

// The windows of an association: the client's, and next to it the server's.
struct WindowPair {
  Window client;
  Window server;

  static std::optional<WindowPair> reserve(std::uintptr_t at, std::size_t bytes);
  // Somewhere in the range that is free in plain, ASan and TSan processes alike.
  static std::optional<WindowPair> reserve_anywhere(std::size_t bytes);
};

// Takes the pages of [address, address + bytes) away and keeps the range reserved. Throws std::bad_alloc.
void reserve_again(void* address, std::size_t bytes);

}  // namespace vmrpc::memory
