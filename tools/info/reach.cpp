// SPDX-License-Identifier: BSD-3-Clause
// Resolving, asking rpcbind, connecting.
#include "config.h"

#include "reach.hpp"

#include <arpa/inet.h>
#include <netconfig.h>
#include <netdb.h>
#include <netinet/in.h>
#include <rpc/rpcb_clnt.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace vmrpc::info {
namespace {

constexpr unsigned kTcp = 0, kUdp = 1;

Address unix_address(const std::string& path) {
  Address address;
  auto& un = reinterpret_cast<sockaddr_un&>(address.storage);
  if (path.size() >= sizeof un.sun_path)
    throw Unreachable("the path is too long for an AF_UNIX socket",
                      "use a shorter path, or a symbolic link");
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.c_str(), path.size() + 1);
  address.bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

in_port_t& port_field(Address& address) {
  return address.storage.ss_family == AF_INET6
             ? reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port
             : reinterpret_cast<sockaddr_in&>(address.storage).sin_port;
}

// 0 when rpcbind has no port of that kind; rpc_createerr tells why.
unsigned ask_rpcbind(const Address& host, const Target& target, unsigned kind) {
  static const char* const kNames[2][2] = {{"tcp", "tcp6"}, {"udp", "udp6"}};
  netconfig* const network = ::getnetconfigent(kNames[kind][host.storage.ss_family == AF_INET6]);
  if (network == nullptr) return 0;
  Address found;
  netbuf buffer{sizeof found.storage, 0, &found.storage};
  const bool ok = ::rpcb_getaddr(target.program, target.version.value_or(1), network, &buffer,
                                 host_of(host).c_str()) != 0;
  ::freenetconfigent(network);
  return ok ? ntohs(port_field(found)) : 0;
}

int open_connection(const Address& address, unsigned timeout_s) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{static_cast<time_t>(timeout_s), 0}, none{};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);  // connect() obeys it
  if (fd < 0 || ::connect(fd, address.get(), address.bytes) != 0) {
    const int error = errno == EINPROGRESS ? ETIMEDOUT : errno;
    if (fd >= 0) ::close(fd);
    throw Unreachable(text_of(address) + ": " + std::strerror(error),
                      error == ECONNREFUSED ? "start the server, or check its port"
                      : address.is_unix()   ? "check the path and its permissions"
                                            : "check the address, the route and firewalls");
  }
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
  return fd;
}

}  // namespace

std::string host_of(const Address& address) {
  char text[NI_MAXHOST] = "?";
  ::getnameinfo(address.get(), address.bytes, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

std::string text_of(const Address& address) {
  if (address.is_unix())
    return std::string("unix:") + reinterpret_cast<const sockaddr_un&>(address.storage).sun_path;
  Address copy = address;
  const std::string host = host_of(address), port = std::to_string(ntohs(port_field(copy)));
  return address.storage.ss_family == AF_INET6 ? "[" + host + "]:" + port : host + ":" + port;
}

Address resolve(const Target& target) {
  if (!target.path.empty()) return unix_address(target.path);
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  const int error = ::getaddrinfo(target.host.c_str(), nullptr, &hints, &list);
  if (error != 0)
    throw Unreachable(target.host + ": " + ::gai_strerror(error),
                      "check the name, or give the address");
  const addrinfo* chosen = list;  // clnt_create() takes IPv4 first, where there is one
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next)
    if (one->ai_family == AF_INET) {
      chosen = one;
      break;
    }
  Address address;
  address.bytes = chosen->ai_addrlen;
  std::memcpy(&address.storage, chosen->ai_addr, chosen->ai_addrlen);
  ::freeaddrinfo(list);
  return address;
}

void set_port(Address& address, unsigned port) {
  port_field(address) = htons(static_cast<in_port_t>(port));
}

unsigned port_of(const Address& host, const Target& target) {
  if (const unsigned port = ask_rpcbind(host, target, kTcp)) return port;
  const std::string what = ::clnt_spcreateerror("rpcbind");
  if (rpc_createerr.cf_stat != RPC_PROGNOTREGISTERED)
    throw Unreachable(what, "start rpcbind there, or give the server's port: HOST:PORT");
  if (ask_rpcbind(host, target, kUdp) != 0)
    throw Unreachable("the program is registered for UDP only, which is never upgraded",
                      "let the server listen on TCP as well");
  throw Unreachable(what, "start the server, or give its port if it does not register: HOST:PORT");
}

Client connect_to(const Address& address, rpcprog_t program, rpcvers_t version,
                  unsigned timeout_s) {
  const int fd = open_connection(address, timeout_s);
  Address copy = address;
  const netbuf buffer{sizeof copy.storage, copy.bytes, &copy.storage};
  Client client(::clnt_vc_create(fd, &buffer, program, version, 0, 0));
  if (!client) {
    ::close(fd);
    throw Unreachable(::clnt_spcreateerror("no handle"), "see what the message says");
  }
  CLNT_CONTROL(client.get(), CLSET_FD_CLOSE, nullptr);
  return client;
}

}  // namespace vmrpc::info
