// SPDX-License-Identifier: BSD-3-Clause
// Taking, adding and writing out counters.
#include "config.h"

#include "base/counters.hpp"

namespace vmrpc {
namespace {

struct Field {
  const char* name;
  u_int64_t rpc_vm_stats::* member;
};

constexpr Field kFields[] = {
    {"calls_tcp", &rpc_vm_stats::calls_tcp},
    {"calls_xdr", &rpc_vm_stats::calls_xdr},
    {"calls_placed", &rpc_vm_stats::calls_placed},
    {"calls_in_place", &rpc_vm_stats::calls_in_place},
    {"batched", &rpc_vm_stats::batched},
    {"bytes_placed", &rpc_vm_stats::bytes_placed},
    {"bytes_received", &rpc_vm_stats::bytes_received},
    {"spins_won", &rpc_vm_stats::spins_won},
    {"sleeps", &rpc_vm_stats::sleeps},
    {"doorbells", &rpc_vm_stats::doorbells},
    {"fallbacks", &rpc_vm_stats::fallbacks},
    {"releases_held", &rpc_vm_stats::releases_held},
    {"chunks_held", &rpc_vm_stats::chunks_held},
};

}  // namespace

rpc_vm_stats Counters::snapshot() const {
  rpc_vm_stats s{};
  s.calls_tcp = calls_tcp.get();
  s.calls_xdr = calls_xdr.get();
  s.calls_placed = calls_placed.get();
  s.calls_in_place = calls_in_place.get();
  s.batched = batched.get();
  s.bytes_placed = bytes_placed.get();
  s.bytes_received = bytes_received.get();
  s.spins_won = spins_won.get();
  s.sleeps = sleeps.get();
  s.doorbells = doorbells.get();
  s.fallbacks = fallbacks.get();
  s.chunks_held = chunks_held.get();
  return s;
}

void add_stats(rpc_vm_stats& a, const rpc_vm_stats& b) {
  for (const Field& field : kFields) a.*field.member += b.*field.member;
}

std::string format_stats(const rpc_vm_stats& stats) {
  std::string text;
  for (const Field& field : kFields) {
    text += (text.empty() ? "" : " ") + std::string(field.name) + "=" + std::to_string(stats.*field.member);
  }
  return text;
}

}  // namespace vmrpc
