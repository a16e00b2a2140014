// SPDX-License-Identifier: BSD-3-Clause
// Making, controlling and ending handles.
#include "config.h"

#include "client/handle.hpp"

#include <arpa/inet.h>

#include <cstring>
#include <mutex>
#include <type_traits>

#include "base/boundary.hpp"
#include "base/cancellation.hpp"
#include "base/clock.hpp"
#include "base/settings.hpp"
#include "base/stock.hpp"
#include "client/call.hpp"
#include "placement/releasing.hpp"

namespace vmrpc::client {

// What users reach through clnt_call() and its like. None is noexcept: pthread_cancel() unwinds.
struct HandleOps {
  static Handle& self(CLIENT* client) { return *reinterpret_cast<Handle*>(client->cl_ops); }

  static clnt_stat call(CLIENT* client, rpcproc_t procedure, xdrproc_t encode, void* arguments,
                        xdrproc_t decode, void* results, timeval timeout) {
    return call_remote(self(client), {procedure, encode, arguments, decode, results, timeout});
  }
  static void abort(CLIENT*) {}  // libtirpc's does nothing either
  static void get_error(CLIENT* client, rpc_err* error) { *error = self(client).error(); }
  static bool_t free_results(CLIENT*, xdrproc_t decode, void* results) {
    return placement::release_value(decode, results);
  }
  static void destroy(CLIENT* client) {
    c_boundary([&] { self(client).destroy(); }, [](clnt_stat, int) {});
  }
  static bool_t control(CLIENT* client, u_int request, void* info) {
    const LookGuard guard(self(client).connection().line());
    return c_boundary([&]() -> bool_t { return self(client).control(request, info); },
                      [](clnt_stat, int) -> bool_t { return FALSE; });
  }

  static constexpr ClientOps kOps = {call, abort, get_error, free_results, destroy, control};
};

namespace {

constexpr Nanoseconds kCreationTimeout = 25'000'000'000;  // as clnt_create()'s

// VMRPC=require: a handle that cannot be upgraded is none.
bool meets_requirement(Handle& handle) {
  constexpr rpcprog_t kRpcbind = 100000;
  if (settings().mode != Mode::kRequire || handle.program() == kRpcbind) return true;
  return upgrade_handle(handle, kCreationTimeout) == RPC_SUCCESS;
}

CLIENT* refuse(clnt_stat stat, int error) {
  rpc_createerr.cf_stat = stat;
  rpc_createerr.cf_error.re_status = stat;
  rpc_createerr.cf_error.re_errno = error;
  return nullptr;
}

}  // namespace

Handle::Handle(CLIENT* client, rpcprog_t program, rpcvers_t version, u_int send_bytes,
               u_int receive_bytes)
    : ops_(HandleOps::kOps), client_(client), stock_ops_(client->cl_ops) {
  static_assert(std::is_standard_layout_v<ClientOps>);
  int socket = -1;
  u_int32_t xid = 0;
  CLNT_CONTROL(client, CLGET_FD, reinterpret_cast<char*>(&socket));
  CLNT_CONTROL(client, CLGET_XID, reinterpret_cast<char*>(&xid));
  header_ = {htonl(xid), htonl(CALL), htonl(RPC_MSG_VERSION), htonl(static_cast<std::uint32_t>(program)),
             htonl(static_cast<std::uint32_t>(version)), 0};
  connection_ = connection_of(socket, send_bytes, receive_bytes);
  connection_->begin_xids(xid);
  connection_->report().set_program(program, version);
  connection_->consider_upgrade(program);
  client_->cl_ops = &ops_;
}

Handle* Handle::of(const CLIENT* client) noexcept {
  if (client == nullptr || client->cl_ops->cl_call != HandleOps::call) return nullptr;
  return reinterpret_cast<Handle*>(client->cl_ops);
}

bool Handle::control(u_int request, void* info) {
  const auto word = [&] { std::uint32_t w; std::memcpy(&w, info, sizeof w); return w; };
  const auto answer = [&](std::uint32_t w) { std::memcpy(info, &w, sizeof w); return true; };
  const bool ours = info != nullptr;
  switch (ours ? request : 0) {
    case CLSET_TIMEOUT: {
      const timeval wanted = *static_cast<timeval*>(info);
      if (!is_acceptable(wanted)) return false;
      wait_ns_ = to_ns(wanted);
      return wait_is_set_ = true;
    }
    case CLGET_TIMEOUT:
      *static_cast<timeval*>(info) = to_timeval(wait_ns_);
      return true;
    case CLGET_XID:
      return answer(ntohl(header_.xid));
    case CLSET_XID:  // of the next call, which takes one off first
      header_.xid = htonl(word() + 1);
      return xid_is_set_ = true;
    case CLGET_VERS:
      return answer(ntohl(header_.version));
    case CLSET_VERS:
      header_.version = htonl(word());
      return true;
    case CLGET_PROG:
      return answer(ntohl(header_.program));
    case CLSET_PROG:
      header_.program = htonl(word());
      return true;
    default:
      return stock_ops_->cl_control(client_, request, info) != 0;
  }
}

netbuf Handle::server_address() {
  netbuf address{};
  stock_ops_->cl_control(client_, CLGET_SVC_ADDR, &address);
  return address;
}

// The socket is closed before the doorbell: the server then knows that the whole connection ends.
void Handle::destroy() {
  const CancellationDisabled whole;  // libtirpc's part would be left with the lock of all connections held
  CLIENT* const client = client_;
  const std::shared_ptr<Connection> connection = std::move(connection_);
  {
    std::unique_lock lock(connection->line(), std::defer_lock);
    // Calls of other threads end first; one of this thread was left by siglongjmp() and never will.
    if (!connection->line().has_call_here()) {
      lock.lock();
      connection->wait_until_alone();
    }
    client->cl_ops = stock_ops_;
  }
  delete this;
  CLNT_DESTROY(client);
}

CLIENT* create_handle(int socket, const netbuf* address, rpcprog_t program, rpcvers_t version,
                      u_int send_bytes, u_int receive_bytes) {
  CLIENT* client = stock().clnt_vc_create(socket, address, program, version, send_bytes, receive_bytes);
  if (client == nullptr || settings().mode == Mode::kOff) return client;
  auto handle = std::make_unique<Handle>(client, program, version, send_bytes, receive_bytes);
  if (meets_requirement(*handle)) return handle.release()->client();
  handle.release()->destroy();
  return refuse(RPC_UNKNOWNPROTO, EPROTONOSUPPORT);
}

}  // namespace vmrpc::client
