// SPDX-License-Identifier: BSD-3-Clause
// Constant words of the API: version, transports, reasons.
#include "config.h"

#include <cstddef>
#include <iterator>

#include "rpc/vm.h"

namespace {

constexpr const char* kTransports[] = {"socket", "local", "xen", "ivshmem"};

// In the order of enum rpc_vm_reason.
constexpr const char* kReasons[] = {
    "none",         "off",        "peer-is-stock", "no-transport", "other-host", "version-mismatch",
    "peer-refused", "not-allowed", "no-window",    "no-memory",    "quota",      "flavour",
    "forked",       "datagram",   "rpcbind",       "peer-died",    "protocol-error"};
static_assert(std::size(kReasons) == RPC_VM_PROTOCOL_ERROR + 1);

template <std::size_t count>
const char* word(const char* const (&words)[count], unsigned index) {
  return index < count ? words[index] : "unknown";
}

}  // namespace

const char* rpc_vm_version(void) { return PACKAGE_VERSION; }

const char* rpc_vm_strtransport(rpc_vm_transport transport) { return word(kTransports, transport); }

const char* rpc_vm_strreason(rpc_vm_reason reason) { return word(kReasons, reason); }
