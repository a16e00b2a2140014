// SPDX-License-Identifier: BSD-3-Clause
// The streams of stream.hpp.
#include "stream.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace vmrpc::wire {

namespace {

constexpr std::size_t kLargestSample = 8 * 1024;
constexpr u_int kLargestPiece = 4096;

int32_t* never_inline(XDR*, u_int) { return nullptr; }
void destroy_nothing(XDR*) {}
bool_t refuse_put_long(XDR*, const long*) { return FALSE; }
bool_t refuse_put_bytes(XDR*, const char*, u_int) { return FALSE; }
u_int position_unknown(XDR*) { return static_cast<u_int>(-1); }
bool_t refuse_position(XDR*, u_int) { return FALSE; }

}  // namespace

std::uint32_t WordSource::below(std::uint32_t limit) {
  return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
}

std::uint32_t WordSource::word() {
  const std::uint32_t dice = below(100);
  if (dice < 35) return below(4);
  if (dice < 60) return below(17);
  if (dice < 85 && !constants_.empty())
    return constants_[below(static_cast<std::uint32_t>(constants_.size()))];
  // As a count, 2^10 elements are walked quickly and 2^31 are refused; what lies between takes
  // minutes.
  const auto bits = static_cast<std::uint32_t>(random_());
  return dice < 92 ? bits | 0x80000000U : bits & 0x3ffU;
}

const XDR::xdr_ops InventingStream::kOps = {
    get_long,        refuse_put_long, get_bytes,       refuse_put_bytes, position_unknown,
    refuse_position, never_inline,    destroy_nothing, nullptr,
};

InventingStream::InventingStream(WordSource& source, Bytes prefix, std::size_t budget_bytes)
    : source_(source), prefix_(std::move(prefix)), budget_bytes_(budget_bytes) {
  xdr_.x_op = XDR_DECODE;
  xdr_.x_ops = &kOps;
  xdr_.x_private = this;
}

// The first word after the prefix is random even past the budget: it is the one to be tried anew.
std::uint32_t InventingStream::invent_word() {
  if (taken_.size() > budget_bytes_ && taken_.size() != prefix_.size()) return 0;
  return source_.word();
}

std::uint8_t InventingStream::invent_byte() {
  return static_cast<std::uint8_t>(source_.below(4) == 0 ? source_.below(256)
                                                         : 'a' + source_.below(26));
}

bool_t InventingStream::get_long(XDR* xdrs, long* value) {
  auto& self = *static_cast<InventingStream*>(xdrs->x_private);
  const std::size_t at = self.taken_.size();
  self.exhausted_ = at >= kLargestSample;
  if (self.exhausted_) return FALSE;
  self.word_offsets_.push_back(at);
  std::uint32_t big_endian = 0;
  if (at + sizeof big_endian <= self.prefix_.size())
    std::memcpy(&big_endian, &self.prefix_[at], sizeof big_endian);
  else
    big_endian = htonl(self.invent_word());
  const auto* first = reinterpret_cast<const std::uint8_t*>(&big_endian);
  self.taken_.insert(self.taken_.end(), first, first + sizeof big_endian);
  *value = static_cast<long>(ntohl(big_endian));  // zero-extended, as xdrmem does
  return TRUE;
}

bool_t InventingStream::get_bytes(XDR* xdrs, char* to, u_int count) {
  auto& self = *static_cast<InventingStream*>(xdrs->x_private);
  self.exhausted_ = self.taken_.size() >= kLargestSample;
  if (count > kLargestPiece || self.exhausted_) return FALSE;
  for (u_int i = 0; i < count; i++) {
    const std::size_t at = self.taken_.size();
    self.taken_.push_back(at < self.prefix_.size() ? self.prefix_[at] : self.invent_byte());
    to[i] = static_cast<char>(self.taken_.back());
  }
  return TRUE;
}

const XDR::xdr_ops PlainStream::kOps = {
    get_long,     put_long,     get_bytes,       put_bytes, position,
    set_position, never_inline, destroy_nothing, nullptr,
};

PlainStream::PlainStream(std::span<std::uint8_t> bytes, xdr_op op) : bytes_(bytes) {
  xdr_.x_op = op;
  xdr_.x_ops = &kOps;
  xdr_.x_private = this;
}

bool_t PlainStream::get_bytes(XDR* xdrs, char* to, u_int count) {
  auto& self = *static_cast<PlainStream*>(xdrs->x_private);
  if (count > self.bytes_.size() - self.position_) return FALSE;
  std::copy_n(self.bytes_.begin() + static_cast<std::ptrdiff_t>(self.position_), count, to);
  self.position_ += count;
  return TRUE;
}

bool_t PlainStream::put_bytes(XDR* xdrs, const char* from, u_int count) {
  auto& self = *static_cast<PlainStream*>(xdrs->x_private);
  if (count > self.bytes_.size() - self.position_) return FALSE;
  std::copy_n(from, count, self.bytes_.begin() + static_cast<std::ptrdiff_t>(self.position_));
  self.position_ += count;
  return TRUE;
}

bool_t PlainStream::get_long(XDR* xdrs, long* value) {
  std::uint32_t big_endian = 0;
  if (!get_bytes(xdrs, reinterpret_cast<char*>(&big_endian), sizeof big_endian)) return FALSE;
  *value = static_cast<long>(ntohl(big_endian));
  return TRUE;
}

bool_t PlainStream::put_long(XDR* xdrs, const long* value) {
  const std::uint32_t big_endian = htonl(static_cast<std::uint32_t>(*value));
  return put_bytes(xdrs, reinterpret_cast<const char*>(&big_endian), sizeof big_endian);
}

u_int PlainStream::position(XDR* xdrs) {
  return static_cast<u_int>(static_cast<PlainStream*>(xdrs->x_private)->position_);
}

bool_t PlainStream::set_position(XDR* xdrs, u_int position) {
  auto& self = *static_cast<PlainStream*>(xdrs->x_private);
  if (position > self.bytes_.size()) return FALSE;
  self.position_ = position;
  return TRUE;
}

}  // namespace vmrpc::wire
