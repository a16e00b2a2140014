// SPDX-License-Identifier: BSD-3-Clause
// What this process has used, and which transport its calls take; asked of vmrpc when it is loaded.
#ifndef VMRPC_BENCH_USAGE_HPP
#define VMRPC_BENCH_USAGE_HPP

#include <rpc/rpc.h>

#include <cstdint>
#include <string>

namespace vmrpc::bench {

struct ProcessUsage {
  std::uint64_t cpu_ns = 0;
  std::uint64_t switches = 0;
  std::uint64_t peak_kib = 0;
};
ProcessUsage process_usage();

// How the calls of a handle went, as vmrpc has counted them: all zero where it is absent.
struct Route {
  std::string transport = "socket";  // as in vmrpc's log
  std::uint64_t tcp = 0;
  std::uint64_t xdr = 0;
  std::uint64_t placed = 0;
  std::uint64_t in_place = 0;
};
Route route_of(CLIENT* client);
Route route_of(SVCXPRT* xprt);

// Empty when only libtirpc is there.
std::string library_version();

// Waits until the handle runs over shared memory; tells why not, or nothing where vmrpc is absent.
std::string wait_for_upgrade(CLIENT* client);

}  // namespace vmrpc::bench

#endif
