// SPDX-License-Identifier: BSD-3-Clause
// Regions: writing and checking the header.
#include "config.h"

#include "memory/region.hpp"

#include <bit>
#include <cerrno>
#include <cstring>
#include <new>

#include "base/error.hpp"

namespace vmrpc::memory {

std::size_t stream_bytes_within(std::size_t limit_bytes) noexcept {
  if (limit_bytes < region_bytes(kStreamBytesMin)) return 0;
  const std::size_t room = std::bit_floor(limit_bytes - kStreamOffset);
  return room < kStreamBytesDefault ? room : kStreamBytesDefault;
}

OwnRegion::OwnRegion(Mapping memory, std::size_t stream_bytes)
    : memory_(std::move(memory)), stream_bytes_(stream_bytes), nonce_(random_token()) {
  IdentityShared& identity = shared().identity;
  identity.layout_version = kLayoutVersion;
  identity.stream_bytes = static_cast<std::uint32_t>(stream_bytes_);
  std::memcpy(identity.nonce, nonce_.data(), sizeof identity.nonce);
  std::memcpy(identity.magic, kMagic, sizeof identity.magic);
  identity.owner_is_there.store(1, std::memory_order_relaxed);
  shared().sleep.epoch.store(1, std::memory_order_relaxed);  // asleep until somebody listens
}

PeerRegion::PeerRegion(Mapping memory) : memory_(std::move(memory)) {
  IdentityShared copy;  // checked and used from here only
  std::memcpy(static_cast<void*>(&copy), &shared().identity, sizeof copy);
  stream_bytes_ = copy.stream_bytes;
  const bool plausible = std::memcmp(copy.magic, kMagic, sizeof kMagic) == 0 &&
                         copy.layout_version == kLayoutVersion && std::has_single_bit(stream_bytes_) &&
                         stream_bytes_ >= kStreamBytesMin && stream_bytes_ <= kStreamBytesMax &&
                         region_bytes(stream_bytes_) == memory_.bytes();
  if (!plausible) throw RpcError(RPC_CANTDECODERES, EPROTO);
  std::memcpy(nonce_.data(), copy.nonce, nonce_.size());
}

}  // namespace vmrpc::memory
