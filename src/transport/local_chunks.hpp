// SPDX-License-Identifier: BSD-3-Clause
// Chunks of heaps as sealed memfds, announced over an AF_UNIX socket of their own.
#pragma once

#include "transport/transport.hpp"

namespace vmrpc::transport {

class LocalChunks final : public ChunkExchange {
 public:
  // A socket that keeps messages apart; whose other end the peer has.
  explicit LocalChunks(OwnedFd socket) noexcept : socket_(std::move(socket)) {}
  // Two connected ones; throws UpgradeError.
  static std::pair<OwnedFd, OwnedFd> make_sockets();

  bool share(void* at, std::size_t first_chunk, std::size_t chunk_count) override;
  std::optional<Announcement> take() override;
  Mapped map(const Announcement& announcement, void* at) override;
  void take_back(std::size_t, std::size_t) noexcept override {}
  std::size_t spare_chunks() const noexcept override { return 8; }
  bool children_inherit() const noexcept override { return true; }

 private:
  OwnedFd socket_;
};

}  // namespace vmrpc::transport
