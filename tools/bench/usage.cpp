// SPDX-License-Identifier: BSD-3-Clause
// Use of this process and of vmrpc, the latter by run-time look-up: a worker must run without it.
#include "usage.hpp"

#include <dlfcn.h>
#include <sys/resource.h>

#include "rpc/vm.h"
#include "timing.hpp"

namespace vmrpc::bench {
namespace {

constexpr timeval kUpgradeTime = {5, 0};

// The function of rpc/vm.h by that name, or nothing when only libtirpc is there.
template <typename Function>
Function* find(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

std::string encoding_of(const rpc_vm_stats& stats) {
  if (stats.calls_in_place > 0) return "in place";
  return stats.calls_placed > 0 ? "placed" : "xdr";
}

// Believes the counters, not the state: a handle may be upgraded and its calls go elsewhere.
template <typename GetInfo, typename GetStats, typename Handle>
std::string transport_by(GetInfo* get_info, GetStats* get_stats, Handle* handle) {
  rpc_vm_info info{};
  rpc_vm_stats stats{};
  if (get_info == nullptr || get_stats == nullptr || !get_info(handle, &info, sizeof info) ||
      !get_stats(handle, &stats, sizeof stats))
    return "socket";
  const std::uint64_t in_memory = stats.calls_xdr + stats.calls_placed + stats.calls_in_place;
  if (info.transport == RPC_VM_SOCKET || in_memory <= stats.calls_tcp) return "socket";
  return find<decltype(rpc_vm_strtransport)>("rpc_vm_strtransport")(info.transport) +
         (", " + encoding_of(stats));
}

}  // namespace

ProcessUsage process_usage() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return {process_cpu_ns(), static_cast<std::uint64_t>(used.ru_nvcsw + used.ru_nivcsw),
          static_cast<std::uint64_t>(used.ru_maxrss)};
}

std::string transport_of(CLIENT* client) {
  return transport_by(find<decltype(clnt_vm_getinfo)>("clnt_vm_getinfo"),
                      find<decltype(clnt_vm_getstats)>("clnt_vm_getstats"), client);
}

std::string transport_of(SVCXPRT* xprt) {
  return transport_by(find<decltype(svc_vm_getinfo)>("svc_vm_getinfo"),
                      find<decltype(svc_vm_getstats)>("svc_vm_getstats"), xprt);
}

std::string library_version() {
  const auto version = find<decltype(rpc_vm_version)>("rpc_vm_version");
  return version == nullptr ? "" : version();
}

std::string wait_for_upgrade(CLIENT* client) {
  const auto upgrade = find<decltype(clnt_vm_upgrade)>("clnt_vm_upgrade");
  if (upgrade == nullptr) return "";
  const clnt_stat stat = upgrade(client, kUpgradeTime);
  rpc_vm_info info{};
  const auto get_info = find<decltype(clnt_vm_getinfo)>("clnt_vm_getinfo");
  const auto reason = find<decltype(rpc_vm_strreason)>("rpc_vm_strreason");
  if (stat == RPC_SUCCESS) return "";
  if (get_info == nullptr || reason == nullptr || !get_info(client, &info, sizeof info))
    return clnt_sperrno(stat);
  return reason(info.reason);
}

}  // namespace vmrpc::bench
