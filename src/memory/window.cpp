// SPDX-License-Identifier: BSD-3-Clause
// Reserving address ranges.
#include "config.h"

#include "memory/window.hpp"

#include <sys/mman.h>

#include <new>
#include <utility>

#include "base/random.hpp"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

namespace vmrpc::memory {
namespace {

constexpr int kReservation = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

Mapping reserve_range(std::uintptr_t at, std::size_t bytes) {
  void* const wanted = reinterpret_cast<void*>(at);
  void* const got = ::mmap(wanted, bytes, PROT_NONE, kReservation | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == MAP_FAILED) return {};
  Mapping range(got, bytes);
  if (got != wanted) return {};  // a kernel before 4.17 takes the address for a hint
  return range;
}

}  // namespace

std::optional<Window> Window::reserve(std::uintptr_t at, std::size_t bytes) {
  Window window;
  window.base_ = at;
  window.control_ = reserve_range(at, kControlBytes);
  window.heap_ = reserve_range(at + kControlBytes, bytes - kControlBytes);
  if (window.control_.address() == nullptr || window.heap_.address() == nullptr) return std::nullopt;
  return window;
}

Mapping Window::give_place(std::size_t bytes) {
  if (bytes > kControlBytes) return {};
  void* const place = control_.address();
  control_ = control_.behind(bytes);
  return Mapping(place, bytes, process_token());
}

std::optional<WindowPair> WindowPair::reserve(std::uintptr_t at, std::size_t bytes) {
  std::optional<Window> client = Window::reserve(at, bytes);
  std::optional<Window> server = Window::reserve(at + bytes, bytes);
  if (!client || !server) return std::nullopt;
  return WindowPair{std::move(*client), std::move(*server)};
}

std::optional<WindowPair> WindowPair::reserve_anywhere(std::size_t bytes) {
  constexpr std::uintptr_t kBegin = 0x7e8100000000, kEnd = 0x7eefffffffff, kAlign = std::uintptr_t{2} << 20;
  constexpr int kAttempts = 8;
  const std::size_t places = (kEnd - kBegin - 2 * bytes) / kAlign;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (auto pair = reserve(kBegin + random_u32() % places * kAlign, bytes)) return pair;
  }
  return std::nullopt;
}

void reserve_again(void* address, std::size_t bytes) {
  if (::mmap(address, bytes, PROT_NONE, kReservation | MAP_FIXED, -1, 0) == MAP_FAILED) throw std::bad_alloc();
}

}  // namespace vmrpc::memory
