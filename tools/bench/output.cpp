// SPDX-License-Identifier: BSD-3-Clause
// Table, JSON and CSV.
#include "output.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>

#include "numbers.hpp"

namespace vmrpc::bench {
namespace {

using nlohmann::json;
using Cells = std::array<std::string, 10>;

constexpr Cells kHeadings = {"way", "went over", "median us", "least..most", "p99 us",
                             "calls/s", "MiB/s", "CPU us", "switches", "x stock"};

std::string print(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string range(const json& figure, double scale, const char* format) {
  return print(format, figure["least"].get<double>() * scale) + ".." +
         print(format, figure["most"].get<double>() * scale);
}

// Items that are no calls tell their one figure in the second column.
std::string special_figure(const json& row) {
  if (row.contains("idle_cpu_ns"))
    return "idle: CPU " + format_us(row["idle_cpu_ns"]["median"]) + " us, " +
           print("%.0f", row["idle_switches"]["median"]) + " context switches";
  if (row.contains("bytes_per_handle"))
    return print("%.0f KiB a handle", row["bytes_per_handle"]["median"].get<double>() / 1024);
  return "";
}

std::string transport_cell(const json& row) {
  std::string text = row["transport"];
  if (row.contains("slowest_to_mean"))
    text += print(", slowest %.2f of mean", row["slowest_to_mean"]["median"]);
  if (const std::string special = special_figure(row); !special.empty()) text += "; " + special;
  if (const std::string shortfall = row["shortfall"]; !shortfall.empty())
    text += "; BUT " + shortfall;
  if (const std::string failure = row["failure"]; !failure.empty())
    text += (text.empty() ? "FAILED: " : "; PARTIAL: ") + failure;
  return text;
}

Cells cells_of(const json& row) {
  Cells cells;
  cells[0] = row["way"];
  cells[1] = transport_cell(row);
  if (!row.contains("call_ns")) return cells;
  cells[2] = format_us(row["call_ns"]["median"]);
  cells[3] = range(row["call_ns"], 1e-3, "%.3g");
  cells[4] = format_us(row["p99_ns"]);
  if (row.contains("calls_per_s")) cells[5] = print("%.0f", row["calls_per_s"]["median"]);
  if (row.contains("mib_per_s")) cells[6] = print("%.0f", row["mib_per_s"]);
  if (const double cpu = row["cpu_ns_per_call"]; cpu > 0) {
    cells[7] = format_us(cpu);
    cells[8] = print("%.2g", row["switches_per_call"]);
  }
  if (row.contains("times_faster_than_stock"))
    cells[9] = format_ratio(row["times_faster_than_stock"]);
  return cells;
}

void write_line(std::ostream& out, const Cells& cells, const std::array<std::size_t, 10>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i)
    out << (i == 0 ? "  " : "  ") << (i < 2 ? std::left : std::right)
        << std::setw(static_cast<int>(widths[i])) << cells[i];
  out << '\n';
}

json all_summaries(const Results& results) {
  json rows = json::array();
  for (const Row& row : results.rows) rows.push_back(summary_of(row, results));
  return rows;
}

std::string quoted_csv(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string csv_value(const json& row, const std::string& path) {
  const json::json_pointer pointer(path);
  if (!row.contains(pointer)) return "";
  const json& value = row[pointer];
  return value.is_string() ? quoted_csv(value.get<std::string>()) : value.dump();
}

}  // namespace

void write_table(std::ostream& out, const Results& results) {
  const json rows = all_summaries(results);
  std::vector<Cells> lines;
  std::array<std::size_t, 10> widths{};
  for (const json& row : rows) lines.push_back(cells_of(row));
  for (std::size_t i = 0; i < widths.size(); ++i) {
    widths[i] = kHeadings[i].size();
    for (const Cells& line : lines) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string block;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string title =
        rows[i]["workload"].get<std::string>() + ", " + cores_text(rows[i]["cores"].get<std::string>());
    if (title != block) {
      out << (i == 0 ? "" : "\n") << title << '\n';
      write_line(out, kHeadings, widths);
    }
    block = title;
    write_line(out, lines[i], widths);
  }
  for (const std::string& warning : results.warnings) out << "\nwarning: " << warning << '\n';
}

void write_json(std::ostream& out, const Results& results) {
  json rows = json::array();
  for (const Row& row : results.rows) {
    json summary = summary_of(row, results);
    summary["each_round"] = row.rounds;
    rows.push_back(std::move(summary));
  }
  out << json{{"machine", results.machine},
              {"warnings", results.warnings},
              {"complete", results.complete},
              {"rows", rows}}
             .dump(1)
      << '\n';
}

void write_csv(std::ostream& out, const Results& results) {
  static constexpr std::array kColumns = {
      "/workload",          "/cores",           "/way",
      "/transport",         "/rounds",          "/call_ns/median",
      "/call_ns/least",     "/call_ns/most",    "/p50_ns",
      "/p90_ns",            "/p99_ns",          "/p999_ns",
      "/max_ns",            "/calls_per_s/median", "/mib_per_s",
      "/cpu_ns_per_call",   "/switches_per_call", "/peak_kib",
      "/times_faster_than_stock", "/slowest_to_mean/median", "/idle_cpu_ns/median",
      "/idle_switches/median", "/bytes_per_handle/median", "/failure",
      "/shortfall"};
  const auto heading = [](std::string path) {
    path.erase(0, 1);
    std::replace(path.begin(), path.end(), '/', '_');
    return path;
  };
  for (std::size_t i = 0; i < kColumns.size(); ++i)
    out << (i == 0 ? "" : ",") << heading(kColumns[i]);
  out << '\n';
  for (const json& row : all_summaries(results)) {
    for (std::size_t i = 0; i < kColumns.size(); ++i)
      out << (i == 0 ? "" : ",") << csv_value(row, kColumns[i]);
    out << '\n';
  }
}

}  // namespace vmrpc::bench
