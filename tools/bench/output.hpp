// SPDX-License-Identifier: BSD-3-Clause
// The forms in which results are shown.
#ifndef VMRPC_BENCH_OUTPUT_HPP
#define VMRPC_BENCH_OUTPUT_HPP

#include <iosfwd>

#include "results.hpp"

namespace vmrpc::bench {

void write_table(std::ostream& out, const Results& results);
void write_json(std::ostream& out, const Results& results);
void write_csv(std::ostream& out, const Results& results);

}  // namespace vmrpc::bench

#endif
