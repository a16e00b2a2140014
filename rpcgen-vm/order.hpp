// SPDX-License-Identifier: BSD-3-Clause
// What must come before what in C, and which types contain themselves.
#pragma once

#include "diagnostics.hpp"
#include "module.hpp"

namespace rpcgen {

// Sets the module's C order and its groups of recursive types. False, with the error
// reported, when a type has no finite size.
bool order(Module& module, Diagnostics& diagnostics);

}  // namespace rpcgen
