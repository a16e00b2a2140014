// SPDX-License-Identifier: BSD-3-Clause
// Records over the connection's socket (RFC 5531 section 11): libtirpc's record stream with
// reading and writing of our own.
#pragma once

#include <rpc/rpc.h>

#include <cstddef>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace vmrpc::association {

class SocketStream {
 public:
  // The socket stays the caller's. Sizes as for clnt_vc_create(), 0 for the default.
  SocketStream(int socket, u_int send_bytes, u_int receive_bytes);
  SocketStream(const SocketStream&) = delete;
  ~SocketStream();

  int socket() const noexcept { return socket_; }
  XDR* xdr() noexcept { return &xdr_; }

  void begin_record() noexcept { xdr_.x_op = XDR_ENCODE; }
  // Ends the record. Without `flush` it is held back until flush() or a later record that is
  // sent. False: see error_stat().
  bool end_record(bool flush);
  bool has_unflushed() const noexcept { return !held_.empty(); }
  bool flush();

  // Whether bytes were read ahead, so that the socket alone does not tell that there is a record.
  // Passes over what is left of the current record.
  bool has_buffered(Deadline& deadline);
  // Waits until there is something to read. False at the deadline: see error_stat().
  bool wait_readable(Deadline& deadline);
  // Goes to the next record, waiting for it until `deadline`. False: see error().
  bool next_record(Deadline& deadline);
  // Goes on in a record that was begun with another deadline.
  void go_on(Deadline& deadline) noexcept;

  // What the last operation that failed ran into, RPC_SUCCESS when it was no input or output.
  clnt_stat error_stat() const noexcept { return error_stat_; }
  int error_errno() const noexcept { return error_errno_; }
  void clear_error() noexcept { error_stat_ = RPC_SUCCESS; }
  // Throws that as an RpcError, if it was input or output.
  void throw_error() const;

 private:
  static int read_some(void* self, void* buffer, int count);
  static int write_all(void* self, void* buffer, int count);
  int fail(clnt_stat stat, int error) noexcept;
  bool wait_writable() const;
  bool send_all(const char* bytes, std::size_t count);

  int socket_;
  XDR xdr_{};
  Deadline* deadline_ = nullptr;
  bool holding_ = false;     // what is written now is held back
  std::vector<char> held_;   // records not sent yet
  clnt_stat error_stat_ = RPC_SUCCESS;
  int error_errno_ = 0;
};

}  // namespace vmrpc::association
