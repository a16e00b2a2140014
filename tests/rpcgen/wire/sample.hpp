// SPDX-License-Identifier: BSD-3-Clause
// Finds byte strings that a type's decoder accepts, by trial decoding.
#pragma once

#include <optional>
#include <vector>

#include "side.hpp"

namespace vmrpc::wire {

struct SampleSearch {
  std::optional<Bytes> accepted;
  std::vector<std::size_t> word_offsets;  // in accepted
  std::vector<Bytes> refused;             // what was tried before
};

SampleSearch find_sample(const wire_type& type, WordSource& source);

// What the decoder takes when, at the offset of one of the words of an accepted sample, it finds
// word instead, and invented bytes behind it. Accepted or not.
Bytes replace_word(const wire_type& type, WordSource& source, const Bytes& accepted,
                   std::size_t offset, std::uint32_t word);

// The same bytes with a few words or bytes changed.
Bytes mutate(Bytes bytes, WordSource& source);

}  // namespace vmrpc::wire
