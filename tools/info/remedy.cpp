// SPDX-License-Identifier: BSD-3-Clause
// One table of reasons, in the order of rpc/vm.h.
#include "config.h"

#include "remedy.hpp"

#include <array>

namespace vmrpc::info {
namespace {

struct Entry {
  rpc_vm_reason reason;
  Stage stage;
  const char* meaning;
  const char* remedy;
};

constexpr std::array kReasons = {
    Entry{RPC_VM_OFF, Stage::kTransport, "VMRPC=off is set for this process, or an end was quiesced",
          "unset VMRPC, or run 'vmrpc-ctl resume' and connect anew"},
    Entry{RPC_VM_PEER_IS_STOCK, Stage::kProbe, "the server does not use vmrpc",
          "run it through vmrpc-run(1) or relink it; 'vmrpc-run --check PROGRAM' tells whether "
          "that works"},
    Entry{RPC_VM_NO_TRANSPORT, Stage::kTransport, "no shared memory reaches this address",
          "if the server is on this host, use one of its own addresses or an AF_UNIX path, and "
          "look at "
          "VMRPC_TRANSPORTS; between hosts there is nothing to do"},
    Entry{RPC_VM_OTHER_HOST, Stage::kCoResidence,
          "the server uses vmrpc but could not be met in memory",
          "put both ends on one host and into one network namespace"},
    Entry{RPC_VM_VERSION_MISMATCH, Stage::kProbe,
          "the server speaks another version of the protocol",
          "install the same release of vmrpc on both sides"},
    Entry{RPC_VM_PEER_REFUSED, Stage::kProbe, "the server refused",
          "look into the server's log (VMRPC_LOG=info)"},
    Entry{RPC_VM_NOT_ALLOWED, Stage::kCoResidence, "VMRPC_PEERS of one side leaves the other out",
          "add the other side's user there, as uid:N"},
    Entry{RPC_VM_NO_WINDOW, Stage::kWindows, "no range of addresses is free in both processes",
          "for placed values raise 'ulimit -v', and look at VMRPC_REGION_MAX"},
    Entry{RPC_VM_NO_MEMORY, Stage::kWindows, "memory or descriptors could not be had on one side",
          "raise 'ulimit -n' and the control group's memory limit, and let seccomp filters allow "
          "memfd_create(2); without arguments vmrpcinfo shows how it is on this side"},
    Entry{RPC_VM_QUOTA, Stage::kWindows, "one side has as many upgraded connections as it allows",
          "close idle connections, or lower VMRPC_REGION_MAX"},
    Entry{RPC_VM_FLAVOUR, Stage::kTransport, "the authentication flavour needs the socket",
          "use AUTH_SYS or AUTH_NONE where the peer is trusted to that extent"},
    Entry{RPC_VM_FORKED, Stage::kTransport, "the handle was inherited by fork(2)",
          "create it after the fork"},
    Entry{RPC_VM_DATAGRAM, Stage::kTransport, "UDP is never upgraded", "ask for \"tcp\""},
    Entry{RPC_VM_RPCBIND, Stage::kTransport, "calls to rpcbind stay on the socket",
          "nothing: they are few"},
    Entry{RPC_VM_PEER_DIED, Stage::kCoResidence, "the server ended, or ended the upgrade",
          "look into the server's log (VMRPC_LOG=info)"},
    Entry{RPC_VM_PROTOCOL_ERROR, Stage::kCoResidence,
          "the server wrote what the protocol does not allow",
          "compare the releases of vmrpc on both sides; if they are the same, report it with "
          "VMRPC_LOG=debug"},
};

constexpr Entry kUnknown = {RPC_VM_REASON_NONE, Stage::kProbe, "it stays on the socket",
                            "look at vmrpc(7)"};

const Entry& entry_of(rpc_vm_reason reason) {
  for (const Entry& entry : kReasons)
    if (entry.reason == reason) return entry;
  return kUnknown;
}

}  // namespace

Stage stage_of(rpc_vm_reason reason) { return entry_of(reason).stage; }
std::string meaning_of(rpc_vm_reason reason) { return entry_of(reason).meaning; }
std::string remedy_for(rpc_vm_reason reason) { return entry_of(reason).remedy; }

}  // namespace vmrpc::info
