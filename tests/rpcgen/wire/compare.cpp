// SPDX-License-Identifier: BSD-3-Clause
// Decodes by each side, encodes by each side what each side decoded, and compares.
#include "compare.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace vmrpc::wire {

namespace {

constexpr std::array kKinds = {StreamKind::kMemory, StreamKind::kPlain};
constexpr std::size_t kSlackBytes = 4 * 1024;
constexpr std::size_t kMostTruncations = 48;

std::string hex(const Bytes& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i++) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x%s", bytes[i], i % 4 == 3 ? " " : "");
    text += digits;
  }
  return text;
}

std::string verdict(const Decoded& decoded) {
  return (decoded.accepted ? "accepts, " : "refuses, ") + std::to_string(decoded.consumed_bytes) +
         " bytes consumed";
}

}  // namespace

Difference::Difference(const std::string& what, const Bytes& bytes)
    : std::runtime_error(what + "\n    bytes (" + std::to_string(bytes.size()) +
                         "): " + hex(bytes)) {}

bool Comparison::compare_verdicts(const Bytes& bytes) {
  const Decoded first = decode(reference_, bytes, StreamKind::kPlain);
  for (const StreamKind kind : kKinds) {
    for (const wire_type* type : {&reference_, &candidate_}) {
      const Decoded other = decode(*type, bytes, kind);
      const bool same = other.accepted == first.accepted &&
                        (!first.accepted || other.consumed_bytes == first.consumed_bytes);
      if (!same)
        throw Difference(std::string("one decoder ") + verdict(first) + ", another " +
                             verdict(other) +
                             (type == &candidate_ ? " (candidate, " : " (reference, ") +
                             (kind == StreamKind::kMemory ? "xdrmem)" : "no inlining)"),
                         bytes);
    }
  }
  return first.accepted;
}

Bytes Comparison::normalise(const wire_type& type, const Bytes& bytes) {
  const Decoded decoded = decode(type, bytes, StreamKind::kMemory);
  if (!decoded.accepted)
    throw Difference("its own encoding is refused by " + std::string(type.name), bytes);
  const auto encoded = encode(type, decoded.value, StreamKind::kPlain, bytes.size() + kSlackBytes);
  if (!encoded) throw Difference("a decoded value cannot be encoded", bytes);
  return *encoded;
}

void Comparison::compare_small_buffers(const Bytes& canonical, std::size_t capacity_bytes) {
  const Decoded decoded = decode(candidate_, canonical, StreamKind::kMemory);
  for (const StreamKind kind : kKinds)
    for (const wire_type* type : {&reference_, &candidate_})
      if (encode(*type, decoded.value, kind, capacity_bytes))
        throw Difference("encoded into " + std::to_string(capacity_bytes) + " bytes", canonical);
}

void Comparison::compare_encodings(const Bytes& canonical) {
  for (const wire_type* decoder : {&reference_, &candidate_}) {
    for (const StreamKind decode_kind : kKinds) {
      Decoded decoded = decode(*decoder, canonical, decode_kind);
      decoded.value.set_releaser(source_.below(2) == 0 ? reference_ : candidate_);
      for (const wire_type* encoder : {&reference_, &candidate_}) {
        for (const StreamKind kind : kKinds) {
          const auto encoded =
              encode(*encoder, decoded.value, kind, canonical.size() + kSlackBytes);
          if (!encoded) throw Difference("a decoded value cannot be encoded", canonical);
          if (*encoded != canonical)
            throw Difference(std::string(decoder == &candidate_ ? "candidate" : "reference") +
                                 " decodes, " +
                                 (encoder == &candidate_ ? "candidate" : "reference") +
                                 " encodes " + hex(*encoded),
                             canonical);
        }
        const std::size_t size = size_by_xdr_sizeof(*encoder, decoded.value);
        if (size != canonical.size())
          throw Difference("xdr_sizeof() says " + std::to_string(size), canonical);
      }
      if (!decode_again(*decoder, canonical, decoded.value))
        throw Difference("refused when decoded into the same object again", canonical);
      if (encode(*decoder, decoded.value, decode_kind, canonical.size()) != canonical)
        throw Difference("another value when decoded into the same object again", canonical);
    }
  }
}

std::optional<Bytes> Comparison::compare(const Bytes& bytes) {
  if (!compare_verdicts(bytes)) return std::nullopt;
  const Bytes canonical = normalise(candidate_, bytes);
  if (normalise(candidate_, normalise(reference_, bytes)) != canonical)
    throw Difference("other values: the reference's, encoded and normalised: " +
                         hex(normalise(candidate_, normalise(reference_, bytes))) +
                         "\n    the candidate's: " + hex(canonical),
                     bytes);
  compare_encodings(canonical);
  return canonical;
}

void Comparison::compare_truncations(const Bytes& canonical) {
  const std::size_t step = 1 + canonical.size() / kMostTruncations;
  for (std::size_t length = source_.below(static_cast<std::uint32_t>(step));
       length < canonical.size(); length += step) {
    if (compare_verdicts(
            Bytes(canonical.begin(), canonical.begin() + static_cast<std::ptrdiff_t>(length))))
      throw Difference("accepted when cut to " + std::to_string(length) + " bytes", canonical);
    compare_small_buffers(canonical, length & ~std::size_t{3});
  }
}

}  // namespace vmrpc::wire
