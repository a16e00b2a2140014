// SPDX-License-Identifier: BSD-3-Clause
// What became of a handle's upgrade, in words.
#pragma once

#include <rpc/vm.h>

#include <string>

namespace vmrpc::info {

struct Upgrade {
  clnt_stat stat;    // of clnt_vm_upgrade()
  rpc_vm_info info;  // of clnt_vm_getinfo() after it

  bool fast() const { return stat == RPC_SUCCESS; }
  std::string transport() const { return rpc_vm_strtransport(info.transport); }
};

inline Upgrade upgrade(CLIENT* client, unsigned timeout_s) {
  Upgrade found{};
  found.stat = ::clnt_vm_upgrade(client, {static_cast<time_t>(timeout_s), 0});
  ::clnt_vm_getinfo(client, &found.info, sizeof found.info);
  if (found.stat == RPC_CANTRECV || found.stat == RPC_CANTSEND)  // it has no say in this any more
    found.info.reason = RPC_VM_PEER_DIED;
  return found;
}

// "own 264 KiB, the server's 264 KiB, messages in XDR"
std::string describe_regions(const rpc_vm_info& info);

}  // namespace vmrpc::info
