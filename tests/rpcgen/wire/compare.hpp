// SPDX-License-Identifier: BSD-3-Clause
// The comparison of two compilers' routines for one type.
#pragma once

#include <stdexcept>
#include <string>

#include "side.hpp"

namespace vmrpc::wire {

// What differs, and for which bytes.
class Difference : public std::runtime_error {
 public:
  Difference(const std::string& what, const Bytes& bytes);
};

// reference is the stock compiler's, candidate the one under test. Booleans are compared by truth:
// stock's inlined decoding keeps any non-zero word, so bytes are first brought to the form that
// candidate encodes.
class Comparison {
 public:
  Comparison(const wire_type& reference, const wire_type& candidate, WordSource& source)
      : reference_(reference), candidate_(candidate), source_(source) {}

  // Both accept or both refuse, from every kind of stream, and consume the same. True if they
  // accept.
  bool compare_verdicts(const Bytes& bytes);

  // The verdicts; and if they accept, all that each makes of what each decoded.
  // Returns the canonical bytes, none if both refuse.
  std::optional<Bytes> compare(const Bytes& bytes);

  void compare_truncations(const Bytes& canonical);

 private:
  Bytes normalise(const wire_type& type, const Bytes& bytes);
  void compare_encodings(const Bytes& canonical);
  void compare_small_buffers(const Bytes& canonical, std::size_t capacity_bytes);

  const wire_type& reference_;
  const wire_type& candidate_;
  WordSource& source_;
};

}  // namespace vmrpc::wire
