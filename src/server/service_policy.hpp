// SPDX-License-Identifier: BSD-3-Clause
// What a service allows with its arguments (svc_vm_setinplace, svc_vm_settrust).
#pragma once

#include <cstdint>

#include "association/heaps.hpp"
#include "server/known.hpp"

namespace vmrpc::server {

void set_in_place(std::uint32_t program, std::uint32_t version, bool on);
void set_trust(std::uint32_t program, std::uint32_t version, PeerList trust);

// What it points to is never changed and never freed.
using KnownPolicy = Known<association::ReceivePolicy>;
template <>
association::ReceivePolicy KnownPolicy::look_up(rpcprog_t program, rpcvers_t version);

}  // namespace vmrpc::server
