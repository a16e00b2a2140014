// SPDX-License-Identifier: BSD-3-Clause
// --check: holds the limits against what was measured.
#ifndef VMRPC_BENCH_CHECK_HPP
#define VMRPC_BENCH_CHECK_HPP

#include <iosfwd>
#include <string>

#include "limits.hpp"
#include "results.hpp"
#include "settings.hpp"

namespace vmrpc::bench {

struct Verdict {
  bool met = false;
  std::string limit;     // with the floor or stock's figure that it was made from
  std::string measured;
};

Verdict judge(const Limit& limit, const Results& results);

// Runs as often as told; the exit status: 1 when a limit was not met in any run.
int check_limits(std::ostream& out, const Settings& settings);

}  // namespace vmrpc::bench

#endif
