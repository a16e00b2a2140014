// SPDX-License-Identifier: BSD-3-Clause
// Findings as text for people and as JSON for programs.
#pragma once

#include <iosfwd>

#include "findings.hpp"
#include "options.hpp"

namespace vmrpc::info {

void write_text(std::ostream& out, const Options& options, const Findings& findings);
void write_json(std::ostream& out, const Options& options, const Findings& findings);

}  // namespace vmrpc::info
