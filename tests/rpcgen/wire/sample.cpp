// SPDX-License-Identifier: BSD-3-Clause
// Trial decoding: a refusal is blamed on one of the last words; what lies before it is kept.
#include "sample.hpp"

#include <algorithm>

namespace vmrpc::wire {

namespace {

constexpr int kTrials = 400;
constexpr std::size_t kBytesBehindWord = 32;

// Usually the last word is to blame, now and then an earlier one: a count whose elements cannot be
// right, or are too many to end.
std::size_t offset_to_blame(const InventingStream& stream, WordSource& source) {
  const auto& offsets = stream.word_offsets();
  if (offsets.empty()) return 0;
  std::size_t index = offsets.size() - 1;
  bool earlier = stream.exhausted();
  while (index > 0 && (earlier || source.below(8) == 0)) {
    index -= 1 + source.below(static_cast<std::uint32_t>(index));
    earlier = false;
  }
  return offsets[index];
}

}  // namespace

SampleSearch find_sample(const wire_type& type, WordSource& source) {
  const std::size_t budgets[] = {16, 64, 256, 1024};
  const std::size_t budget_bytes = budgets[source.below(4)];
  SampleSearch search;
  Bytes prefix;
  for (int trial = 0; trial < kTrials; trial++) {
    InventingStream stream(source, prefix, budget_bytes);
    Value value(type);
    if (type.xdr(stream.xdr(), value.get())) {
      search.accepted = stream.taken();
      search.word_offsets = stream.word_offsets();
      return search;
    }
    search.refused.push_back(stream.taken());
    prefix = stream.taken();
    prefix.resize(offset_to_blame(stream, source));
  }
  return search;
}

Bytes replace_word(const wire_type& type, WordSource& source, const Bytes& accepted,
                   std::size_t offset, std::uint32_t word) {
  Bytes prefix(accepted.begin(), accepted.begin() + static_cast<std::ptrdiff_t>(offset));
  for (int shift = 24; shift >= 0; shift -= 8)
    prefix.push_back(static_cast<std::uint8_t>(word >> shift));
  InventingStream stream(source, prefix, prefix.size() + kBytesBehindWord);
  Value value(type);
  type.xdr(stream.xdr(), value.get());
  return stream.taken();
}

Bytes mutate(Bytes bytes, WordSource& source) {
  static constexpr std::uint32_t kHuge[] = {0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc};
  if (bytes.size() < 4) return bytes;
  for (std::uint32_t changes = 1 + source.below(3); changes > 0; changes--) {
    const auto words = static_cast<std::uint32_t>(bytes.size() / 4);
    const std::size_t at = 4 * static_cast<std::size_t>(source.below(words));
    switch (source.below(3)) {
      case 0:
        bytes[at + 2 + source.below(2)] ^= static_cast<std::uint8_t>(1U << source.below(2));
        break;
      case 1:
        bytes[at + 3] = static_cast<std::uint8_t>(source.below(20));
        break;
      default: {
        const std::uint32_t huge = kHuge[source.below(4)];
        for (std::size_t i = 0; i < 4; i++)
          bytes[at + i] = static_cast<std::uint8_t>(huge >> (24 - 8 * i));
      }
    }
  }
  return bytes;
}

}  // namespace vmrpc::wire
