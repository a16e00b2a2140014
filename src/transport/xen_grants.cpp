// SPDX-License-Identifier: BSD-3-Clause
// Granting pages through /dev/xen/gntalloc, mapping others' through /dev/xen/gntdev.
#include "config.h"

#include "transport/xen_grants.hpp"

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/settings.hpp"
#include "transport/xen_kernel.hpp"

namespace vmrpc::transport {
namespace {

constinit std::atomic<std::size_t> g_pages{0};

constexpr std::size_t kStreamBytesMost = std::size_t{64} << 10;

// A request of the kernel's whose last member is an array of one: room for `count`.
template <typename Request, typename Element>
class LongRequest {
 public:
  explicit LongRequest(std::size_t count)
      : words_((sizeof(Request) + count * sizeof(Element) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t)) {}
  Request* operator->() noexcept { return get(); }
  Request* get() noexcept { return reinterpret_cast<Request*>(words_.data()); }

 private:
  std::vector<std::uint64_t> words_;
};

// Null when there are not as many pages.
std::unique_ptr<GrantedRegion> try_grant(std::uint16_t domid, std::uint32_t port, std::size_t stream_bytes) {
  const std::size_t pages = memory::region_bytes(stream_bytes) / memory::kPageBytes;
  const auto grant = Grant::make(domid, pages + 1);
  if (!grant) return nullptr;
  auto granted = std::make_unique<GrantedRegion>();
  granted->region = std::make_unique<memory::OwnRegion>(grant->map(0, pages), stream_bytes);
  granted->ledger = grant->map(pages, 1);
  granted->references = grant->references();
  granted->pages = GrantedPages(pages + 1);
  grant->tell_of_our_end(offsetof(memory::RegionShared, identity) + offsetof(memory::IdentityShared, owner_is_there), port);
  return granted;
}

// Another host's domain of that number may have granted us anything: ours begins with our magic.
bool looks_like_region(const Mapping& mapping) {
  char magic[sizeof memory::kMagic];
  std::memcpy(magic, static_cast<const memory::RegionShared*>(mapping.address())->identity.magic, sizeof magic);
  return std::memcmp(magic, memory::kMagic, sizeof magic) == 0;
}

}  // namespace

std::size_t granted_limit() {
  constexpr std::size_t kDefault = 1024;
  std::ifstream file("/sys/module/xen_gntalloc/parameters/limit");
  std::size_t limit = 0;
  return file >> limit ? limit : kDefault;
}

std::optional<Grant> Grant::make(std::uint16_t domid, std::size_t pages) {
  Grant grant;
  grant.device_ = open_xen_device(kGrantAllocDevice);
  LongRequest<ioctl_gntalloc_alloc_gref, std::uint32_t> request(pages);
  request->domid = domid;
  request->flags = 0;  // not GNTALLOC_FLAG_WRITABLE
  request->count = static_cast<std::uint32_t>(pages);
  if (::ioctl(grant.device_.get(), IOCTL_GNTALLOC_ALLOC_GREF, request.get()) != 0) {
    if (errno == ENOSPC || errno == ENOMEM) return std::nullopt;
    throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  }
  grant.index_ = request->index;
  grant.references_.assign(request->gref_ids, request->gref_ids + pages);
  return grant;
}

Mapping Grant::map(std::size_t first_page, std::size_t pages, void* at) const {
  const std::size_t bytes = pages * memory::kPageBytes;
  const int where = at == nullptr ? 0 : MAP_FIXED;
  const auto offset = static_cast<off_t>(index_ + first_page * memory::kPageBytes);
  void* const got = ::mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | where, device_.get(), offset);
  if (got == MAP_FAILED) throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  return Mapping(got, bytes);
}

// The driver takes the byte's place in the file for it.
void Grant::tell_of_our_end(std::size_t offset, std::uint32_t port) const {
  ioctl_gntalloc_unmap_notify request{};
  request.index = index_ + offset;
  request.action = UNMAP_NOTIFY_CLEAR_BYTE | UNMAP_NOTIFY_SEND_EVENT;
  request.event_channel_port = port;
  if (::ioctl(device_.get(), IOCTL_GNTALLOC_SET_UNMAP_NOTIFY, &request) != 0) {
    throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  }
}

GrantedPages::GrantedPages(std::size_t count) noexcept : count_(count) {
  g_pages.fetch_add(count, std::memory_order_relaxed);
}

GrantedPages::~GrantedPages() { g_pages.fetch_sub(count_, std::memory_order_relaxed); }

std::size_t GrantedPages::in_use() noexcept { return g_pages.load(std::memory_order_relaxed); }

std::size_t stream_bytes_for(std::size_t in_use, std::size_t limit, std::size_t region_max_bytes) noexcept {
  const std::size_t most = std::min(memory::stream_bytes_within(region_max_bytes), kStreamBytesMost);
  const unsigned halvings = in_use < limit / 4 ? 0 : in_use < limit / 2 ? 1 : 2;
  return most == 0 ? 0 : std::max(most >> halvings, memory::kStreamBytesMin);
}

GrantedRegion grant_region(std::uint16_t domid, std::uint32_t port) {
  std::size_t stream_bytes = stream_bytes_for(GrantedPages::in_use(), granted_limit(), settings().region_max_bytes);
  for (; stream_bytes >= memory::kStreamBytesMin; stream_bytes /= 2) {
    if (auto granted = try_grant(domid, port, stream_bytes)) return std::move(*granted);
  }
  throw UpgradeError(RPC_VM_NO_MEMORY, ENOSPC);
}

Mapping map_grants(std::uint16_t domid, std::span<const std::uint32_t> references, Mapping place) {
  const std::size_t bytes = references.size() * memory::kPageBytes;
  const OwnedFd device = open_xen_device(kGrantMapDevice);
  LongRequest<ioctl_gntdev_map_grant_ref, ioctl_gntdev_grant_ref> request(references.size());
  request->count = static_cast<std::uint32_t>(references.size());
  ioctl_gntdev_grant_ref* const entries = request->refs;
  for (std::size_t i = 0; i < references.size(); ++i) entries[i] = {domid, references[i]};
  if (references.empty() || ::ioctl(device.get(), IOCTL_GNTDEV_MAP_GRANT_REF, request.get()) != 0) {
    throw UpgradeError(RPC_VM_OTHER_HOST, errno);
  }
  const int where = place.address() == nullptr ? 0 : MAP_FIXED;
  void* const at = ::mmap(place.address(), bytes, PROT_READ, MAP_SHARED | where, device.get(), static_cast<off_t>(request->index));
  if (at == MAP_FAILED) throw UpgradeError(RPC_VM_OTHER_HOST, errno);
  place.leave();
  return Mapping(at, bytes, process_token());
}

std::unique_ptr<memory::PeerRegion> map_granted_region(std::uint16_t domid, std::span<const std::uint32_t> references,
                                                       memory::Window* window) {
  const std::size_t bytes = references.size() * memory::kPageBytes;
  Mapping place = window != nullptr ? window->give_place(bytes) : Mapping();
  if (window != nullptr && place.address() == nullptr) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  Mapping mapping = map_grants(domid, references, std::move(place));
  if (!looks_like_region(mapping)) throw UpgradeError(RPC_VM_OTHER_HOST);
  return std::make_unique<memory::PeerRegion>(std::move(mapping));
}

}  // namespace vmrpc::transport
