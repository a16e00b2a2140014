// SPDX-License-Identifier: BSD-3-Clause
// Random tokens from getrandom(2).
#include "config.h"

#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace vmrpc {

void fill_random(std::span<unsigned char> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno != EINTR) throw RpcError(RPC_SYSTEMERROR, errno);
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

Token random_token() {
  Token token;
  fill_random(token);
  return token;
}

std::uint32_t random_u32() {
  std::array<unsigned char, 4> bytes;
  fill_random(bytes);
  std::uint32_t value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

bool same_token(std::span<const unsigned char> a, std::span<const unsigned char> b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace vmrpc
