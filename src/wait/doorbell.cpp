// SPDX-License-Identifier: BSD-3-Clause
// Ringing over a socket.
#include "config.h"

#include "wait/doorbell.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "base/cancellation.hpp"

namespace vmrpc::wait {

void SocketDoorbell::ring() noexcept {
  // A full buffer means that the peer has not looked for hundreds of rings: one more says nothing.
  const int saved = errno;
  const CancellationDisabled whole;
  (void)::send(socket_.get(), "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  errno = saved;
}

bool SocketDoorbell::drain() noexcept {
  // All of it, or a peer that has filled the buffer could ring no more; but no peer that goes on keeps us here.
  constexpr int kMostParts = 128;
  char bytes[4096];
  const int saved = errno;
  const CancellationDisabled whole;
  ssize_t got = sizeof bytes;
  for (int i = 0; i < kMostParts && got == sizeof bytes; ++i) got = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
  const bool gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  errno = saved;
  return !gone;
}

}  // namespace vmrpc::wait
