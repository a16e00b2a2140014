// SPDX-License-Identifier: BSD-3-Clause
// How many pages the programs of a Xen domain grant and map, and how many they may.
#pragma once

#include <vector>

#include "findings.hpp"

namespace vmrpc::info {

// Nothing where there is no Xen.
std::vector<Step> look_at_xen_pages();

}  // namespace vmrpc::info
