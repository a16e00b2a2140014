// SPDX-License-Identifier: BSD-3-Clause
// Use of this process and of vmrpc, the latter by run-time look-up: a worker must run without it.
#include "usage.hpp"

#include <sys/resource.h>

#include "rpc/vm.h"
#include "timing.hpp"
#include "vm.hpp"

namespace vmrpc::bench {
namespace {

constexpr timeval kUpgradeTime = {5, 0};

template <typename GetInfo, typename GetStats, typename Handle>
Route route_by(GetInfo* get_info, GetStats* get_stats, Handle* handle) {
  rpc_vm_info info{};
  rpc_vm_stats stats{};
  if (get_info == nullptr || get_stats == nullptr || !get_info(handle, &info, sizeof info) ||
      !get_stats(handle, &stats, sizeof stats))
    return {};
  return {VM_FUNCTION(rpc_vm_strtransport)(info.transport), stats.calls_tcp, stats.calls_xdr,
          stats.calls_placed, stats.calls_in_place};
}

}  // namespace

ProcessUsage process_usage() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return {process_cpu_ns(), static_cast<std::uint64_t>(used.ru_nvcsw + used.ru_nivcsw),
          static_cast<std::uint64_t>(used.ru_maxrss)};
}

Route route_of(CLIENT* client) {
  return route_by(VM_FUNCTION(clnt_vm_getinfo), VM_FUNCTION(clnt_vm_getstats), client);
}

Route route_of(SVCXPRT* xprt) {
  return route_by(VM_FUNCTION(svc_vm_getinfo), VM_FUNCTION(svc_vm_getstats), xprt);
}

std::string library_version() {
  const auto version = VM_FUNCTION(rpc_vm_version);
  return version == nullptr ? "" : version();
}

std::string wait_for_upgrade(CLIENT* client) {
  const auto upgrade = VM_FUNCTION(clnt_vm_upgrade);
  if (upgrade == nullptr) return "";
  const clnt_stat stat = upgrade(client, kUpgradeTime);
  rpc_vm_info info{};
  const auto get_info = VM_FUNCTION(clnt_vm_getinfo);
  const auto reason = VM_FUNCTION(rpc_vm_strreason);
  if (stat == RPC_SUCCESS) return "";
  if (get_info == nullptr || reason == nullptr || !get_info(client, &info, sizeof info))
    return clnt_sperrno(stat);
  return reason(info.reason);
}

}  // namespace vmrpc::bench
