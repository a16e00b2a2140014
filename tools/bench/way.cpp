// SPDX-License-Identifier: BSD-3-Clause
// The table of ways. A way that vmrpc serves later is one more line.
#include "way.hpp"

#include <algorithm>
#include <array>

#include "usage_error.hpp"

namespace vmrpc::bench {
namespace {

constexpr unsigned kMebibyte = 1U << 20;
constexpr std::size_t kMostInDatagram = 60'000;
using enum WayKind;

constexpr std::array kWays = {
    Way{"pingpong", kFloor, "#404040", "pingpong", 0, false, false, false,
        "floor: two cache lines, one writer each; sleeping in a futex on one core"},
    Way{"copy", kFloor, "#404040", "copy", 0, false, false, false,
        "floor: fill a shared buffer from private memory, the peer reads it"},
    Way{"inplace", kFloor, "#909090", "inplace", 0, false, false, false,
        "floor: the data lie in shared memory, the peer reads them"},
    Way{"list-copy", kFloor, "#404040", "list-copy", 0, false, false, false,
        "floor: place a list in shared memory, the peer walks it"},
    Way{"list-inplace", kFloor, "#909090", "list-inplace", 0, false, false, false,
        "floor: the list lies in shared memory, the peer walks it"},
    Way{"tcp-spin", kFloor, "#b0b0b0", "tcp-spin", 0, false, false, false,
        "raw TCP, both ends spinning on non-blocking sockets"},
    Way{"tcp", kStock, "#d55e00", "tcp", 0, false, false, false, "stock libtirpc over TCP, default buffers"},
    Way{"tcp-1m", kStock, "#e69f00", "tcp", kMebibyte, false, false, false,
        "stock libtirpc over TCP, buffers of 1 MiB"},
    Way{"unix", kStock, "#cc79a7", "unix", kMebibyte, false, false, false,
        "stock libtirpc over AF_UNIX, buffers of 1 MiB"},
    Way{"udp", kStock, "#8c6d31", "udp", 0, false, false, false, "stock libtirpc over UDP, where it fits"},
    Way{"unmodified", kVmrpc, "#0072b2", "tcp", 0, true, true, true,
        "the same binaries with vmrpc preloaded: XDR through shared memory"},
    Way{"regenerated", kVmrpc, "#56b4e9", "tcp", 0, true, true, true,
        "stubs of rpcgen-vm: values are placed, and received as private copies", true},
    Way{"in-place", kVmrpc, "#009e73", "tcp", 0, true, true, true,
        "the same, bulk data used where the other end put them", true, true},
    Way{"trusted", kVmrpc, "#8fbc2f", "tcp", 0, true, true, true,
        "in place, and the other end is trusted (VMRPC_TRUST=same-uid)", true, true, true},
    Way{"heap", kVmrpc, "#000000", "tcp", 0, true, true, true,
        "trusted, and payloads are allocated in the shared heap", true, true, true, true},
    Way{"fallback", kVmrpc, "#9467bd", "tcp", 0, true, false, false,
        "client with vmrpc preloaded, server stock: stays on TCP"},
};

bool floor_fits(const Way& way, const Item& item, const Pinning& pinning) {
  if (item.hog || item.asleep || item.threads > 1 || item.clients > 1 || item.rate > 0 || !item.timed())
    return false;
  if (way.name == "pingpong") return item.size == 0;
  if (way.name == "tcp-spin") return item.workload == "null" && !pinning.one_core();
  if (way.name == "copy" || way.name == "inplace")
    return item.size > 0 && (item.workload == "put" || item.workload == "doubles");
  return item.workload == "list";
}

}  // namespace

std::string cores_text(std::string_view name) {
  if (name == "apart") return "server elsewhere";
  return name == "one" ? "one core" : "two cores";
}

std::span<const Way> way_catalog() { return kWays; }

const Way& find_way(std::string_view name) {
  const auto found =
      std::find_if(kWays.begin(), kWays.end(), [&](const Way& way) { return way.name == name; });
  if (found == kWays.end())
    throw UsageError("unknown way: '" + std::string(name) + "': see vmrpc-bench --list");
  return *found;
}

bool way_fits(const Way& way, const Item& item, const Pinning& pinning) {
  if (way.kind == kFloor) return floor_fits(way, item, pinning);
  if (way.transport == "udp")
    return item.wire_bytes() <= kMostInDatagram && item.timed() && item.workload != "oneway" &&
           item.clients == 1;
  return true;
}

}  // namespace vmrpc::bench
