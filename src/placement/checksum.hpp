// SPDX-License-Identifier: BSD-3-Clause
// A checksum that takes no longer than to read the bytes: it tells whether memory of our own has been changed, not
// whether somebody means harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vmrpc::placement {

class Checksum {
 public:
  // Of a few words, as most roots are.
  static std::uint64_t of_words(const void* from, std::size_t count) noexcept {
    std::uint64_t mixed = count;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t word;
      std::memcpy(&word, static_cast<const unsigned char*>(from) + i * sizeof word, sizeof word);
      mixed = mix(mixed, word);
    }
    return mixed;
  }

  // Sums of words, and of those sums, so that order counts.
  void add(const void* from, std::size_t bytes) noexcept {
    const auto* at = static_cast<const unsigned char*>(from);
    Lanes sums = sums_;  // in registers
    for (std::size_t left = bytes; left >= sizeof(Block); left -= sizeof(Block), at += sizeof(Block)) sums.add(at);
    unsigned char rest[sizeof(Block)] = {};
    std::memcpy(rest, at, bytes % sizeof(Block));
    sums.add(rest);
    sums_ = sums;
    bytes_ += bytes;
  }

  std::uint64_t value() const noexcept {
    std::uint64_t mixed = bytes_;
    for (std::size_t i = 0; i < kVectors; ++i) {
      for (std::size_t lane = 0; lane < 2; ++lane) mixed = mix(mix(mixed, sums_.words[i][lane]), sums_.sums[i][lane]);
    }
    return mixed;
  }

 private:
  using Vector [[gnu::vector_size(16)]] = std::uint64_t;
  static constexpr std::size_t kVectors = 4;
  using Block = Vector[kVectors];

  struct Lanes {
    Block words{}, sums{};

    [[gnu::always_inline]] void add(const unsigned char* block) noexcept {
#pragma GCC unroll 4
      for (std::size_t i = 0; i < kVectors; ++i) {
        Vector word;
        std::memcpy(&word, block + i * sizeof word, sizeof word);
        words[i] += word;
        sums[i] += words[i];
      }
    }
  };

  static std::uint64_t mix(std::uint64_t mixed, std::uint64_t word) noexcept {
    mixed = (mixed ^ word) * 0x9e3779b97f4a7c15ull;
    return mixed ^ mixed >> 29;
  }

  Lanes sums_;
  std::size_t bytes_ = 0;
};

}  // namespace vmrpc::placement
