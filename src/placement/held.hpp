// SPDX-License-Identifier: BSD-3-Clause
// What a program holds that free(3) does not know: pieces of in-place values, and blocks of our
// own heaps. One registry for the process, asked by every routine that frees.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "memory/heap.hpp"
#include "placement/receive.hpp"

namespace vmrpc::placement {

class Held {
 public:
  using Release = std::function<void()>;

  // The process's registry.
  static Held& instance();

  // The program got `value` at `objp`. `release` is called once, by whoever frees the last piece,
  // without any lock of ours; at once when there are no pieces. `window` tells associations apart.
  void keep(InPlaceValue value, const Plan& plan, void* objp, const void* window, Release release);

  // Frees what the address belongs to: counts down a piece of a held value, or frees a block of one
  // of our heaps. False: it is neither, free(3) it.
  bool release_piece(void* address);
  // Frees all of the value that was delivered to objp and nulls its pointers, when it is still the one
  // delivered there. False: unknown or changed since, so walk it with XDR_FREE.
  bool release_all(void* objp);

  // May the program write there? Not where a held value lies in the peer's region.
  bool is_read_only(const void* address) const;
  // Bytes from `address` on that are part of a held value in the peer's region; 0 for none.
  std::size_t in_peer_region(const void* address, const void* window) const;
  // Holds the value around `address` as if one more piece were out, until `let_go` of the same address.
  bool hold(const void* address, const void* window);
  void let_go(const void* address, const void* window);

  std::size_t messages(const void* window) const;

  // The association is over: its values stay readable, in private memory at the same addresses,
  // and nobody is told any more when they are freed. `release` is still called (it may unmap).
  void copy_out(const void* window);

  // Blocks of these heaps are freed by release_piece(). A retired heap goes when its last block does.
  void add_heap(std::shared_ptr<memory::Heap> heap);
  void retire_heap(const memory::Heap& heap);
  // The heap whose window the address is in, also a retired one.
  std::shared_ptr<memory::Heap> heap_of(const void* address) const;

  // Is there anything at all that free(3) does not know? A load.
  bool empty() const noexcept { return entries_.load(std::memory_order_acquire) == 0; }
};

// Replaces the pages that [address, address + bytes) touches by private memory with the same
// bytes. Readers see no gap. Throws std::bad_alloc.
void replace_by_private_copy(void* address, std::size_t bytes);

}  // namespace vmrpc::placement
