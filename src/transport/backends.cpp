// SPDX-License-Identifier: BSD-3-Clause
// The list of transports: a new one is a file of its own and a line here.
#include "config.h"

#include "base/settings.hpp"
#include "transport/local.hpp"
#include "transport/transport.hpp"
#if HAVE_XEN
#include "transport/xen.hpp"
#endif

namespace vmrpc::transport {
namespace {

std::vector<Backend> allowed_backends() {
  std::vector<Backend> allowed;
  if (settings().local_transport) allowed.push_back(local_backend());
#if HAVE_XEN
  if (settings().xen_transport) allowed.push_back(xen_backend());
#endif
  return allowed;
}

}  // namespace

std::span<const Backend> backends() {
  static const auto* const allowed = new std::vector<Backend>(allowed_backends());  // handles may outlive statics
  return *allowed;
}

const Backend* find_backend(rpc_vm_transport kind) {
  for (const Backend& backend : backends()) {
    if (backend.kind == kind) return &backend;
  }
  return nullptr;
}

}  // namespace vmrpc::transport
