// SPDX-License-Identifier: BSD-3-Clause
// Types written in place get a name and a definition of their own.
#pragma once

#include <vector>

#include "ast.hpp"

namespace rpcgen {

// Appends `definition`, before it the bodies that it contains: `struct s { enum {A} e; }`
// becomes `enum s_e {A}` and `struct s { s_e e; }`. `typedef struct {...} s` becomes `struct s`.
void hoist_bodies(Definition definition, std::vector<Item>& items);

}  // namespace rpcgen
