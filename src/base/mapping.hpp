// SPDX-License-Identifier: BSD-3-Clause
// A range of mapped memory with one owner.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/process.hpp"

namespace vmrpc {

class Mapping {
 public:
  Mapping() noexcept = default;
  Mapping(void* address, std::size_t bytes) noexcept : address_(address), bytes_(bytes) {}
  // One that a forked child does not have: what lies there in the child is not ours to unmap.
  Mapping(void* address, std::size_t bytes, std::uint64_t process) noexcept
      : address_(address), bytes_(bytes), process_(process) {}
  Mapping(Mapping&& other) noexcept
      : address_(std::exchange(other.address_, nullptr)),
        bytes_(std::exchange(other.bytes_, 0)),
        process_(std::exchange(other.process_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    if (this != &other) {
      release();
      address_ = std::exchange(other.address_, nullptr);
      bytes_ = std::exchange(other.bytes_, 0);
      process_ = std::exchange(other.process_, 0);
    }
    return *this;
  }
  ~Mapping() { release(); }

  void* address() const noexcept { return address_; }
  std::size_t bytes() const noexcept { return bytes_; }

  // What lies there belongs to somebody else from now on.
  void leave() noexcept { address_ = nullptr; }
  void keep_from_children(std::uint64_t process) noexcept { process_ = process; }

  // Moves the pages to `address`, over whatever is mapped there. False: they stay where they are.
  bool move_to(void* address) noexcept {
    void* const moved = ::mremap(address_, bytes_, bytes_, MREMAP_MAYMOVE | MREMAP_FIXED, address);
    if (moved == MAP_FAILED) return false;
    address_ = moved;
    return true;
  }
  // Gives up the first `bytes`, which belong to somebody else from now on, and is empty then.
  Mapping behind(std::size_t bytes) noexcept {
    void* const address = std::exchange(address_, nullptr);
    if (bytes_ <= bytes) return {};
    return Mapping(static_cast<char*>(address) + bytes, bytes_ - bytes);
  }

 private:
  void release() noexcept {
    if (address_ != nullptr && (process_ == 0 || is_this_process(process_))) ::munmap(address_, bytes_);
  }

  void* address_ = nullptr;
  std::size_t bytes_ = 0;
  std::uint64_t process_ = 0;  // 0: all that inherit it
};

}  // namespace vmrpc
