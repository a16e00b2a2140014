// SPDX-License-Identifier: BSD-3-Clause
// Facts and codes of the control protocol.
#include "config.h"

#include "association/control.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/settings.hpp"
#include "memory/heap.hpp"
#include "memory/window.hpp"

namespace vmrpc::association {
namespace {

struct Pair {
  vmrpc_status status;
  rpc_vm_reason reason;
};

constexpr Pair kPairs[] = {
    {VMRPC_REFUSED, RPC_VM_PEER_REFUSED},       {VMRPC_OTHER_MAJOR, RPC_VM_VERSION_MISMATCH},
    {VMRPC_NO_TRANSPORT, RPC_VM_NO_TRANSPORT},  {VMRPC_OTHER_HOST, RPC_VM_OTHER_HOST},
    {VMRPC_NOT_ALLOWED, RPC_VM_NOT_ALLOWED},    {VMRPC_NO_MEMORY, RPC_VM_NO_MEMORY},
    {VMRPC_QUOTA, RPC_VM_QUOTA},                {VMRPC_OFF, RPC_VM_PEER_REFUSED},
};

}  // namespace

std::uint32_t byte_order() noexcept {
  return std::endian::native == std::endian::big ? kByteOrderMark : __builtin_bswap32(kByteOrderMark);
}

std::uint32_t page_bytes() noexcept { return static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE)); }

std::size_t window_bytes() {
  const std::size_t bytes = std::min(settings().region_max_bytes, memory::kWindowBytesMax);
  return bytes < memory::kWindowBytesMin ? 0 : bytes / memory::kChunkBytes * memory::kChunkBytes;
}

std::vector<unsigned char> cpu_mask() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return {};
  std::vector<unsigned char> mask(sizeof set);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) mask[cpu / 8] = static_cast<unsigned char>(mask[cpu / 8] | (1u << (cpu % 8)));
  }
  while (!mask.empty() && mask.back() == 0) mask.pop_back();
  return mask;
}

bool share_one_cpu(std::span<const unsigned char> a, std::span<const unsigned char> b) noexcept {
  if (a.empty() || b.empty()) return false;
  int cpus = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const unsigned in_a = i < a.size() ? a[i] : 0;
    const unsigned in_b = i < b.size() ? b[i] : 0;
    cpus += std::popcount(in_a | in_b);
  }
  return cpus == 1;
}

vmrpc_status status_of(rpc_vm_reason reason) noexcept {
  for (const Pair& pair : kPairs) {
    if (pair.reason == reason) return pair.status;
  }
  return VMRPC_REFUSED;
}

rpc_vm_reason reason_of(vmrpc_status status) noexcept {
  for (const Pair& pair : kPairs) {
    if (pair.status == status) return pair.reason;
  }
  return RPC_VM_PEER_REFUSED;
}

bool encode_call_header(XDR* xdrs, std::uint32_t xid, rpcproc_t procedure) {
  rpc_msg call{};
  call.rm_xid = xid;
  call.rm_direction = CALL;
  call.rm_call.cb_rpcvers = RPC_MSG_VERSION;
  call.rm_call.cb_prog = VMRPC_PROG;
  call.rm_call.cb_vers = VMRPC_VERS;
  call.rm_call.cb_proc = procedure;
  call.rm_call.cb_cred = _null_auth;
  call.rm_call.cb_verf = _null_auth;
  return xdr_callmsg(xdrs, &call) != 0;
}

}  // namespace vmrpc::association
