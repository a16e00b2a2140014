// SPDX-License-Identifier: BSD-3-Clause
// Reading a call's header.
#include "config.h"

#include "association/rpc_header.hpp"

namespace vmrpc::association {
namespace {

class Words {
 public:
  explicit Words(std::span<const unsigned char> bytes) noexcept : bytes_(bytes) {}
  std::uint32_t at(std::size_t offset) const noexcept {
    std::uint32_t word;
    std::memcpy(&word, bytes_.data() + offset, sizeof word);
    return ntohl(word);
  }
  // An opaque_auth at `offset`; where it ends, 0 when it does not fit.
  std::size_t read(std::size_t offset, opaque_auth& auth) const noexcept {
    constexpr std::size_t kHead = 8;
    if (bytes_.size() - offset < kHead) return 0;
    const std::size_t count = at(offset + 4), padded = RNDUP(count);
    if (count > MAX_AUTH_BYTES || padded > bytes_.size() - offset - kHead) return 0;
    if (count != 0 && auth.oa_base == nullptr) return 0;
    auth.oa_flavor = static_cast<enum_t>(at(offset));
    auth.oa_length = static_cast<u_int>(count);
    if (count != 0) std::memcpy(auth.oa_base, bytes_.data() + offset + kHead, count);
    return offset + kHead + padded;
  }

 private:
  std::span<const unsigned char> bytes_;
};

}  // namespace

namespace {

// Behind the CallHeader: without credentials, as PlainCallHeader has them, or any.
std::size_t read_authentication(std::span<const unsigned char> bytes, call_body& call) {
  constexpr unsigned char kNone[sizeof(PlainCallHeader) - sizeof(CallHeader)] = {};
  if (std::memcmp(bytes.data() + sizeof(CallHeader), kNone, sizeof kNone) == 0) {
    call.cb_cred.oa_flavor = call.cb_verf.oa_flavor = AUTH_NONE;
    call.cb_cred.oa_length = call.cb_verf.oa_length = 0;
    return sizeof(PlainCallHeader);
  }
  const Words words(bytes);
  const std::size_t verifier = words.read(sizeof(CallHeader), call.cb_cred);
  return verifier == 0 ? 0 : words.read(verifier, call.cb_verf);
}

}  // namespace

std::size_t read_call_header(std::span<const unsigned char> bytes, rpc_msg& msg) {
  if (bytes.size() < sizeof(PlainCallHeader)) return 0;
  const Words words(bytes);
  if (words.at(4) != CALL || words.at(8) != RPC_MSG_VERSION) return 0;
  const std::size_t end = read_authentication(bytes, msg.rm_call);
  if (end == 0) return 0;
  msg.rm_xid = words.at(0);
  msg.rm_direction = CALL;
  msg.rm_call.cb_rpcvers = RPC_MSG_VERSION;
  msg.rm_call.cb_prog = words.at(12);
  msg.rm_call.cb_vers = words.at(16);
  msg.rm_call.cb_proc = words.at(20);
  return end;
}

}  // namespace vmrpc::association
