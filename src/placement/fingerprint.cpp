// SPDX-License-Identifier: BSD-3-Clause
// The fingerprint of a type map: a hash over (shape, layout) of each map that can be reached.
#include "config.h"

#include "placement/fingerprint.hpp"

#include <unordered_set>
#include <vector>

namespace vmrpc::placement {
namespace {

// Both sides compute it: changing this is changing the protocol.
constexpr std::uint64_t kStart = 0x766d727063706c31;

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
  return hash ^ (hash >> 29);
}

}  // namespace

// A depth-first walk along the fields. The stack holds what is still to be visited, so fields
// are pushed from the last.
Reach reach_of(const rpc_vm_map& map) {
  Reach reach{kStart, false, false};
  std::unordered_set<const rpc_vm_map*> seen;
  std::vector<const rpc_vm_map*> stack{&map};
  while (!stack.empty()) {
    const rpc_vm_map* const next = stack.back();
    stack.pop_back();
    if (!seen.insert(next).second) continue;
    reach.fingerprint = mix(mix(reach.fingerprint, next->shape), next->layout);
    for (std::uint32_t i = next->field_count; i-- != 0;) {
      const rpc_vm_field& field = next->fields[i];
      if (field.map != nullptr) stack.push_back(field.map);
      else if (field.xdr != nullptr) reach.foreigners = true;
      reach.licences |= (field.flags & RPC_VM_IN_PLACE) != 0;
    }
  }
  return reach;
}

}  // namespace vmrpc::placement
