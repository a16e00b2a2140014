// SPDX-License-Identifier: BSD-3-Clause
// Plots of a run, drawn by gnuplot as SVG files.
#ifndef VMRPC_BENCH_PLOTS_HPP
#define VMRPC_BENCH_PLOTS_HPP

#include <string>
#include <vector>

#include "results.hpp"

namespace vmrpc::bench {

struct Plot {
  std::string file;     // name in the report's folder
  std::string title;
  std::string caption;  // how to read it
  std::string script;   // for gnuplot, without terminal and output
};

// Those for which the run has data.
std::vector<Plot> make_plots(const Results& results);

// Throws std::runtime_error when gnuplot is not there.
void require_gnuplot();
void draw(const Plot& plot, const std::string& directory);

}  // namespace vmrpc::bench

#endif
