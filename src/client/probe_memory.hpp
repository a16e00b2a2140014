// SPDX-License-Identifier: BSD-3-Clause
// Addresses whose servers closed the connection on our probe: they are not probed again.
#pragma once

#include <string>

namespace vmrpc::client {

void remember_as_refusing(const std::string& address);
bool is_remembered_as_refusing(const std::string& address);

}  // namespace vmrpc::client
