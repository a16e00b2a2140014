// SPDX-License-Identifier: BSD-3-Clause
// Use of this process and of vmrpc, the latter by run-time look-up: a worker must run without it.
#include "usage.hpp"

#include <dlfcn.h>
#include <sys/resource.h>

#include "timing.hpp"

namespace vmrpc::bench {
namespace {

// The counters of rpc/vm.h as vmrpc(7) lists them; a build against libtirpc alone lacks that header.
struct Counters {
  std::uint64_t calls_tcp, calls_xdr, calls_placed, calls_in_place, batched, bytes_placed,
      bytes_received, spins_won, sleeps, doorbells, fallbacks, releases_held, chunks_held;
};

template <typename Function>
Function* find(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

template <typename Handle>
std::string transport_by(const char* getter, Handle* handle) {
  const auto getstats = find<bool_t(Handle*, Counters*, std::size_t)>(getter);
  Counters counters{};
  if (getstats == nullptr || !getstats(handle, &counters, sizeof counters)) return "socket";
  if (counters.calls_in_place > 0) return "shared memory, in place";
  if (counters.calls_placed > 0) return "shared memory, placed";
  return counters.calls_xdr > 0 ? "shared memory, xdr" : "socket";
}

}  // namespace

ProcessUsage process_usage() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return {process_cpu_ns(), static_cast<std::uint64_t>(used.ru_nvcsw + used.ru_nivcsw),
          static_cast<std::uint64_t>(used.ru_maxrss)};
}

std::string transport_of(CLIENT* client) { return transport_by("clnt_vm_getstats", client); }
std::string transport_of(SVCXPRT* xprt) { return transport_by("svc_vm_getstats", xprt); }

std::string library_version() {
  const auto version = find<const char*()>("rpc_vm_version");
  return version == nullptr ? "" : version();
}

std::string wait_for_upgrade(CLIENT* client) {
  const auto upgrade = find<clnt_stat(CLIENT*, timeval)>("clnt_vm_upgrade");
  if (upgrade == nullptr) return "";
  const clnt_stat stat = upgrade(client, timeval{5, 0});
  return stat == RPC_SUCCESS ? "" : clnt_sperrno(stat);
}

}  // namespace vmrpc::bench
