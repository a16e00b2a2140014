// SPDX-License-Identifier: BSD-3-Clause
// What a message is about: which procedure's arguments or results it carries.
#pragma once

#include <cstdint>

namespace vmrpc::association {

struct Subject {
  std::uint32_t program = 0, version = 0, procedure = 0;
  bool is_reply = false;

  bool operator==(const Subject&) const = default;
};

// What an end announces when it has decoded such a message with a type of that fingerprint: from then on the other may
// place values of that type there. Never 0.
inline std::uint64_t acceptance_key(const Subject& subject, std::uint64_t fingerprint) noexcept {
  const auto mix = [](std::uint64_t x) {  // splitmix64: each bit of the input reaches each of the output
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  };
  const std::uint64_t what = (std::uint64_t{subject.program} << 32) | subject.version;
  const std::uint64_t which = (std::uint64_t{subject.procedure} << 1) | (subject.is_reply ? 1 : 0);
  return mix(mix(mix(what) ^ which) ^ fingerprint) | 1;
}

}  // namespace vmrpc::association
