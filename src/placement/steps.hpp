// SPDX-License-Identifier: BSD-3-Clause
// What placing and receiving share when they go through the steps of a plan.
#pragma once

#include <rpc/rpc.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "placement/plan.hpp"

namespace vmrpc::placement {

// Of the address in the C of T<bound>.
inline constexpr std::size_t kElementsOffset = sizeof(void*);

// What libtirpc passes to routines of which it does not know whether they take a bound.
inline constexpr u_int kNoBound = ~0u;

template <typename T>
T load(const void* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
void store(void* to, T value) noexcept {
  std::memcpy(to, &value, sizeof value);
}

// memcpy, without the call for what most structs are made of.
inline void copy(void* to, const void* from, std::size_t bytes) noexcept {
  switch (bytes) {
    case 4:
      return store(to, load<std::uint32_t>(from));
    case 8:
      return store(to, load<std::uint64_t>(from));
    case 16:
      std::memcpy(to, from, 16);
      return;
    case 24:
      std::memcpy(to, from, 24);
      return;
    default:
      std::memcpy(to, from, bytes);
  }
}

inline void clear(void* to, std::size_t bytes) noexcept {
  if (bytes == 0) return;
  if (bytes == 4) return store(to, std::uint32_t{0});
  std::memset(to, 0, bytes);
}

inline void copy_step(const Step& step, unsigned char* to, const unsigned char* from) noexcept {
  if (step.bytes == 4 && step.gap == 4) {  // an int before a pointer
    store(to, load<std::uint32_t>(from));
    return store(to + 4, std::uint32_t{0});
  }
  copy(to, from, step.bytes);
  clear(to + step.bytes, step.gap);
}

// Some characters of a string: as two words that overlap, when they are few.
inline void copy_text(char* to, const char* from, std::size_t bytes) noexcept {
  if (bytes - 8 <= 8) {
    const auto first = load<std::uint64_t>(from), last = load<std::uint64_t>(from + bytes - 8);
    store(to, first);
    return store(to + bytes - 8, last);
  }
  if (bytes - 16 <= 16) {
    std::memcpy(to, from, 16);
    std::memcpy(to + bytes - 16, from + bytes - 16, 16);
    return;
  }
  std::memcpy(to, from, bytes);
}

// strnlen(3) in memory that can be read up to `most`: a call costs more than short strings do.
inline std::size_t text_length(const char* text, std::size_t most) noexcept {
  constexpr std::size_t kNear = 32;
  if (most < kNear) return ::strnlen(text, most);
  for (std::size_t at = 0; at < kNear; at += 8) {
    const auto word = load<std::uint64_t>(text + at);
    const std::uint64_t zeros = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
    if (zeros != 0) return at + static_cast<unsigned>(std::countr_zero(zeros)) / 8;
  }
  return kNear + ::strnlen(text + kNear, most - kNear);
}

// The nodes of a list mostly follow each other at the same distance, up or down: memory that will be read soon.
inline void prefetch_ahead(const void* here, const void* before) noexcept {
  constexpr std::uintptr_t kAhead = 16;  // measured: lists of small nodes
  const auto at = reinterpret_cast<std::uintptr_t>(here), previous = reinterpret_cast<std::uintptr_t>(before);
  __builtin_prefetch(reinterpret_cast<const void*>(at + kAhead * (at - previous)));
}

// Does the receiver look at values of this type, or follow them?
inline bool needs_a_look(const Plan& plan) noexcept { return plan.has_pointers || plan.is_checked; }

// A union's tag, widened and cut to 32 bits.
inline std::uint32_t tag_of(const Choice& choice, const unsigned char* from) noexcept {
  switch (choice.tag_bytes) {
    case 1:
      return choice.tag_is_signed ? static_cast<std::uint32_t>(load<std::int8_t>(from)) : load<std::uint8_t>(from);
    case 2:
      return choice.tag_is_signed ? static_cast<std::uint32_t>(load<std::int16_t>(from)) : load<std::uint16_t>(from);
    case 4:
      return load<std::uint32_t>(from);
    default:
      return static_cast<std::uint32_t>(load<std::uint64_t>(from));
  }
}

// The arm that holds; null: no valid value. A bool that is neither 0 nor 1 is not one either: what
// XDR makes of it differs from compiler to compiler.
inline const Steps* arm_of(const Choice& choice, const unsigned char* from) noexcept {
  const std::uint32_t tag = tag_of(choice, from);
  if (choice.tag_is_bool && tag > 1) return nullptr;
  return choice.arm(tag);
}

}  // namespace vmrpc::placement
