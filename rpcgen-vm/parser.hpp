// SPDX-License-Identifier: BSD-3-Clause
// From tokens to the tree.
#pragma once

#include <vector>

#include "ast.hpp"
#include "diagnostics.hpp"
#include "token.hpp"

namespace rpcgen {

// Reports what is wrong and goes on with the next definition. A % line comes out where it
// was met, so one inside a definition comes before it. Types written in place are moved in
// front of the definition that uses them, under a name made from the path to them.
std::vector<Item> parse(const std::vector<Token>& tokens, const Source& source,
                        Diagnostics& diagnostics);

}  // namespace rpcgen
