// SPDX-License-Identifier: BSD-3-Clause
// The functions of rpc/vm.h.
#include "config.h"

#include "rpc/vm.h"

#include <algorithm>
#include <cstring>

#include "association/report.hpp"
#include "base/boundary.hpp"
#include "base/settings.hpp"
#include "client/call.hpp"
#include "client/handle.hpp"
#include "placement/held.hpp"
#include "server/service_policy.hpp"
#include "server/service_transport.hpp"
#include "wait/default_spin.hpp"

using namespace vmrpc;

namespace {

constexpr u_int kMaxSpinUs = 1'000'000;

// Structs grow: a caller's may be smaller or larger than ours.
template <typename T>
void copy_out(const T& value, T* out, std::size_t size) {
  std::memset(out, 0, size);
  std::memcpy(out, &value, std::min(size, sizeof value));
}

rpc_vm_info describe(const association::Report& report, const association::Shared* shared) {
  rpc_vm_info info{};
  info.transport = shared != nullptr ? report.transport() : RPC_VM_SOCKET;
  info.reason = report.reason();
  if (shared == nullptr) return info;
  info.encodings = RPC_VM_ENC_XDR | (shared->heaps != nullptr ? RPC_VM_ENC_PLACED : 0);
  info.region_bytes = shared->link.endpoint().own->bytes();
  info.peer_region_bytes = shared->link.endpoint().peer->bytes();
  return info;
}

// A handle that is not ours: libtirpc's own, over UDP or made while VMRPC=off.
rpc_vm_info describe_stock() {
  rpc_vm_info info{};
  info.reason = settings().mode == Mode::kOff ? RPC_VM_OFF : RPC_VM_DATAGRAM;
  return info;
}

rpc_vm_info describe_client(client::Handle& handle) {
  client::Connection& connection = handle.connection();
  const client::LookGuard guard(connection.line());
  rpc_vm_info info = describe(connection.report(), guard.may_read() ? connection.shared() : nullptr);
  info.upgrading = guard.may_read() && connection.upgrade() != nullptr;
  return info;
}

rpc_vm_stats stats_of(const association::Report& report, const association::Shared* shared) {
  rpc_vm_stats stats = report.counters().snapshot();
  if (shared != nullptr && shared->heaps != nullptr) stats.releases_held = shared->heaps->values_held();
  return stats;
}

rpc_vm_stats client_stats(client::Handle& handle) {
  client::Connection& connection = handle.connection();
  const client::LookGuard guard(connection.line());
  return stats_of(connection.report(), guard.may_read() ? connection.shared() : nullptr);
}

}  // namespace

bool_t clnt_vm_getinfo(CLIENT* clnt, rpc_vm_info* info, size_t size) {
  if (clnt == nullptr || info == nullptr) return FALSE;
  return c_boundary(
      [&]() -> bool_t {
        client::Handle* const handle = client::Handle::of(clnt);
        copy_out(handle != nullptr ? describe_client(*handle) : describe_stock(), info, size);
        return TRUE;
      },
      [](clnt_stat, int) -> bool_t { return FALSE; });
}

bool_t svc_vm_getinfo(SVCXPRT* xprt, rpc_vm_info* info, size_t size) {
  if (xprt == nullptr || info == nullptr) return FALSE;
  auto* const transport = server::ServiceTransport::of(xprt);
  copy_out(transport != nullptr ? describe(transport->report(), transport->shared()) : describe_stock(),
           info, size);
  return TRUE;
}

bool_t clnt_vm_getstats(CLIENT* clnt, rpc_vm_stats* stats, size_t size) {
  if (clnt == nullptr || stats == nullptr) return FALSE;
  client::Handle* const handle = client::Handle::of(clnt);
  copy_out(handle != nullptr ? client_stats(*handle) : rpc_vm_stats{}, stats, size);
  return TRUE;
}

bool_t svc_vm_getstats(SVCXPRT* xprt, rpc_vm_stats* stats, size_t size) {
  if (xprt == nullptr || stats == nullptr) return FALSE;
  auto* const transport = server::ServiceTransport::of(xprt);
  copy_out(transport != nullptr ? stats_of(transport->report(), transport->shared()) : rpc_vm_stats{}, stats, size);
  return TRUE;
}

void rpc_vm_getstats(rpc_vm_stats* stats, size_t size) {
  if (stats == nullptr) return;
  c_boundary(
      [&] {
        rpc_vm_stats sum = association::Report::process_stats();
        sum.releases_held = placement::Held::instance().messages();
        copy_out(sum, stats, size);
      },
      [&](clnt_stat, int) { std::memset(stats, 0, size); });
}

clnt_stat clnt_vm_upgrade(CLIENT* clnt, timeval timeout) {
  client::Handle* const handle = client::Handle::of(clnt);
  if (handle == nullptr) return RPC_UNKNOWNPROTO;
  return c_boundary([&] { return client::upgrade_handle(*handle, to_ns(timeout)); },
                    [&](clnt_stat stat, int error) { return handle->fail(stat, error); });
}

bool_t clnt_vm_setspin(CLIENT* clnt, u_int usec) {
  client::Handle* const handle = client::Handle::of(clnt);
  if (handle == nullptr || usec > kMaxSpinUs) return FALSE;
  const client::LookGuard guard(handle->connection().line());
  if (guard.is_usable()) handle->connection().set_spin(usec);
  return guard.is_usable();
}

bool_t clnt_vm_setinplace(CLIENT* clnt, bool_t on) {
  client::Handle* const handle = client::Handle::of(clnt);
  if (handle == nullptr) return FALSE;
  const client::LookGuard guard(handle->connection().line());
  if (guard.is_usable()) handle->set_in_place(on != FALSE);
  return guard.is_usable();
}

bool_t clnt_vm_settrust(CLIENT* clnt, const char* peers) {
  client::Handle* const handle = client::Handle::of(clnt);
  auto trust = peers != nullptr ? PeerList::parse(peers, false) : std::nullopt;
  if (handle == nullptr || !trust) return FALSE;
  const client::LookGuard guard(handle->connection().line());
  if (guard.is_usable()) handle->set_trust(std::move(*trust));
  return guard.is_usable();
}

bool_t svc_vm_setinplace(rpcprog_t prog, rpcvers_t vers, bool_t on) {
  return c_boundary(
      [&]() -> bool_t {
        server::set_in_place(static_cast<std::uint32_t>(prog), static_cast<std::uint32_t>(vers), on != FALSE);
        return TRUE;
      },
      [](clnt_stat, int) -> bool_t { return FALSE; });
}

bool_t svc_vm_settrust(rpcprog_t prog, rpcvers_t vers, const char* peers) {
  return c_boundary(
      [&]() -> bool_t {
        auto trust = peers != nullptr ? PeerList::parse(peers, false) : std::nullopt;
        if (!trust) return FALSE;
        server::set_trust(static_cast<std::uint32_t>(prog), static_cast<std::uint32_t>(vers), std::move(*trust));
        return TRUE;
      },
      [](clnt_stat, int) -> bool_t { return FALSE; });
}

// A forked child inherits the mappings, or finds copies in their place (placement/held_fork.cpp): nothing is left to do.
void rpc_vm_detach(void) {}

bool_t rpc_vm_setspin(u_int usec) {
  if (usec > kMaxSpinUs) return FALSE;
  wait::set_default_spin_us(usec);
  return TRUE;
}
