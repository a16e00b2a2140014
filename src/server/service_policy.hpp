// SPDX-License-Identifier: BSD-3-Clause
// What a service allows with its arguments (svc_vm_setinplace, svc_vm_settrust).
#pragma once

#include <atomic>
#include <cstdint>

#include "association/heaps.hpp"

namespace vmrpc::server {

void set_in_place(std::uint32_t program, std::uint32_t version, bool on);
void set_trust(std::uint32_t program, std::uint32_t version, PeerList trust);

// A transport's memory of the policy that it asked for last. For one thread at a time.
class KnownPolicy {
 public:
  // What it points to is never changed and never freed.
  const association::ReceivePolicy& find(std::uint32_t program, std::uint32_t version) {
    if (program != program_ || version != version_ || changes_ != g_changes.load(std::memory_order_acquire)) {
      look_up(program, version);
    }
    return policy_;
  }

 private:
  friend struct Policies;
  void look_up(std::uint32_t program, std::uint32_t version);

  static inline std::atomic<std::uint64_t> g_changes{1};

  std::uint64_t changes_ = 0;
  std::uint32_t program_ = 0, version_ = 0;
  association::ReceivePolicy policy_;
};

}  // namespace vmrpc::server
