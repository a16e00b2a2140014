// SPDX-License-Identifier: BSD-3-Clause
// Sending and taking memfds.
#include "config.h"

#include "transport/local_chunks.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "base/boundary.hpp"
#include "memory/heap.hpp"
#include "memory/window.hpp"
#include "transport/memfd.hpp"
#include "transport/unix_socket.hpp"

namespace vmrpc::transport {
namespace {

struct AnnouncementWire {
  std::uint32_t first_chunk, chunk_count;
};

}  // namespace

std::pair<OwnedFd, OwnedFd> LocalChunks::make_sockets() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  }
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

bool LocalChunks::share(void* at, std::size_t first_chunk, std::size_t chunk_count) {
  const std::size_t bytes = chunk_count * memory::kChunkBytes;
  const OwnedFd memory = make_chunks(at, bytes);
  if (!memory) return false;
  const AnnouncementWire wire{static_cast<std::uint32_t>(first_chunk), static_cast<std::uint32_t>(chunk_count)};
  const View message(reinterpret_cast<const unsigned char*>(&wire), sizeof wire);
  return upgrade_boundary([&] { return send_message(socket_.get(), message, memory.get()), true; },
                          [&](rpc_vm_reason) { return memory::reserve_again(at, bytes), false; });
}

std::optional<ChunkExchange::Announcement> LocalChunks::take() {
  AnnouncementWire wire{};
  std::span<unsigned char> out(reinterpret_cast<unsigned char*>(&wire), sizeof wire);
  return upgrade_boundary(
      [&]() -> std::optional<Announcement> {
        OwnedFd memory = receive_message(socket_.get(), out);
        return Announcement{wire.first_chunk, wire.chunk_count, std::move(memory)};
      },
      [](rpc_vm_reason) -> std::optional<Announcement> { return std::nullopt; });
}

ChunkExchange::Mapped LocalChunks::map(const Announcement& announcement, void* at) {
  const std::size_t bytes = announcement.chunk_count * memory::kChunkBytes;
  const bool mapped = announcement.memory && map_peer_chunks(announcement.memory.get(), at, bytes);
  return mapped ? Mapped::kYes : Mapped::kNo;
}

}  // namespace vmrpc::transport
