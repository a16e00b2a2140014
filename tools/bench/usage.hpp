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

// "socket" when vmrpc is not there or the handle is on TCP or AF_UNIX, else as in vmrpc's log.
std::string transport_of(CLIENT* client);
std::string transport_of(SVCXPRT* xprt);

// Empty when only libtirpc is there.
std::string library_version();

// Waits until the handle runs over shared memory; tells why not, or nothing where vmrpc is absent.
std::string wait_for_upgrade(CLIENT* client);

}  // namespace vmrpc::bench

#endif
