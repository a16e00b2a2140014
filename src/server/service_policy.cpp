// SPDX-License-Identifier: BSD-3-Clause
// The table of services that are not served as the settings say.
#include "config.h"

#include "server/service_policy.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace vmrpc::server {
namespace {

struct Policies {
  std::mutex mutex;
  std::map<std::pair<std::uint32_t, std::uint32_t>, association::ReceivePolicy> by_service;

  static Policies& get() {
    static auto* const policies = new Policies;
    return *policies;
  }
};

template <typename Change>
void change(std::uint32_t program, std::uint32_t version, const Change& change) {
  Policies& policies = Policies::get();
  const std::lock_guard lock(policies.mutex);
  change(policies.by_service.try_emplace({program, version}, association::default_policy()).first->second);
  KnownPolicy::note_change();
}

}  // namespace

void set_in_place(std::uint32_t program, std::uint32_t version, bool on) {
  change(program, version, [&](association::ReceivePolicy& policy) { policy.in_place = on; });
}

// A list stays for good: a call that is being received may look at the old one.
void set_trust(std::uint32_t program, std::uint32_t version, PeerList trust) {
  const auto* const kept = new PeerList(std::move(trust));
  change(program, version, [&](association::ReceivePolicy& policy) { policy.trust = kept; });
}

template <>
association::ReceivePolicy KnownPolicy::look_up(rpcprog_t program, rpcvers_t version) {
  Policies& policies = Policies::get();
  const std::lock_guard lock(policies.mutex);
  const auto at = policies.by_service.find({program, version});
  return at == policies.by_service.end() ? association::default_policy() : at->second;
}

}  // namespace vmrpc::server
