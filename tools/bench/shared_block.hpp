// SPDX-License-Identifier: BSD-3-Clause
// A block of the shared heap, freed with its owner.
#ifndef VMRPC_BENCH_SHARED_BLOCK_HPP
#define VMRPC_BENCH_SHARED_BLOCK_HPP

#include <cstddef>
#include <new>
#include <utility>

namespace vmrpc::bench {

class SharedBlock {
 public:
  using Free = void (*)(void*);
  SharedBlock() = default;
  SharedBlock(void* block, std::size_t bytes, Free free)
      : block_(block), bytes_(bytes), free_(free) {
    if (block == nullptr) throw std::bad_alloc();
  }
  SharedBlock(SharedBlock&& other) noexcept { swap(other); }
  SharedBlock& operator=(SharedBlock&& other) noexcept {
    swap(other);
    return *this;
  }
  ~SharedBlock() {
    if (block_ != nullptr) free_(block_);
  }
  char* data() const { return static_cast<char*>(block_); }
  std::size_t bytes() const { return bytes_; }

 private:
  void swap(SharedBlock& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(bytes_, other.bytes_);
    std::swap(free_, other.free_);
  }
  void* block_ = nullptr;
  std::size_t bytes_ = 0;
  Free free_ = nullptr;
};

}  // namespace vmrpc::bench

#endif
