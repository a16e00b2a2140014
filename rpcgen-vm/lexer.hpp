// SPDX-License-Identifier: BSD-3-Clause
// From preprocessed text to tokens.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "diagnostics.hpp"
#include "source.hpp"
#include "token.hpp"

namespace rpcgen {

// Old name to new name, for every identifier (`--rename`).
using Renames = std::map<std::string, std::string, std::less<>>;

// Never fails: bad characters are reported and skipped. Ends with one kEnd token.
std::vector<Token> tokenize(const Source& source, const Renames& renames,
                            Diagnostics& diagnostics);

}  // namespace rpcgen
