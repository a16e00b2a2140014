// SPDX-License-Identifier: BSD-3-Clause
// A command line that cannot be understood.
#pragma once

#include <stdexcept>

namespace vmrpc::info {

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace vmrpc::info
