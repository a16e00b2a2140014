// SPDX-License-Identifier: BSD-3-Clause
// The command line.
#ifndef VMRPC_BENCH_OPTIONS_HPP
#define VMRPC_BENCH_OPTIONS_HPP

#include "settings.hpp"

namespace vmrpc::bench {

// Throws UsageError.
Settings parse_options(int argc, char** argv);
const char* help_text();

}  // namespace vmrpc::bench

#endif
