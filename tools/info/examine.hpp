// SPDX-License-Identifier: BSD-3-Clause
// The steps from a server's name to calls in shared memory.
#pragma once

#include "findings.hpp"
#include "options.hpp"

namespace vmrpc::info {

Findings examine_server(const Options& options);

}  // namespace vmrpc::info
