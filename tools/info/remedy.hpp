// SPDX-License-Identifier: BSD-3-Clause
// What each reason for staying on the socket means to somebody who wants to leave it.
#pragma once

#include <rpc/vm.h>

#include <string>

namespace vmrpc::info {

// The part of an upgrade that a reason belongs to.
enum class Stage { kTransport, kProbe, kCoResidence, kWindows };

Stage stage_of(rpc_vm_reason reason);
std::string meaning_of(rpc_vm_reason reason);
std::string remedy_for(rpc_vm_reason reason);

}  // namespace vmrpc::info
