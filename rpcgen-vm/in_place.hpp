// SPDX-License-Identifier: BSD-3-Clause
// The annotation in-place before a procedure or an argument.
#pragma once

#include "diagnostics.hpp"
#include "module.hpp"

namespace rpcgen {

// A licence belongs to a type's map: that of a procedure is given to the types that it takes and
// returns. Warns where there is none with a map.
void mark_in_place(Module& module, Diagnostics& diagnostics);

}  // namespace rpcgen
