// SPDX-License-Identifier: BSD-3-Clause
// An input of the fuzz target of placement: what a peer that lies may put into its memory, and the type it is taken for.
//
//   Head, then, if head.type says so, the description of a type map, then head.frame_bytes of the frame, then the
//   rest is the heap's start. Both lie at fixed addresses, so that pointers in an input mean the same in each run.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vmrpc::fuzz {

inline constexpr std::uintptr_t kFrame = 0x7e8100000000;
inline constexpr std::size_t kFrameBytes = 4096;
inline constexpr std::uintptr_t kHeap = kFrame + 16 * kFrameBytes;  // what lies between cannot be read
inline constexpr std::size_t kHeapBytes = 65536;

struct Head {
  std::uint8_t type;         // of the table of placed types; kMadeUp: as described
  std::uint8_t reserved[3];
  std::uint32_t frame_bytes;
  std::uint64_t root, bytes, foreign, foreign_bytes;  // the descriptor
};
inline constexpr std::uint8_t kMadeUp = 255;

// Maps made up by the input. Small numbers: most of what they can say makes some sense.
inline constexpr std::size_t kMaps = 3, kFields = 4;
struct FieldText {
  std::uint8_t kind, flags, offset, size, count, bound, map, xdr;
};
struct MapText {
  std::uint8_t size, log2_align, field_count, arm_count, default_field, flags, reserved[2];
  FieldText fields[kFields];
  struct {
    std::uint8_t value, field;
  } arms[kFields];
};

}  // namespace vmrpc::fuzz
