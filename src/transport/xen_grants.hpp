// SPDX-License-Identifier: BSD-3-Clause
// Regions in granted pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "memory/region.hpp"

namespace vmrpc::transport {

// Pages that this process has granted, counted from when they are shared until they are given back: they are few
// in a domain, so what an association takes depends on how many there are.
class GrantedPages {
 public:
  GrantedPages() noexcept = default;
  explicit GrantedPages(std::size_t count) noexcept;
  GrantedPages(GrantedPages&& other) noexcept : count_(std::exchange(other.count_, 0)) {}
  GrantedPages& operator=(GrantedPages&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }
  ~GrantedPages();

  static std::size_t in_use() noexcept;

 private:
  std::size_t count_ = 0;
};

struct GrantedRegion {
  std::unique_ptr<memory::OwnRegion> region;
  std::vector<std::uint32_t> references;  // one for each page, for the peer
  GrantedPages pages;
};

// The stream of a region for a process that has granted `in_use` pages of the `limit` that its domain may: 64 KiB, less
// when half of all is in sight; never above `region_max_bytes`. 0 when that allows none.
std::size_t stream_bytes_for(std::size_t in_use, std::size_t limit, std::size_t region_max_bytes) noexcept;

// A region that `domid` alone can map, and only for reading. When this process ends, however it does, the kernel
// clears the region's owner_is_there and rings `port`. Throws UpgradeError(RPC_VM_NO_MEMORY).
GrantedRegion grant_region(std::uint16_t domid, std::uint32_t port);

// Maps a region that `domid` has granted to us. Throws UpgradeError(RPC_VM_OTHER_HOST) when it has not.
std::unique_ptr<memory::PeerRegion> map_granted(std::uint16_t domid, std::span<const std::uint32_t> references);

}  // namespace vmrpc::transport
