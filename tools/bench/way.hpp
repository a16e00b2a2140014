// SPDX-License-Identifier: BSD-3-Clause
// The ways in which an item is measured: stock transports, ours, and the floors beside them.
#ifndef VMRPC_BENCH_WAY_HPP
#define VMRPC_BENCH_WAY_HPP

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "item.hpp"

namespace vmrpc::bench {

enum class WayKind { kStock, kVmrpc, kFloor };

struct Way {
  std::string_view name;
  WayKind kind;
  std::string_view colour;     // in all plots: a palette that the colour-blind can tell apart
  std::string_view transport;  // of the connection; a floor's: the name of its work
  unsigned buffers;            // bytes, as given to the create functions; 0 is the default
  bool client_preloaded;
  bool server_preloaded;
  bool memory_expected;  // the calls must go through shared memory
  std::string_view text;
  bool regenerated = false;  // stubs of rpcgen-vm on both sides: values are placed
  bool in_place = false;     // and used where they lie
  bool trusted = false;
  bool heap = false;         // payloads are allocated there
};

struct Pinning {
  std::string name;  // "two" cores or "one"; "apart" when the server runs elsewhere, where we cannot pin it
  int server_cpu = 0;
  int client_cpu = 0;
  bool one_core() const { return server_cpu == client_cpu; }
};

// For people: a pinning, by its name.
std::string cores_text(std::string_view name);

std::span<const Way> way_catalog();
const Way& find_way(std::string_view name);

// Whether the way can do the item at that pinning: a datagram holds only so much, and so on.
bool way_fits(const Way& way, const Item& item, const Pinning& pinning);

}  // namespace vmrpc::bench

#endif
