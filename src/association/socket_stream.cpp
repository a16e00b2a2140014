// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing records.
#include "config.h"

#include "association/socket_stream.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>

namespace vmrpc::association {
namespace {

// The buffer sizes of libtirpc's own connections.
u_int buffer_bytes(int socket, u_int asked) {
  constexpr u_int kMax = 256 * 1024, kTcp = 64 * 1024, kOther = 9000;
  if (asked != 0) return std::min(asked, kMax);
  int domain = 0;
  socklen_t bytes = sizeof domain;
  const bool known = ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &bytes) == 0;
  return known && domain != AF_UNIX ? kTcp : kOther;
}

}  // namespace

SocketStream::SocketStream(int socket, u_int send_bytes, u_int receive_bytes) : socket_(socket) {
  xdrrec_create(&xdr_, buffer_bytes(socket, send_bytes), buffer_bytes(socket, receive_bytes), this,
                read_some, write_all);
}

SocketStream::~SocketStream() { XDR_DESTROY(&xdr_); }

int SocketStream::fail(clnt_stat stat, int error) noexcept {
  error_stat_ = stat;
  error_errno_ = error;
  return -1;
}

// Not with the record stream's own holding back: that can only be flushed by one more record.
bool SocketStream::end_record(bool flush) {
  constexpr std::size_t kHeldMax = 64 * 1024;
  holding_ = !flush;
  const bool ended = xdrrec_endofrecord(&xdr_, TRUE) != 0;
  holding_ = false;
  return ended && (held_.size() <= kHeldMax || this->flush());
}

bool SocketStream::flush() {
  const bool sent = send_all(held_.data(), held_.size());
  held_.clear();
  return sent;
}

void SocketStream::go_on(Deadline& deadline) noexcept {
  deadline_ = &deadline;
  xdr_.x_op = XDR_DECODE;
}

bool SocketStream::has_buffered(Deadline& deadline) {
  go_on(deadline);
  return xdrrec_eof(&xdr_) == 0;
}

bool SocketStream::next_record(Deadline& deadline) {
  go_on(deadline);
  return xdrrec_skiprecord(&xdr_) != 0;
}

void SocketStream::throw_error() const {
  if (error_stat_ != RPC_SUCCESS) throw RpcError(error_stat_, error_errno_);
}

bool SocketStream::wait_readable(Deadline& deadline) {
  pollfd fd{socket_, POLLIN, 0};
  while (true) {
    const int count = ::poll(&fd, 1, poll_timeout_ms(deadline.at()));
    if (count > 0) return true;
    if (count == 0 && deadline.at() <= now_ns()) return fail(RPC_TIMEDOUT, 0) == 0;
    if (count < 0 && errno != EINTR) return fail(RPC_CANTRECV, errno) == 0;
  }
}

int SocketStream::read_some(void* self, void* buffer, int count) {
  auto& stream = *static_cast<SocketStream*>(self);
  if (count == 0) return 0;
  while (true) {
    const ssize_t got = ::recv(stream.socket_, buffer, static_cast<std::size_t>(count), MSG_DONTWAIT);
    if (got > 0) return static_cast<int>(got);
    if (got == 0) return stream.fail(RPC_CANTRECV, ECONNRESET);
    if (errno == EAGAIN) {
      if (!stream.wait_readable(*stream.deadline_)) return -1;
    } else if (errno != EINTR) {
      return stream.fail(RPC_CANTRECV, errno);
    }
  }
}

int SocketStream::write_all(void* self, void* buffer, int count) {
  auto& stream = *static_cast<SocketStream*>(self);
  const auto* bytes = static_cast<const char*>(buffer);
  const auto size = static_cast<std::size_t>(count);
  if (!stream.holding_ && stream.held_.empty()) return stream.send_all(bytes, size) ? count : -1;
  stream.held_.insert(stream.held_.end(), bytes, bytes + size);
  return stream.holding_ || stream.flush() ? count : -1;
}

// A socket that its program made non-blocking: libtirpc gives up after two seconds, too.
bool SocketStream::wait_writable() const {
  constexpr int kPatienceMs = 2000;
  pollfd fd{socket_, POLLOUT, 0};
  return ::poll(&fd, 1, kPatienceMs) > 0;
}

// MSG_NOSIGNAL: a peer that is gone is an error of this call, not a signal to the program.
bool SocketStream::send_all(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = ::send(socket_, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EINTR || (errno == EAGAIN && wait_writable()))) continue;
    if (sent < 0) return fail(RPC_CANTSEND, errno) == 0;
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace vmrpc::association
