// SPDX-License-Identifier: BSD-3-Clause
// The server worker: one transport, rpcgen's dispatcher and svc_run, nothing else.
#include <arpa/inet.h>
#include <rpc/rpc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "bench_prot.h"
#include "client.hpp"
#include "service.hpp"
#include "vm.hpp"

extern "C" void bench_prog_1(struct svc_req* request, SVCXPRT* xprt);  // rpcgen's

namespace vmrpc::bench {
namespace {

constexpr u_int kUdpBytes = 65000;

// Bound here, so that the service is on one address and no other. libtirpc does not listen on a
// socket that it did not make.
int bound_socket(const Arguments& arguments, int type) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(arguments.count("port", 0)));
  const std::string host = arguments.text("address", "127.0.0.1");
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    throw std::invalid_argument("not an IPv4 address: " + host);
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      (type == SOCK_STREAM && ::listen(fd, SOMAXCONN) != 0))
    throw std::runtime_error("cannot listen on " + host + " port " + arguments.text("port", "0") +
                             ": choose another address or port");
  return fd;
}

SVCXPRT* create_transport(const Arguments& arguments) {
  const std::string transport = arguments.text("transport", "tcp");
  const auto buffers = static_cast<u_int>(arguments.count("buffers", 0));
  if (transport == "tcp")
    return svctcp_create(bound_socket(arguments, SOCK_STREAM), buffers, buffers);
  if (transport == "udp")
    return svcudp_bufcreate(bound_socket(arguments, SOCK_DGRAM), kUdpBytes, kUdpBytes);
  if (transport == "unix") {
    std::string path = arguments.text("path");
    return svcunix_create(RPC_ANYSOCK, buffers, buffers, path.data());
  }
  throw std::invalid_argument("unknown transport: " + transport);
}

unsigned local_port(int fd) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      address.sin_family != AF_INET)
    return 0;
  return ntohs(address.sin_port);
}

}  // namespace

int run_server(const Arguments& arguments) {
  SVCXPRT* const xprt = create_transport(arguments);
  if (xprt == nullptr) throw std::runtime_error("cannot create the server's transport");
  if (!svc_register(xprt, BENCH_PROG, BENCH_VERS, bench_prog_1, 0))
    throw std::runtime_error("cannot register the service");
  if (arguments.text("in-place") == "yes")
    required(VM_FUNCTION(svc_vm_setinplace))(BENCH_PROG, BENCH_VERS, true);
  answer_from_heap = arguments.text("heap") == "yes";
  std::printf("{\"port\":%u}\n", local_port(xprt->xp_fd));
  std::fflush(stdout);
  svc_run();
  throw std::runtime_error("svc_run returned");
}

}  // namespace vmrpc::bench
