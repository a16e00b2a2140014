// SPDX-License-Identifier: BSD-3-Clause
// A CLIENT of ours: libtirpc's handle with our op table, which is also where our state is found.
#pragma once

#include <arpa/inet.h>
#include <rpc/rpc.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "association/heaps.hpp"
#include "association/rpc_header.hpp"
#include "base/clock.hpp"
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
  rpcprog_t program() const noexcept { return ntohl(header_.program); }
  rpcvers_t version() const noexcept { return ntohl(header_.version); }

  // The header of the next call, with a new XID.
  const CallHeader& next_header(rpcproc_t procedure) noexcept {
    if (std::exchange(xid_is_set_, false)) connection_->set_xid(ntohl(header_.xid));
    header_.xid = htonl(connection_->next_xid());
    header_.procedure = htonl(static_cast<std::uint32_t>(procedure));
    return header_;
  }
  // A call was given `timeout`: it counts unless CLSET_TIMEOUT was used before. (Whether a call
  // waits at all is told by its argument alone, as in libtirpc.)
  void apply_timeout(const timeval& timeout) noexcept {
    if (!wait_is_set_ && is_acceptable(timeout)) wait_ns_ = to_ns(timeout);
  }
  Nanoseconds wait_ns() const noexcept { return wait_ns_; }
  // What clnt_geterr() tells: of the last call of any thread.
  rpc_err& error() noexcept { return error_; }
  clnt_stat fail(clnt_stat stat, int error) noexcept {
    error_ = {};
    error_.re_status = stat;
    error_.re_errno = error;
    return stat;
  }

  // What may be done with results (rpc/vm.h).
  const association::ReceivePolicy& receive_policy() const noexcept { return policy_; }
  void set_in_place(bool on) noexcept { policy_.in_place = on; }
  void set_trust(PeerList trust) { policy_.trust = &trust_.emplace(std::move(trust)); }

  bool control(u_int request, void* info);
  // The server's address as libtirpc keeps it.
  netbuf server_address();
  // Hands the handle back to libtirpc, which ends it. `this` is gone then.
  void destroy();

  // libtirpc's own idea of a time that can be waited for.
  static bool is_acceptable(const timeval& t) noexcept {
    return t.tv_sec >= 0 && t.tv_sec <= 100000000 && t.tv_usec >= 0 && t.tv_usec <= 1000000;
  }

 private:
  friend struct HandleOps;

  ClientOps ops_;  // first: client_->cl_ops points here
  CLIENT* client_;
  ClientOps* stock_ops_;
  std::shared_ptr<Connection> connection_;
  CallHeader header_;
  Nanoseconds wait_ns_ = 0;
  bool wait_is_set_ = false;
  bool xid_is_set_ = false;  // by CLSET_XID, since the last call
  rpc_err error_{};
  association::ReceivePolicy policy_ = association::default_policy();
  std::optional<PeerList> trust_;  // no value: VMRPC_TRUST
};

// clnt_vc_create() as this library makes handles.
CLIENT* create_handle(int socket, const netbuf* address, rpcprog_t program, rpcvers_t version,
                      u_int send_bytes, u_int receive_bytes);

}  // namespace vmrpc::client
