// SPDX-License-Identifier: BSD-3-Clause
// From a name to a connection: addresses, rpcbind, sockets.
#pragma once

#include <rpc/rpc.h>
#include <sys/socket.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "options.hpp"

namespace vmrpc::info {

// What went wrong on the way, and what to do about it.
struct Unreachable : std::runtime_error {
  Unreachable(const std::string& what, std::string what_to_do)
      : std::runtime_error(what), remedy(std::move(what_to_do)) {}
  std::string remedy;
};

struct Address {
  sockaddr_storage storage{};
  socklen_t bytes = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  bool is_unix() const { return storage.ss_family == AF_UNIX; }
};

struct DestroyClient {
  void operator()(CLIENT* client) const { CLNT_DESTROY(client); }
};
using Client = std::unique_ptr<CLIENT, DestroyClient>;

std::string host_of(const Address& address);  // 127.0.0.1, ::1
std::string text_of(const Address& address);  // 127.0.0.1:111, [::1]:111, unix:/run/x

// The address without its port, or that of the AF_UNIX socket. Throws Unreachable.
Address resolve(const Target& target);

// Asks rpcbind on that host for the program's TCP port. Throws Unreachable.
unsigned port_of(const Address& host, const Target& target);
void set_port(Address& address, unsigned port);

// A handle on a connection of its own. Throws Unreachable.
Client connect_to(const Address& address, rpcprog_t program, rpcvers_t version, unsigned timeout_s);

}  // namespace vmrpc::info
