// SPDX-License-Identifier: BSD-3-Clause
// --lint: what is legal and yet worth a second thought.
#pragma once

#include "diagnostics.hpp"
#include "emit.hpp"
#include "module.hpp"

namespace rpcgen {

// Notes only: what will be slow, unsafe or not placeable, and why.
void lint(const Module& module, const EmitOptions& options, Diagnostics& diagnostics);

}  // namespace rpcgen
