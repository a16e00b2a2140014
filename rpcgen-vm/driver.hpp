// SPDX-License-Identifier: BSD-3-Clause
// From a command line to output files.
#pragma once

#include "diagnostics.hpp"
#include "options.hpp"
#include "preprocess.hpp"

namespace rpcgen {

// Everything is in memory before the first file is written. False when there were errors.
bool run(CommandLine line, SourceFiles& files, Diagnostics& diagnostics);

}  // namespace rpcgen
