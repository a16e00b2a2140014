// SPDX-License-Identifier: BSD-3-Clause
// The values of constants.
#pragma once

#include "diagnostics.hpp"
#include "module.hpp"

namespace rpcgen {

// Fills in every value that can be known here. A name that the file does not define is left
// to the C compiler: it may come from a header that a % line includes.
void evaluate(Module& module, Diagnostics& diagnostics);

}  // namespace rpcgen
