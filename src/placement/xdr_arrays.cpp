// SPDX-License-Identifier: BSD-3-Clause
// Arrays of scalars (RFC 4506 sections 4.1 to 4.13) and opaque data (section 4.10) in bulk.
#include "config.h"

#include "placement/xdr_arrays.hpp"

#include <algorithm>
#include <bit>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/stock.hpp"
#include "base/xdr.hpp"
#include "placement/held.hpp"
#include "placement/releasing.hpp"

namespace vmrpc::placement {
namespace {

// Elements whose XDR form is their own bytes in big-endian order. Routines that change the
// size (char, short, long) or the value (bool) are left to libtirpc.
std::size_t plain_scalar_bytes(xdrproc_t element) {
  const auto is = [&](auto* routine) { return element == as_xdrproc(routine); };
  if (is(xdr_int) || is(xdr_u_int) || is(xdr_float) || is(xdr_int32_t) || is(xdr_u_int32_t) ||
      is(xdr_uint32_t)) {
    return 4;
  }
  if (is(xdr_double) || is(xdr_hyper) || is(xdr_u_hyper) || is(xdr_longlong_t) || is(xdr_u_longlong_t) ||
      is(xdr_int64_t) || is(xdr_u_int64_t) || is(xdr_uint64_t) || is(xdr_quad_t) || is(xdr_u_quad_t)) {
    return 8;
  }
  return 0;
}

// Reverses the bytes of each word. `from` may be `to`.
template <typename Word>
void reverse_each(char* to, const char* from, std::size_t bytes) {
  for (std::size_t at = 0; at < bytes; at += sizeof(Word)) {
    Word word;
    std::memcpy(&word, from + at, sizeof word);
    word = sizeof word == 4 ? static_cast<Word>(__builtin_bswap32(static_cast<std::uint32_t>(word)))
                            : static_cast<Word>(__builtin_bswap64(word));
    std::memcpy(to + at, &word, sizeof word);
  }
}

#ifdef __x86_64__
using Vector [[gnu::vector_size(16)]] = unsigned char;
constexpr Vector kReversed4 = {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12};
constexpr Vector kReversed8 = {7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8};

// The same for what is a multiple of 16 bytes.
[[gnu::target("ssse3")]] void shuffle_each(char* to, const char* from, std::size_t bytes, Vector order) {
  for (std::size_t at = 0; at < bytes; at += sizeof(Vector)) {
    Vector words;
    std::memcpy(&words, from + at, sizeof words);
    words = __builtin_shuffle(words, order);
    std::memcpy(to + at, &words, sizeof words);
  }
}

// How much of it was done so.
std::size_t shuffle(char* to, const char* from, std::size_t bytes, std::size_t scalar) {
  if (!__builtin_cpu_supports("ssse3")) return 0;
  const std::size_t whole = bytes / sizeof(Vector) * sizeof(Vector);
  shuffle_each(to, from, whole, scalar == 4 ? kReversed4 : kReversed8);
  return whole;
}
#else
std::size_t shuffle(char*, const char*, std::size_t, std::size_t) { return 0; }
#endif

// To or from big-endian order.
void convert(char* to, const char* from, std::size_t bytes, std::size_t scalar) {
  if constexpr (std::endian::native == std::endian::big) {
    std::memmove(to, from, bytes);
    return;
  }
  const std::size_t done = shuffle(to, from, bytes, scalar);
  if (scalar == 4) reverse_each<std::uint32_t>(to + done, from + done, bytes - done);
  else reverse_each<std::uint64_t>(to + done, from + done, bytes - done);
}

// Part of an array that fits in the first-level cache, and that streams can take at once.
constexpr std::size_t kPartBytes = 4096;

bool encode_scalars(XDR* xdrs, const char* from, std::size_t bytes, std::size_t scalar) {
  alignas(8) char part[kPartBytes];
  while (bytes != 0) {
    const std::size_t count = std::min(bytes, kPartBytes);
    auto* const there = reinterpret_cast<char*>(XDR_INLINE(xdrs, static_cast<u_int>(count)));
    convert(there != nullptr ? there : part, from, count, scalar);
    if (there == nullptr && !XDR_PUTBYTES(xdrs, part, static_cast<u_int>(count))) return false;
    from += count;
    bytes -= count;
  }
  return true;
}

bool decode_scalars(XDR* xdrs, char* to, std::size_t bytes, std::size_t scalar) {
  constexpr std::size_t kPart = 64 * 1024;  // converted while it is in the cache
  while (bytes != 0) {
    const std::size_t count = std::min(bytes, kPart);
    if (!XDR_GETBYTES(xdrs, to, static_cast<u_int>(count))) return false;
    convert(to, to, count, scalar);
    to += count;
    bytes -= count;
  }
  return true;
}

bool code_scalars(XDR* xdrs, char* at, std::size_t bytes, std::size_t scalar) {
  switch (xdrs->x_op) {
    case XDR_ENCODE:
      return encode_scalars(xdrs, at, bytes, scalar);
    case XDR_DECODE:
      return decode_scalars(xdrs, at, bytes, scalar);
    default:
      return true;  // scalars own nothing
  }
}

// libtirpc asks each element what it owns.
bool_t free_array(XDR* xdrs, caddr_t* address, u_int count, u_int element_bytes, xdrproc_t element, bool is_scalar) {
  if (is_scalar) count = 0;
  if (!Held::instance().empty()) return release_array(xdrs, address, count, element_bytes, element);
  return stock().xdr_array(xdrs, address, &count, count, element_bytes, element);
}

}  // namespace

bool_t xdr_vector_fast(XDR* xdrs, char* base, u_int count, u_int element_bytes, xdrproc_t element) {
  const std::size_t scalar = plain_scalar_bytes(element);
  if (scalar == 0 || scalar != element_bytes) {
    return stock().xdr_vector(xdrs, base, count, element_bytes, element);
  }
  return code_scalars(xdrs, base, std::size_t{count} * scalar, scalar);
}

bool_t xdr_array_fast(XDR* xdrs, caddr_t* address, u_int* count, u_int max_count, u_int element_bytes,
                      xdrproc_t element) {
  const std::size_t scalar = plain_scalar_bytes(element);
  if (xdrs->x_op == XDR_FREE) return free_array(xdrs, address, *count, element_bytes, element, scalar != 0);
  forget_held(xdrs, address);
  if (scalar == 0 || scalar != element_bytes) {
    return stock().xdr_array(xdrs, address, count, max_count, element_bytes, element);
  }
  if (!xdr_u_int(xdrs, count)) return FALSE;
  if (*count > max_count || UINT_MAX / scalar < *count) return FALSE;
  const std::size_t bytes = std::size_t{*count} * scalar;
  if (*address == nullptr) {
    if (xdrs->x_op != XDR_DECODE || bytes == 0) return *count == 0;
    *address = static_cast<caddr_t>(std::malloc(bytes));
    if (*address == nullptr) return FALSE;
  }
  return code_scalars(xdrs, *address, bytes, scalar);
}

// libtirpc's zeroes the memory first, which takes a third of what copying into it does.
bool_t xdr_bytes_fast(XDR* xdrs, char** bytes, u_int* count, u_int max_count) {
  if (xdrs->x_op != XDR_DECODE || *bytes != nullptr) return stock().xdr_bytes(xdrs, bytes, count, max_count);
  if (!xdr_u_int(xdrs, count) || *count > max_count) return FALSE;
  if (*count == 0) return TRUE;
  *bytes = static_cast<char*>(std::malloc(*count));
  if (*bytes == nullptr) return FALSE;
  if (xdr_opaque(xdrs, *bytes, *count)) return TRUE;
  std::free(std::exchange(*bytes, nullptr));
  return FALSE;
}

}  // namespace vmrpc::placement
