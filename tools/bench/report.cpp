// SPDX-License-Identifier: BSD-3-Clause
// Writing the page.
#include "report.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "numbers.hpp"
#include "plots.hpp"

namespace vmrpc::bench {
namespace {

using nlohmann::json;

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>vmrpc-bench</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #202020; background: #fff;
       max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
figure { margin: 1rem 0 2rem; } img { max-width: 100%; height: auto; display: block; }
figcaption, .note { color: #505050; font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #e0e0e0; white-space: nowrap; }
th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left; }
caption { text-align: left; font-weight: 600; padding: 1rem 0 .3rem; }
tr.ours td { background: #eaf3fa; } tr.floor td { color: #606060; font-style: italic; }
.warning { background: #fff4e0; border-left: 4px solid #e69f00; padding: .5rem .8rem; margin: .5rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .9rem; }
dt { color: #505050; } dd { margin: 0; }
</style>
</head>
<body>
<h1>vmrpc-bench</h1>
<p class="note">The same RPC calls over stock libtirpc, over vmrpc, and beside floors: programs written
by hand that do the same work over shared memory without any RPC. Ways were measured in turn, round
after round; figures are medians over the rounds. Compare within this page only.</p>
)";

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text)
    safe += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;"
                                                                       : std::string(1, c);
  return safe;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// An image inside the page: identifiers in one SVG cannot meet those of another.
std::string data_url(const std::string& svg) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string url = "data:image/svg+xml,";
  for (const char c : svg) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == ' ' || c == '.' || c == '-' || c == ',') {
      url += c;
    } else {
      url += '%';
      url += kHex[byte >> 4];
      url += kHex[byte & 15];
    }
  }
  return url;
}

void write_plot(std::ostream& out, const Plot& plot, const std::string& directory) {
  out << "<figure><img alt=\"" << escaped(plot.title) << "\" src=\""
      << data_url(read_file(directory + "/" + plot.file)) << "\">\n<figcaption>" << escaped(plot.caption)
      << "</figcaption></figure>\n";
}

std::string figure(const json& row, const char* name, std::string (*format)(double)) {
  const json::json_pointer pointer(name);
  return row.contains(pointer) ? format(row[pointer].get<double>()) : "";
}

std::string whole(double value) { return std::to_string(static_cast<long>(value + 0.5)); }
std::string kib(double bytes) { return whole(bytes / 1024); }

struct Column {
  const char* heading;
  const char* figure;
  std::string (*format)(double);
};

constexpr Column kColumns[] = {
    {"median &micro;s", "/call_ns/median", format_us},
    {"least", "/call_ns/least", format_us},
    {"most", "/call_ns/most", format_us},
    {"p99 &micro;s", "/p99_ns", format_us},
    {"p99.9 &micro;s", "/p999_ns", format_us},
    {"calls/s", "/calls_per_s/median", whole},
    {"MiB/s", "/mib_per_s", whole},
    {"CPU &micro;s", "/cpu_ns_per_call", format_us},
    {"&times; stock", "/times_faster_than_stock", format_ratio},
    {"idle CPU &micro;s", "/idle_cpu_ns/median", format_us},
    {"idle switches", "/idle_switches/median", whole},
    {"KiB a handle", "/bytes_per_handle/median", kib},
};

// Columns that no row of the table fills are left out.
std::vector<Column> used_columns(const std::vector<json>& rows) {
  std::vector<Column> used;
  for (const Column& column : kColumns)
    for (const json& row : rows)
      if (row.contains(json::json_pointer(column.figure))) {
        used.push_back(column);
        break;
      }
  return used;
}

const char* row_class(const json& row) {
  const WayKind kind = find_way(row["way"].get<std::string>()).kind;
  return kind == WayKind::kVmrpc ? " class=\"ours\"" : kind == WayKind::kFloor ? " class=\"floor\"" : "";
}

void write_table(std::ostream& out, const std::string& title, const std::vector<json>& rows) {
  const std::vector<Column> columns = used_columns(rows);
  out << "<div class=\"scroll\"><table><caption>" << escaped(title)
      << "</caption>\n<tr><th>way</th><th>went over</th>";
  for (const Column& column : columns) out << "<th>" << column.heading << "</th>";
  out << "</tr>\n";
  for (const json& row : rows) {
    out << "<tr" << row_class(row) << "><td>" << escaped(row["way"]) << "</td><td>"
        << escaped(row["transport"]) << "</td>";
    for (const Column& column : columns)
      out << "<td>" << figure(row, column.figure, column.format) << "</td>";
    out << "</tr>\n";
    if (const std::string failure = row["failure"]; !failure.empty())
      out << "<tr><td colspan=\"" << columns.size() + 2 << "\">failed: " << escaped(failure)
          << "</td></tr>\n";
  }
  out << "</table></div>\n";
}

void write_tables(std::ostream& out, const Results& results) {
  std::string title;
  std::vector<json> rows;
  for (const Row& row : results.rows) {
    const std::string next = row.cell.item.name() + ", " + cores_text(row.cell.pinning.name);
    if (next != title && !rows.empty()) {
      write_table(out, title, rows);
      rows.clear();
    }
    title = next;
    rows.push_back(summary_of(row, results));
  }
  if (!rows.empty()) write_table(out, title, rows);
}

void write_machine(std::ostream& out, const json& machine) {
  out << "<dl>\n";
  for (const auto& [name, value] : machine.items())
    if (!value.is_object())
      out << "<dt>" << escaped(name) << "</dt><dd>"
          << escaped(value.is_string() ? value.get<std::string>() : value.dump()) << "</dd>\n";
  for (const auto& [name, value] : machine["settings"].items())
    out << "<dt>" << escaped(name) << "</dt><dd>"
        << escaped(value.is_string() ? value.get<std::string>() : value.dump()) << "</dd>\n";
  out << "</dl>\n";
}

}  // namespace

void prepare_report(const std::string& directory) {
  require_gnuplot();
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error || !std::ofstream(directory + "/index.html"))
    throw std::runtime_error("cannot write into " + directory);
}

void write_report(const std::string& directory, const Results& results) {
  std::ofstream out(directory + "/index.html");
  out << kHead;
  for (const std::string& warning : results.warnings)
    out << "<p class=\"warning\">" << escaped(warning) << "</p>\n";
  out << "<h2>Plots</h2>\n";
  for (const Plot& plot : make_plots(results)) {
    draw(plot, directory);
    out << "<h3>" << escaped(plot.title) << "</h3>\n";
    write_plot(out, plot, directory);
  }
  out << "<h2>Tables</h2>\n";
  write_tables(out, results);
  out << "<h2>Machine and settings</h2>\n";
  write_machine(out, results.machine);
  out << "</body>\n</html>\n";
  if (!out.flush()) throw std::runtime_error("cannot write " + directory + "/index.html");
}

}  // namespace vmrpc::bench
