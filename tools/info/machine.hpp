// SPDX-License-Identifier: BSD-3-Clause
// What this machine offers to vmrpc, and what is missing for more.
#pragma once

#include "findings.hpp"

namespace vmrpc::info {

Findings examine_machine(unsigned calls, unsigned timeout_s);

}  // namespace vmrpc::info
