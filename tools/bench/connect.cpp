// SPDX-License-Identifier: BSD-3-Clause
// Handles over TCP, UDP and AF_UNIX, made by the calls that rpcgen programs use.
#include <arpa/inet.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "bench_prot.h"
#include "client.hpp"
#include "vm.hpp"

namespace vmrpc::bench {
namespace {

constexpr u_int kUdpBytes = 65000;

sockaddr_in inet_address(const Arguments& arguments) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(arguments.count("port", 0)));
  const std::string host = arguments.text("address", "127.0.0.1");
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    throw std::invalid_argument("not an IPv4 address: " + host);
  return address;
}

CLIENT* connect_tcp(const Arguments& arguments) {
  sockaddr_in address = inet_address(arguments);
  const auto buffers = static_cast<u_int>(arguments.count("buffers", 0));
  int socket = RPC_ANYSOCK;
  return clnttcp_create(&address, BENCH_PROG, BENCH_VERS, &socket, buffers, buffers);
}

CLIENT* connect_udp(const Arguments& arguments) {
  sockaddr_in address = inet_address(arguments);
  int socket = RPC_ANYSOCK;
  return clntudp_bufcreate(&address, BENCH_PROG, BENCH_VERS, timeval{1, 0}, &socket, kUdpBytes,
                           kUdpBytes);
}

CLIENT* connect_unix(const Arguments& arguments) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = arguments.text("path");
  if (path.size() >= sizeof address.sun_path)
    throw std::invalid_argument("the path of the socket is too long: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const auto buffers = static_cast<u_int>(arguments.count("buffers", 0));
  int socket = RPC_ANYSOCK;
  return clntunix_create(&address, BENCH_PROG, BENCH_VERS, &socket, buffers, buffers);
}

CLIENT* connect_by(const std::string& transport, const Arguments& arguments) {
  if (transport == "tcp") return connect_tcp(arguments);
  if (transport == "udp") return connect_udp(arguments);
  if (transport == "unix") return connect_unix(arguments);
  throw std::invalid_argument("unknown transport: " + transport);
}

void use_auth_sys(CLIENT* client) {
  auth_destroy(client->cl_auth);
  client->cl_auth = authunix_create_default();
  if (client->cl_auth == nullptr) throw std::runtime_error("cannot make AUTH_SYS credentials");
}

}  // namespace

void HandleDeleter::operator()(CLIENT* client) const {
  auth_destroy(client->cl_auth);
  clnt_destroy(client);
}

Handle connect_handle(const Arguments& arguments) {
  const std::string transport = arguments.text("transport", "tcp");
  Handle handle(connect_by(transport, arguments));
  if (!handle)
    throw std::runtime_error("cannot connect over " + transport +
                             clnt_spcreateerror(const_cast<char*>("")));
  if (arguments.text("auth", "none") == "sys") use_auth_sys(handle.get());
  if (arguments.text("in-place") == "yes")
    required(VM_FUNCTION(clnt_vm_setinplace))(handle.get(), true);
  return handle;
}

void require_success(clnt_stat stat, const char* what, CLIENT* client) {
  if (stat == RPC_SUCCESS) return;
  rpc_err error{};
  clnt_geterr(client, &error);
  std::string text = std::string(what) + ": " + clnt_sperrno(stat);
  if (stat == RPC_CANTSEND || stat == RPC_CANTRECV)
    text += std::string(" (") + std::strerror(error.re_errno) + "): the server has gone";
  throw std::runtime_error(text);
}

}  // namespace vmrpc::bench
