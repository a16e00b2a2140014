// SPDX-License-Identifier: BSD-3-Clause
// Regions in granted pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "memory/region.hpp"
#include "memory/window.hpp"

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

// Fresh zeroed pages that one domain may map for reading. The grants end with the last mapping, or here when there
// is none.
class Grant {
 public:
  // Null when there are not as many pages. Throws UpgradeError.
  static std::optional<Grant> make(std::uint16_t domid, std::size_t pages);

  const std::vector<std::uint32_t>& references() const noexcept { return references_; }  // one for each page
  // Maps some of the pages for writing: anywhere, or over what is reserved at `at`. Throws UpgradeError.
  Mapping map(std::size_t first_page, std::size_t pages, void* at = nullptr) const;
  // When this process ends, however it does, the kernel clears the byte there and rings `port`.
  void tell_of_our_end(std::size_t offset, std::uint32_t port) const;

 private:
  Grant() = default;
  OwnedFd device_;
  std::uint64_t index_ = 0;
  std::vector<std::uint32_t> references_;
};

// What the driver lets all processes of the domain grant together.
std::size_t granted_limit();

// A region, and a page for the ledger of the heap (transport/xen_chunks.hpp).
struct GrantedRegion {
  std::unique_ptr<memory::OwnRegion> region;
  Mapping ledger;
  std::vector<std::uint32_t> references;  // for the peer: the region's, then the ledger's
  GrantedPages pages;
};

// The stream of a region for a process that has granted `in_use` pages of the `limit` that its domain may: 64 KiB, less
// when half of all is in sight; never above `region_max_bytes`. 0 when that allows none.
std::size_t stream_bytes_for(std::size_t in_use, std::size_t limit, std::size_t region_max_bytes) noexcept;

// A region that `domid` alone can map, and only for reading. When this process ends, however it does, the kernel
// clears the region's owner_is_there and rings `port`. Throws UpgradeError(RPC_VM_NO_MEMORY).
GrantedRegion grant_region(std::uint16_t domid, std::uint32_t port);

// Maps for reading what `domid` has granted to us: over `place`, or anywhere when that is none. The one mapping of
// these grants: a paravirtual guest can neither remap nor re-protect it. Throws UpgradeError(RPC_VM_OTHER_HOST) when
// there is no such grant; the place is lost then.
Mapping map_grants(std::uint16_t domid, std::span<const std::uint32_t> references, Mapping place = {});

// A region that `domid` has granted to us, at the start of its window if there is one. Throws UpgradeError.
std::unique_ptr<memory::PeerRegion> map_granted_region(std::uint16_t domid, std::span<const std::uint32_t> references,
                                                       memory::Window* window);

}  // namespace vmrpc::transport
