// SPDX-License-Identifier: BSD-3-Clause
// --report: one page with tables and plots that needs no network.
#ifndef VMRPC_BENCH_REPORT_HPP
#define VMRPC_BENCH_REPORT_HPP

#include <string>

#include "results.hpp"

namespace vmrpc::bench {

// Before anything is measured: the folder can be written, gnuplot is there.
void prepare_report(const std::string& directory);
void write_report(const std::string& directory, const Results& results);

}  // namespace vmrpc::bench

#endif
