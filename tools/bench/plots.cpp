// SPDX-License-Identifier: BSD-3-Clause
// Choosing what is plotted, and the scripts for gnuplot.
#include "plots.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace vmrpc::bench {
namespace {

constexpr const char* kTerminal =
    "set terminal svg size 860,480 font 'Helvetica,14' background '#ffffff' linewidth 1.5\n"
    "set border 3 lc '#606060'\nset tics nomirror\nset grid lc '#d8d8d8' lw 0.5\n"
    "set key outside right top noautotitle spacing 1.3\n";

// Floors are dashed.
std::string style_of(const Way& way) {
  return "lc '" + std::string(way.colour) + "' lw 2 " + (way.kind == WayKind::kFloor ? "dt 2 " : "");
}

struct Series {
  const Way* way;
  std::vector<std::pair<double, double>> points;
};

// The series as gnuplot's named data, and the plot command over them.
std::string plot_series(const std::vector<Series>& all, const std::string& with) {
  std::ostringstream script;
  for (std::size_t i = 0; i < all.size(); ++i) {
    script << "$series" << i << " << END\n";
    for (const auto& [x, y] : all[i].points) script << x << ' ' << y << '\n';
    script << "END\n";
  }
  script << "plot ";
  for (std::size_t i = 0; i < all.size(); ++i)
    script << (i == 0 ? "" : ", ") << "$series" << i << " with " << with << ' '
           << style_of(*all[i].way) << "title '" << all[i].way->name << "'";
  script << '\n';
  return script.str();
}

using Point = std::function<std::optional<std::pair<double, double>>(const Row&)>;

// A series for each way, of the rows of that pinning for which there is a point.
std::vector<Series> collect(const Results& results, const std::string& cores, const Point& point) {
  std::vector<Series> all;
  for (const Way& way : way_catalog()) {
    Series series{&way, {}};
    for (const Row& row : results.rows)
      if (row.cell.way == &way && row.cell.pinning.name == cores && !row.rounds.empty())
        if (const auto at = point(row)) series.points.push_back(*at);
    if (!series.points.empty()) all.push_back(std::move(series));
  }
  return all;
}

std::size_t longest(const std::vector<Series>& all) {
  std::size_t most = 0;
  for (const Series& series : all) most = std::max(most, series.points.size());
  return most;
}

bool plain(const Item& item) {
  return !item.auth_sys && !item.hog && !item.asleep && item.threads == 1 && item.rate == 0;
}

std::optional<Plot> latency_by_size(const Results& results, const std::string& cores) {
  const auto all = collect(results, cores, [](const Row& row) {
    const Item& item = row.cell.item;
    const auto call_ns = row.median("call_ns");
    std::optional<std::pair<double, double>> at;
    if (item.workload == "put" && item.size > 0 && plain(item) && item.clients == 1 && call_ns)
      at.emplace(static_cast<double>(item.size), *call_ns / 1000);
    return at;
  });
  if (longest(all) < 2) return std::nullopt;
  return Plot{"latency-by-size-" + cores + ".svg", "Time of a call by payload, " + cores_text(cores),
              "Opaque argument, read by the server; median over the rounds. Lower is better.",
              "set logscale xy\nset xlabel 'payload, bytes'\nset ylabel 'time of a call, us'\n"
              "set format x '%.0b %B'\nset xtics 1024, 4\n" +
                  plot_series(all, "linespoints pt 7 ps 0.6")};
}

std::optional<Plot> rate_by_clients(const Results& results, const std::string& cores) {
  const auto all = collect(results, cores, [](const Row& row) {
    const Item& item = row.cell.item;
    const auto rate = row.median("calls_per_s");
    std::optional<std::pair<double, double>> at;
    if (item.workload == "null" && plain(item) && rate)
      at.emplace(static_cast<double>(item.clients), *rate / 1000);
    return at;
  });
  if (longest(all) < 2) return std::nullopt;
  return Plot{"rate-by-clients-" + cores + ".svg",
              "Null calls a second by client processes, " + cores_text(cores),
              "All clients together, one server process. Higher is better.",
              "set logscale xy\nset xlabel 'client processes'\nset ylabel 'thousand calls a second'\n"
              "set xtics 1, 2\n" +
                  plot_series(all, "linespoints pt 7 ps 0.6")};
}

std::vector<std::pair<double, double>> distribution_of(const Histogram& histogram) {
  std::vector<std::pair<double, double>> points;
  double seen = 0;
  for (const auto& [value, times] : histogram.buckets()) {
    seen += static_cast<double>(times);
    const double above = 1 - seen / static_cast<double>(histogram.count());
    if (above > 0) points.emplace_back(1 / above, static_cast<double>(value) / 1000);
  }
  return points;
}

std::optional<Plot> null_distribution(const Results& results, const std::string& cores) {
  std::vector<Series> all;
  for (const Row& row : results.rows)
    if (row.cell.item.name() == "null" && row.cell.pinning.name == cores)
      if (auto points = distribution_of(row.histogram()); !points.empty())
        all.push_back({row.cell.way, std::move(points)});
  if (all.empty()) return std::nullopt;
  return Plot{"distribution-" + cores + ".svg", "Null calls: latency by percentile, " + cores_text(cores),
              "Calls timed one by one, all rounds together; the reading of the clock is included.",
              "set logscale xy\nset xlabel 'percentile'\nset ylabel 'time of a call, us'\n"
              "set xtics ('0' 1, '50' 2, '90' 10, '99' 100, '99.9' 1000, '99.99' 10000, "
              "'99.999' 100000)\n" +
                  plot_series(all, "steps")};
}

// A line for each item, a dot for each way.
std::optional<Plot> cpu_by_call(const Results& results, const std::string& cores) {
  std::vector<std::string> items;
  const auto all = collect(results, cores, [&](const Row& row) {
    const double cpu_us = row.cpu_ns_per_call() / 1000;
    std::optional<std::pair<double, double>> at;
    if (cpu_us <= 0 || row.cell.way->kind == WayKind::kFloor) return at;
    const std::string item = row.cell.item.name();
    const auto found = std::find(items.begin(), items.end(), item);
    at.emplace(cpu_us, static_cast<double>(found - items.begin()));
    if (found == items.end()) items.push_back(item);
    return at;
  });
  if (items.empty()) return std::nullopt;
  std::ostringstream script;
  script << "set terminal svg size 860," << 130 + 26 * items.size()
         << " font 'Helvetica,14' background '#ffffff' linewidth 1.5\n"
         << "set logscale x\nset xlabel 'CPU time of both processes, us a call'\n"
         << "set yrange [" << items.size() << ":-1]\nset ytics ()\n";
  for (std::size_t i = 0; i < items.size(); ++i)
    script << "set ytics add ('" << items[i] << "' " << i << ")\n";
  return Plot{"cpu-" + cores + ".svg", "CPU time of a call, " + cores_text(cores),
              "Both processes together. Further left is better.",
              script.str() + plot_series(all, "points pt 7 ps 0.8")};
}

}  // namespace

std::vector<Plot> make_plots(const Results& results) {
  std::vector<Plot> plots;
  for (const char* cores : {"two", "one", "apart"})
    for (const auto& make : {latency_by_size, rate_by_clients, null_distribution, cpu_by_call})
      if (auto plot = make(results, cores)) plots.push_back(std::move(*plot));
  return plots;
}

void require_gnuplot() {
  if (std::system("gnuplot --version >/dev/null 2>&1") != 0)
    throw std::runtime_error("--report needs gnuplot: install the package gnuplot-nox");
}

void draw(const Plot& plot, const std::string& directory) {
  std::string path = directory + "/" + plot.file;
  for (auto at = path.find('\''); at != std::string::npos; at = path.find('\'', at + 2))
    path.insert(at, 1, '\'');
  FILE* const gnuplot = ::popen("gnuplot", "w");
  if (gnuplot == nullptr) throw std::runtime_error("cannot run gnuplot");
  const std::string script = kTerminal + ("set output '" + path + "'\n") + plot.script;
  std::fwrite(script.data(), 1, script.size(), gnuplot);
  if (::pclose(gnuplot) != 0) throw std::runtime_error("gnuplot could not draw " + plot.file);
}

}  // namespace vmrpc::bench
