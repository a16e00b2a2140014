// SPDX-License-Identifier: BSD-3-Clause
// What this process can find out about the Xen domain that it runs in.
#pragma once

#include <cstdint>

namespace vmrpc::transport {

// Whether this is a domain whose Xen devices this process may use. What is in the way is logged at level
// debug; where there is no Xen, that costs one system call.
bool may_use_xen();

// The number that Xen knows this domain by. It changes when the domain is restored or migrated: it is asked for
// each time. Throws UpgradeError(RPC_VM_NO_TRANSPORT).
std::uint16_t own_domid();

// Whether a peer's word for its domain is a number that Xen gives to domains.
bool is_domid(std::uint32_t number) noexcept;

}  // namespace vmrpc::transport
