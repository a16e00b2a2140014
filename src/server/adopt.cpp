// SPDX-License-Identifier: BSD-3-Clause
// Taking over transports as libtirpc registers them.
#include "config.h"

#include "server/adopt.hpp"

#include <sys/socket.h>

#include <cstdint>

#include "base/boundary.hpp"
#include "base/settings.hpp"
#include "base/stock.hpp"
#include "server/run_loop.hpp"
#include "server/service_transport.hpp"

namespace vmrpc::server {
namespace {

int socket_option(int fd, int option) {
  int value = -1;
  socklen_t bytes = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &bytes) == 0 ? value : -1;
}

// Not a listening socket, not UDP, not a transport of the program's own making.
bool is_ours_to_take(const SVCXPRT* xprt) {
  return settings().mode != Mode::kOff && socket_option(xprt->xp_fd, SO_TYPE) == SOCK_STREAM &&
         socket_option(xprt->xp_fd, SO_ACCEPTCONN) == 0 && xprt->xp_ops != nullptr &&
         is_stock_code(reinterpret_cast<const void*>(xprt->xp_ops->xp_recv));
}

}  // namespace

void register_transport(SVCXPRT* xprt) {
  if (ServiceTransport* known = ServiceTransport::of(xprt)) return known->enlist();
  if (is_ours_to_take(xprt)) return (new ServiceTransport(xprt))->enlist();
  stock().xprt_register(xprt);
  note_registration(xprt->xp_fd);
}

void unregister_transport(SVCXPRT* xprt) {
  if (ServiceTransport* known = ServiceTransport::of(xprt)) return known->delist();
  stock().xprt_unregister(xprt);
  note_registration(xprt->xp_fd);
}

}  // namespace vmrpc::server
