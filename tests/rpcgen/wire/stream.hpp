// SPDX-License-Identifier: BSD-3-Clause
// XDR streams of our own: one that invents the bytes that a decoder asks for, two that never
// inline.
#pragma once

#include <rpc/rpc.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace vmrpc::wire {

using Bytes = std::vector<std::uint8_t>;

// What a random word is drawn from: mostly small numbers (counts, flags), else constants of the .x
// file.
class WordSource {
 public:
  WordSource(std::mt19937_64& random, std::span<const std::uint32_t> constants)
      : random_(random), constants_(constants) {}

  std::uint32_t word();
  std::uint32_t below(std::uint32_t limit);

 private:
  std::mt19937_64& random_;
  std::span<const std::uint32_t> constants_;
};

// Decodes from bytes made up on demand, after a prefix given beforehand. Past budget_bytes every
// word is 0, so that lists end. taken() is what the decoder saw.
class InventingStream {
 public:
  InventingStream(WordSource& source, Bytes prefix, std::size_t budget_bytes);

  XDR* xdr() { return &xdr_; }
  const Bytes& taken() const { return taken_; }
  // The decoder asked for more than anybody wants to compare.
  bool exhausted() const { return exhausted_; }
  // Offsets in taken() of each single word; the last is the one that a refusing decoder has looked
  // at.
  const std::vector<std::size_t>& word_offsets() const { return word_offsets_; }

 private:
  static const XDR::xdr_ops kOps;
  static bool_t get_long(XDR* xdrs, long* value);
  static bool_t get_bytes(XDR* xdrs, char* to, u_int count);
  std::uint8_t invent_byte();
  std::uint32_t invent_word();

  XDR xdr_{};
  WordSource& source_;
  Bytes prefix_;
  std::size_t budget_bytes_;
  bool exhausted_ = false;
  Bytes taken_;
  std::vector<std::size_t> word_offsets_;
};

// Memory in either direction, like xdrmem but without x_inline.
class PlainStream {
 public:
  PlainStream(std::span<std::uint8_t> bytes, xdr_op op);

  XDR* xdr() { return &xdr_; }

 private:
  static const XDR::xdr_ops kOps;
  static bool_t get_long(XDR* xdrs, long* value);
  static bool_t put_long(XDR* xdrs, const long* value);
  static bool_t get_bytes(XDR* xdrs, char* to, u_int count);
  static bool_t put_bytes(XDR* xdrs, const char* from, u_int count);
  static u_int position(XDR* xdrs);
  static bool_t set_position(XDR* xdrs, u_int position);

  XDR xdr_{};
  std::span<std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

}  // namespace vmrpc::wire
