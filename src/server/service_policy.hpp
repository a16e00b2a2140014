// SPDX-License-Identifier: BSD-3-Clause
// What a service allows with its arguments (svc_vm_setinplace, svc_vm_settrust).
#pragma once

#include <atomic>
#include <cstdint>

#include "association/heaps.hpp"

namespace vmrpc::server {

void set_in_place(std::uint32_t program, std::uint32_t version, bool on);
void set_trust(std::uint32_t program, std::uint32_t version, PeerList trust);

// Whether any service has one of its own.
inline std::atomic<bool> has_policies{false};
association::ReceivePolicy find_policy(std::uint32_t program, std::uint32_t version);
// What it points to is never changed and never freed.
inline association::ReceivePolicy policy_of(std::uint32_t program, std::uint32_t version) {
  return has_policies.load(std::memory_order_acquire) ? find_policy(program, version) : association::default_policy();
}

}  // namespace vmrpc::server
