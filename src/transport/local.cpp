// SPDX-License-Identifier: BSD-3-Clause
// The local transport: the meeting of two processes of one host.
#include "config.h"

#include "transport/local.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "base/error.hpp"
#include "transport/local_chunks.hpp"
#include "transport/memfd.hpp"
#include "transport/unix_socket.hpp"

namespace vmrpc::transport {
namespace {

Token token_at(View bytes, std::size_t index) {
  Token token;
  if (bytes.size() < (index + 1) * token.size()) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  std::memcpy(token.data(), bytes.data() + index * token.size(), token.size());
  return token;
}

Bytes join(const Token& a, const Token& b) {
  Bytes bytes(a.begin(), a.end());
  bytes.insert(bytes.end(), b.begin(), b.end());
  return bytes;
}

void expect_token(const Token& expected, const Token& got) {
  if (!same_token(expected, got)) throw UpgradeError(RPC_VM_OTHER_HOST);
}

// What both ends have after ATTACH.
struct Met {
  std::unique_ptr<memory::OwnRegion> own;
  OwnedFd peer_memory;
  OwnedFd socket;
  OwnedFd chunks;
};

Endpoint make_endpoint(Met met) {
  if (!met.peer_memory || !is_packet_socket(met.chunks.get())) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  Endpoint endpoint;
  endpoint.kind = RPC_VM_LOCAL;
  endpoint.peer = map_peer_memfd(met.peer_memory.get());
  endpoint.own = std::move(met.own);
  endpoint.peer_uid = peer_uid(met.socket.get());
  endpoint.bell = std::make_unique<wait::SocketDoorbell>(std::move(met.socket));
  endpoint.chunks = std::make_unique<LocalChunks>(std::move(met.chunks));
  return endpoint;
}

constexpr unsigned char kByte[1] = {0};  // what a descriptor travels with

class LocalClient final : public ClientMeeting {
 public:
  LocalClient() : name_(random_token()), token_(random_token()), listener_(listen_on(name_)) {}

  Bytes hello() override { return join(name_, token_); }

  Bytes attach(View answer, memory::Window*) override {
    socket_ = accept_one(listener_.get());
    listener_.reset();  // one accept for each name
    unsigned char greeting[2 * sizeof(Token)];
    (void)receive_message(socket_.get(), greeting);
    expect_token(token_, token_at(greeting, 1));
    OwnMemfd own = make_own_memfd();
    auto [ours, theirs] = LocalChunks::make_sockets();
    send_message(socket_.get(), token_at(answer, 0), own.fd.get());
    send_message(socket_.get(), kByte, theirs.get());
    region_ = std::move(own.region);
    chunks_ = std::move(ours);
    const Token from_server = token_at(greeting, 0);
    return Bytes(from_server.begin(), from_server.end());
  }

  Endpoint finish(View) override {
    unsigned char byte[1];
    OwnedFd memory = receive_message(socket_.get(), byte);
    return make_endpoint({std::move(region_), std::move(memory), std::move(socket_), std::move(chunks_)});
  }

 private:
  Token name_;
  Token token_;
  OwnedFd listener_;
  OwnedFd socket_;
  OwnedFd chunks_;
  std::unique_ptr<memory::OwnRegion> region_;
};

class LocalServer final : public ServerMeeting {
 public:
  Bytes hello(View offer) override {
    socket_ = connect_to(token_at(offer, 0));
    send_message(socket_.get(), join(over_unix_, token_at(offer, 1)));
    return Bytes(over_rpc_.begin(), over_rpc_.end());
  }

  Bytes attach(View data, memory::Window*) override {
    expect_token(over_unix_, token_at(data, 0));
    Token echo;
    peer_memory_ = receive_message(socket_.get(), echo);
    expect_token(over_rpc_, echo);
    unsigned char byte[1];
    chunks_ = receive_message(socket_.get(), byte);
    OwnMemfd own = make_own_memfd();
    send_message(socket_.get(), kByte, own.fd.get());
    region_ = std::move(own.region);
    return {};
  }

  Endpoint finish() override {
    return make_endpoint({std::move(region_), std::move(peer_memory_), std::move(socket_), std::move(chunks_)});
  }

 private:
  Token over_unix_ = random_token();
  Token over_rpc_ = random_token();
  OwnedFd socket_;
  OwnedFd peer_memory_;
  OwnedFd chunks_;
  std::unique_ptr<memory::OwnRegion> region_;
};

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address);
    return (ntohl(in.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
  }
  const auto& in6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&in6) ||
         (IN6_IS_ADDR_V4MAPPED(&in6) && in6.s6_addr[12] == IN_LOOPBACKNET);
}

bool same_host_address(const sockaddr_storage& a, const sockaddr_storage& b) {
  if (a.ss_family != b.ss_family) return false;
  if (a.ss_family == AF_INET) {
    return reinterpret_cast<const sockaddr_in&>(a).sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in&>(b).sin_addr.s_addr;
  }
  return IN6_ARE_ADDR_EQUAL(&reinterpret_cast<const sockaddr_in6&>(a).sin6_addr,
                            &reinterpret_cast<const sockaddr_in6&>(b).sin6_addr);
}

// An address of this host: AF_UNIX, loopback, or the one that we ourselves speak from.
bool reaches(int socket) {
  sockaddr_storage own{}, peer{};
  socklen_t own_bytes = sizeof own, peer_bytes = sizeof peer;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &own_bytes) != 0) return false;
  if (own.ss_family == AF_UNIX) return true;
  if (own.ss_family != AF_INET && own.ss_family != AF_INET6) return false;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &peer_bytes) != 0) return false;
  return is_loopback(peer) || same_host_address(own, peer);
}

}  // namespace

Backend local_backend() {
  return {RPC_VM_LOCAL, true, reaches,
          []() -> std::unique_ptr<ClientMeeting> { return std::make_unique<LocalClient>(); },
          []() -> std::unique_ptr<ServerMeeting> { return std::make_unique<LocalServer>(); },
          true};
}

}  // namespace vmrpc::transport
