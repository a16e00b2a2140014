// SPDX-License-Identifier: BSD-3-Clause
// --lint
#include "config.h"

#include "lint.hpp"

namespace rpcgen {
void lint(const Module&, const EmitOptions&, Diagnostics&) {}
}  // namespace rpcgen
