// SPDX-License-Identifier: BSD-3-Clause
// A region as its owner and as its reader hold it. Where the memory comes from is the transport's
// business; nothing here knows of RPC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/mapping.hpp"
#include "base/random.hpp"
#include "memory/layout.hpp"

namespace vmrpc::memory {

// The size of a region whose stream has `stream_bytes`.
constexpr std::size_t region_bytes(std::size_t stream_bytes) noexcept {
  return kStreamOffset + stream_bytes;
}

// The largest stream (a power of two) that fits in a region of `limit_bytes`, at most the
// default; 0 when not even the smallest does.
std::size_t stream_bytes_within(std::size_t limit_bytes) noexcept;

// This side's region: mapped for writing by this process alone.
class OwnRegion {
 public:
  // `memory` is zeroed, writable and of region_bytes(stream_bytes).
  OwnRegion(Mapping memory, std::size_t stream_bytes);

  RegionShared& shared() const noexcept { return *static_cast<RegionShared*>(memory_.address()); }
  unsigned char* stream() const noexcept {
    return static_cast<unsigned char*>(memory_.address()) + kStreamOffset;
  }
  std::size_t stream_bytes() const noexcept { return stream_bytes_; }
  std::size_t bytes() const noexcept { return memory_.bytes(); }
  const Token& nonce() const noexcept { return nonce_; }
  // Moves to its place in a window.
  bool move_to(void* address) noexcept { return memory_.move_to(address); }

 private:
  Mapping memory_;
  std::size_t stream_bytes_;
  Token nonce_;
};

// The peer's region, mapped read-only. Everything in it can change at any time to anything.
class PeerRegion {
 public:
  // Checks the header; throws RpcError(RPC_CANTDECODERES) when it is not what the peer promised.
  explicit PeerRegion(Mapping memory);

  const RegionShared& shared() const noexcept {
    return *static_cast<const RegionShared*>(memory_.address());
  }
  const unsigned char* stream() const noexcept {
    return static_cast<const unsigned char*>(memory_.address()) + kStreamOffset;
  }
  std::size_t stream_bytes() const noexcept { return stream_bytes_; }
  std::size_t bytes() const noexcept { return memory_.bytes(); }
  const Token& nonce() const noexcept { return nonce_; }
  bool move_to(void* address) noexcept { return memory_.move_to(address); }

 private:
  Mapping memory_;
  std::size_t stream_bytes_;
  Token nonce_;
};

}  // namespace vmrpc::memory
