// SPDX-License-Identifier: BSD-3-Clause
// A CLIENT of ours: libtirpc's handle with our op table, which is also where our state is found.
#pragma once

#include <rpc/rpc.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "association/rpc_header.hpp"
#include "base/settings.hpp"
#include "client/connection.hpp"

namespace vmrpc::client {

using association::CallHeader;
using ClientOps = CLIENT::clnt_ops;

class Handle {
 public:
  // Takes over `client`, a handle that libtirpc made for a stream socket.
  Handle(CLIENT* client, rpcprog_t program, rpcvers_t version, u_int send_bytes, u_int receive_bytes);
  Handle(const Handle&) = delete;

  // Null when the handle is none of ours.
  static Handle* of(const CLIENT* client) noexcept;

  CLIENT* client() noexcept { return client_; }
  Connection& connection() noexcept { return *connection_; }
  rpcprog_t program() const noexcept;
  rpcvers_t version() const noexcept;

  // The header of the next call, with a new XID.
  const CallHeader& next_header(rpcproc_t procedure) noexcept;
  // A call was given `timeout`: it counts unless CLSET_TIMEOUT was used before. (Whether a call
  // waits at all is told by its argument alone, as in libtirpc.)
  void apply_timeout(const timeval& timeout) noexcept;
  const timeval& wait() const noexcept { return wait_; }
  rpc_err& error() noexcept { return error_; }

  // What may be done with results (rpc/vm.h).
  association::ReceivePolicy receive_policy() const noexcept;
  void set_in_place(bool on) noexcept { in_place_ = on; }
  void set_trust(PeerList trust) { trust_ = std::move(trust); }

  bool control(u_int request, void* info);
  // The server's address as libtirpc keeps it.
  netbuf server_address();
  // Hands the handle back to libtirpc, which ends it. `this` is gone then.
  void destroy();

 private:
  friend struct HandleOps;

  ClientOps ops_;  // first: client_->cl_ops points here
  CLIENT* client_;
  ClientOps* stock_ops_;
  std::shared_ptr<Connection> connection_;
  CallHeader header_;
  timeval wait_{};
  bool wait_is_set_ = false;
  rpc_err error_{};
  bool in_place_ = false;
  std::optional<PeerList> trust_;  // no value: VMRPC_TRUST
};

// clnt_vc_create() as this library makes handles.
CLIENT* create_handle(int socket, const netbuf* address, rpcprog_t program, rpcvers_t version,
                      u_int send_bytes, u_int receive_bytes);

}  // namespace vmrpc::client
