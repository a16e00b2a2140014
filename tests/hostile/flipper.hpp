// SPDX-License-Identifier: BSD-3-Clause
// A thread that changes a part of the own memory while the peer reads it.
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <thread>

namespace hostile {

struct Area {
  const char* name;
  std::size_t offset, bytes;  // in the region
  bool in_heap;               // or in the heap
};
std::span<const Area> areas();

class Flipper {
 public:
  // Through a mapping of its own: the library may take its away.
  explicit Flipper(const Area& area);
  ~Flipper();
  Flipper(const Flipper&) = delete;

 private:
  void flip() noexcept;

  unsigned char* const begin_;
  const std::size_t bytes_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace hostile
