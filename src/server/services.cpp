// SPDX-License-Identifier: BSD-3-Clause
// The registered services.
#include "config.h"

#include "server/services.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace vmrpc::server {
namespace {

struct Services {
  std::mutex mutex;
  // Null: registered with two routines, for different netids.
  std::map<std::pair<rpcprog_t, rpcvers_t>, Dispatch> dispatches;

  static Services& get() {
    static auto* const services = new Services;
    return *services;
  }
};

}  // namespace

void note_service(rpcprog_t program, rpcvers_t version, Dispatch dispatch) {
  Services& services = Services::get();
  const std::lock_guard lock(services.mutex);
  const auto [known, is_new] = services.dispatches.try_emplace({program, version}, dispatch);
  if (!is_new && known->second != dispatch) known->second = nullptr;
  KnownService::note_change();
}

void forget_service(rpcprog_t program, rpcvers_t version) {
  Services& services = Services::get();
  const std::lock_guard lock(services.mutex);
  services.dispatches.erase({program, version});
  KnownService::note_change();
}

template <>
Dispatch KnownService::look_up(rpcprog_t program, rpcvers_t version) {
  Services& services = Services::get();
  const std::lock_guard lock(services.mutex);
  const auto known = services.dispatches.find({program, version});
  return known != services.dispatches.end() ? known->second : nullptr;
}

}  // namespace vmrpc::server
