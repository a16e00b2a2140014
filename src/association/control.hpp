// SPDX-License-Identifier: BSD-3-Clause
// What both sides of the control protocol share: facts of this host, status codes, call headers.
#pragma once

#include <rpc/rpc.h>

#include <cstdint>
#include <span>
#include <vector>

#include "rpc/vm.h"
#include "src/association/vmrpc_prot.h"

namespace vmrpc::association {

inline constexpr std::uint32_t kByteOrderMark = 0x01020304;

// This host's byte order mark as a big-endian reader would see its bytes.
std::uint32_t byte_order() noexcept;
std::uint32_t page_bytes() noexcept;
// The size of this side's window within VMRPC_REGION_MAX; 0 when that is too small for a heap.
std::size_t window_bytes();

// The CPUs that this thread may run on: bit n of byte n/8 is CPU n. Empty when unknown.
std::vector<unsigned char> cpu_mask();
// Whether both can only run on one and the same CPU, so that spinning is pure loss.
bool share_one_cpu(std::span<const unsigned char> a, std::span<const unsigned char> b) noexcept;

vmrpc_status status_of(rpc_vm_reason reason) noexcept;
rpc_vm_reason reason_of(vmrpc_status status) noexcept;

// Encodes the header of a control call: XID, program, version, procedure, AUTH_NONE.
bool encode_call_header(XDR* xdrs, std::uint32_t xid, rpcproc_t procedure);

}  // namespace vmrpc::association
