// SPDX-License-Identifier: BSD-3-Clause
// Secrets that a peer must not be able to guess: names, tokens and nonces of 128 random bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vmrpc {

using Token = std::array<unsigned char, 16>;

// Fills `out` from the kernel's generator; throws RpcError when that is refused.
void fill_random(std::span<unsigned char> out);
Token random_token();
std::uint32_t random_u32();

// Compares in time that does not depend on where the bytes differ.
bool same_token(std::span<const unsigned char> a, std::span<const unsigned char> b) noexcept;

}  // namespace vmrpc
