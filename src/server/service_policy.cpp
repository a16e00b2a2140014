// SPDX-License-Identifier: BSD-3-Clause
// The table of services that are not served as the settings say.
#include "config.h"

#include "server/service_policy.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <utility>

namespace vmrpc::server {
struct Policies {
  std::mutex mutex;
  std::map<std::pair<std::uint32_t, std::uint32_t>, association::ReceivePolicy> by_service;

  static Policies& get() {
    static auto* const policies = new Policies;
    return *policies;
  }

  template <typename Change>
  static void change(std::uint32_t program, std::uint32_t version, const Change& change) {
    Policies& all = get();
    const std::lock_guard lock(all.mutex);
    change(all.by_service.try_emplace({program, version}, association::default_policy()).first->second);
    KnownPolicy::g_changes.fetch_add(1, std::memory_order_release);
  }
};

void set_in_place(std::uint32_t program, std::uint32_t version, bool on) {
  Policies::change(program, version, [&](association::ReceivePolicy& policy) { policy.in_place = on; });
}

// A list stays for good: a call that is being received may look at the old one.
void set_trust(std::uint32_t program, std::uint32_t version, PeerList trust) {
  const auto* const kept = new PeerList(std::move(trust));
  Policies::change(program, version, [&](association::ReceivePolicy& policy) { policy.trust = kept; });
}

// The count first: what changes meanwhile is looked up again.
void KnownPolicy::look_up(std::uint32_t program, std::uint32_t version) {
  changes_ = g_changes.load(std::memory_order_acquire);
  program_ = program;
  version_ = version;
  Policies& all = Policies::get();
  const std::lock_guard lock(all.mutex);
  const auto at = all.by_service.find({program, version});
  policy_ = at == all.by_service.end() ? association::default_policy() : at->second;
}

}  // namespace vmrpc::server
