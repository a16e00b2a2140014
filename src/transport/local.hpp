// SPDX-License-Identifier: BSD-3-Clause
// Two processes on one host: sealed memfds, exchanged over an abstract AF_UNIX socket that then
// is the doorbell.
//
// The client binds a name of 128 random bits and tells it in HELLO; only then the server connects.
// Each end sends a token over one socket that the other returns over the other one, so that the
// process at the far end of both is the same.
//
//   HELLO      name, C      server connects; sends S, C over the AF_UNIX socket
//   answer     T
//   ATTACH     S            client has sent T and its memfd over the AF_UNIX socket, and one end of a socket for
//                           chunks of heaps
//   answer     -            server has sent its memfd
#pragma once

#include "transport/transport.hpp"

namespace vmrpc::transport {

Backend local_backend();

}  // namespace vmrpc::transport
