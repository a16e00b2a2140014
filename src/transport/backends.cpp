// SPDX-License-Identifier: BSD-3-Clause
// The list of transports: a new one is a file of its own and a line here.
#include "config.h"

#include "base/settings.hpp"
#include "transport/local.hpp"
#include "transport/transport.hpp"

namespace vmrpc::transport {

std::span<const Backend> backends() {
  static const Backend kLocal[] = {local_backend()};
  return settings().local_transport ? std::span<const Backend>(kLocal) : std::span<const Backend>();
}

const Backend* find_backend(rpc_vm_transport kind) {
  for (const Backend& backend : backends()) {
    if (backend.kind == kind) return &backend;
  }
  return nullptr;
}

}  // namespace vmrpc::transport
