// SPDX-License-Identifier: BSD-3-Clause
// The fingerprint of a type map, as rpc/vm_types.h defines it.
#pragma once

#include <cstdint>

#include "rpc/vm_types.h"

namespace vmrpc::placement {

// What can be reached from a map.
struct Reach {
  std::uint64_t fingerprint;
  bool foreigners;
  bool licences;  // of fields
};

// Walks all of it: plan_of() keeps the answer. The maps must make sense.
Reach reach_of(const rpc_vm_map& map);

}  // namespace vmrpc::placement
