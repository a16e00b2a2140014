// SPDX-License-Identifier: BSD-3-Clause
// Two processes of this program that try shared memory on each other.
#pragma once

#include <string>
#include <vector>

#include "findings.hpp"
#include "upgrade.hpp"

namespace vmrpc::info {

struct SelfTest {
  Upgrade upgrade{};
  std::vector<RoundTrip> round_trips;
  std::string problem;  // what kept it from being tried
};

SelfTest test_here(unsigned calls, unsigned timeout_s);

}  // namespace vmrpc::info
