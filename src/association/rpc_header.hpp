// SPDX-License-Identifier: BSD-3-Clause
// The headers of calls and replies (RFC 5531 section 9) in the form that nearly all have, in one step. Any other
// form is left to libtirpc, which takes them word by word.
#pragma once

#include <arpa/inet.h>
#include <rpc/rpc.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace vmrpc::association {

// The part of a call's header that stays the same from call to call, big-endian.
struct CallHeader {
  std::uint32_t xid, direction, rpc_version, program, version, procedure;
};
static_assert(sizeof(CallHeader) == 24);

// With the credential and verifier of AUTH_NONE.
struct PlainCallHeader {
  CallHeader call;
  std::uint32_t credential_flavour = 0, credential_bytes = 0, verifier_flavour = 0, verifier_bytes = 0;
};
static_assert(sizeof(PlainCallHeader) == 40);

// A reply that was accepted and succeeded, with a verifier of AUTH_NONE, up to its results.
using PlainReply = std::array<std::uint32_t, 6>;
inline PlainReply plain_reply(std::uint32_t xid) noexcept {
  return {htonl(xid), htonl(REPLY), htonl(MSG_ACCEPTED), 0, 0, htonl(SUCCESS)};
}

// Whether this is libtirpc's own AUTH_NONE, which adds nothing and checks nothing.
inline bool is_plain_none(const AUTH* auth) {
  static const auto* const plain = authnone_create()->ah_ops;
  return auth->ah_ops == plain;
}

// Reads a call's header from `bytes` into `msg`, whose credentials have room for MAX_AUTH_BYTES, as
// libtirpc's dispatcher provides. Returns how many bytes that were; 0: not of that form, or not all there.
std::size_t read_call_header(std::span<const unsigned char> bytes, rpc_msg& msg);

}  // namespace vmrpc::association
