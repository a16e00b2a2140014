// SPDX-License-Identifier: BSD-3-Clause
// What the grammar allows but no program can mean.
#pragma once

#include "diagnostics.hpp"
#include "module.hpp"

namespace rpcgen {

// Reports bad bounds, unions, numbers and types; then names (checker_names.cpp).
void check(const Module& module, Diagnostics& diagnostics);
void check_names(const Module& module, Diagnostics& diagnostics);

}  // namespace rpcgen
