// SPDX-License-Identifier: BSD-3-Clause
// Making, sealing and checking memfds.
#include "config.h"

#include "transport/memfd.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/settings.hpp"
#include "memory/window.hpp"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace vmrpc::transport {
namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;

Mapping map_shared(int fd, std::size_t bytes, int protection) {
  void* at = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  ::madvise(at, bytes, MADV_DONTDUMP);  // only a courtesy: it may fail
  return Mapping(at, bytes);
}

// The size of a file that cannot shrink under a mapping, 0 for any other. Holes of a hugetlb file raise SIGBUS
// when they are read, whatever its seals: only tmpfs will do.
std::size_t fixed_bytes(int fd) {
  struct statfs fs{};
  struct stat st{};
  // First the seals, which no other file system has: one that the peer serves itself may never answer.
  const int seals = ::fcntl(fd, F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0 || (seals & F_SEAL_GROW) == 0) return 0;
  if (::fstatfs(fd, &fs) != 0 || ::fstat(fd, &st) != 0) throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  return fs.f_type == TMPFS_MAGIC && S_ISREG(st.st_mode) ? static_cast<std::size_t>(st.st_size) : 0;
}

std::size_t region_bytes_of(int fd) {
  const std::size_t bytes = fixed_bytes(fd);
  if (bytes < memory::region_bytes(memory::kStreamBytesMin) || bytes > memory::region_bytes(memory::kStreamBytesMax)) {
    throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  }
  return bytes;
}

bool map_at(void* at, std::size_t bytes, int protection, int fd) {
  if (::mmap(at, bytes, protection, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) return false;
  ::madvise(at, bytes, MADV_DONTDUMP);
  return true;
}

}  // namespace

OwnMemfd make_own_memfd() {
  const std::size_t stream_bytes = memory::stream_bytes_within(settings().region_max_bytes);
  if (stream_bytes == 0) throw UpgradeError(RPC_VM_NO_MEMORY, ENOMEM);
  OwnedFd fd(::memfd_create("vmrpc", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  const std::size_t bytes = memory::region_bytes(stream_bytes);
  if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) {
    throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  }
  Mapping mapping = map_shared(fd.get(), bytes, PROT_READ | PROT_WRITE);
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  return {std::make_unique<memory::OwnRegion>(std::move(mapping), stream_bytes), std::move(fd)};
}

OwnedFd make_chunks(void* at, std::size_t bytes) {
  OwnedFd fd(::memfd_create("vmrpc-heap", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return {};
  if (!map_at(at, bytes, PROT_READ | PROT_WRITE, fd.get())) return {};
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) == 0) return fd;
  memory::reserve_again(at, bytes);
  return {};
}

bool map_peer_chunks(int fd, void* at, std::size_t bytes) {
  return fixed_bytes(fd) == bytes && map_at(at, bytes, PROT_READ, fd);
}

std::unique_ptr<memory::PeerRegion> map_peer_memfd(int fd) {
  const std::size_t bytes = region_bytes_of(fd);
  return std::make_unique<memory::PeerRegion>(map_shared(fd, bytes, PROT_READ));
}

}  // namespace vmrpc::transport
