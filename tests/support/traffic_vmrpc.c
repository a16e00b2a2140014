/* SPDX-License-Identifier: BSD-3-Clause */
/* The counters of libvmrpc. */
#include "traffic.h"

#include "deadline.h"
#include "rpc/vm.h"

static struct traffic from_stats(const struct rpc_vm_stats* stats) {
  return (struct traffic){
      .socket_calls = stats->calls_tcp,
      .shared_calls = stats->calls_xdr + stats->calls_placed};
}

bool traffic_is_counted(void) { return true; }

struct traffic traffic_of_process(void) {
  struct rpc_vm_stats stats;
  rpc_vm_getstats(&stats, sizeof stats);
  return from_stats(&stats);
}

struct traffic traffic_of_client(CLIENT* clnt) {
  struct rpc_vm_stats stats;
  if (!clnt_vm_getstats(clnt, &stats, sizeof stats)) return (struct traffic){0};
  return from_stats(&stats);
}

bool traffic_upgrade(CLIENT* clnt) {
  return clnt_vm_upgrade(clnt, (struct timeval){PATIENCE_MS / 1000, 0}) == RPC_SUCCESS;
}

const char* traffic_reason(CLIENT* clnt) {
  struct rpc_vm_info info;
  if (!clnt_vm_getinfo(clnt, &info, sizeof info)) return "no information";
  return rpc_vm_strreason(info.reason);
}
