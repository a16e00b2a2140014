// SPDX-License-Identifier: BSD-3-Clause
// A mistake in the arguments: told in one line, exit status 1.
#ifndef VMRPC_BENCH_USAGE_ERROR_HPP
#define VMRPC_BENCH_USAGE_ERROR_HPP

#include <stdexcept>

namespace vmrpc::bench {

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace vmrpc::bench

#endif
