// SPDX-License-Identifier: BSD-3-Clause
// Measuring what the limits need, and the verdicts.
#include "check.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <set>

#include "numbers.hpp"
#include "run.hpp"
#include "timing.hpp"

namespace vmrpc::bench {
namespace {

constexpr double kFallbackNs = 200;

std::string us(double ns) { return format_us(ns) + " us"; }

// Everything that a rule may ask for, of one run.
class Judge {
 public:
  Judge(const Limit& limit, const Results& results)
      : limit_(limit), results_(results), item_(parse_item(limit.item).name()) {}

  Verdict verdict() const {
    const Row* const row = find(limit_.way);
    if (row == nullptr) return {false, "", "not measured"};
    if (!row->failure.empty() || row->rounds.empty()) return {false, "", row->failure};
    if (const std::string shortfall = row->shortfall(); !shortfall.empty())
      return {false, "what the way promises", shortfall + " (" + row->transport() + ")"};
    switch (limit_.rule) {
      case Rule::kFloorPlus:
      case Rule::kFloorTimes: return against_floor();
      case Rule::kStockTimes: return against_stock();
      case Rule::kRateTimes: return against_stock_rate();
      case Rule::kSlowest: return at_least(figure("slowest_to_mean"));
      case Rule::kIdle: return idle();
      case Rule::kBytesAHandle: return memory();
      case Rule::kFallback: return fallback();
      case Rule::kAsleepTimes: return against_sleeping();
      case Rule::kNullPlus: return against_null();
    }
    return {};
  }

 private:
  const Row* find(std::string_view way) const {
    return results_.find(item_, std::string(limit_.cores), way);
  }
  double figure(const char* name) const { return figure_of(limit_.way, name); }
  double figure_of(std::string_view way, const char* name) const {
    const Row* const row = find(way);
    return row == nullptr ? 0 : row->median(name).value_or(0);
  }

  Verdict against_floor() const {
    const double floor = figure_of(limit_.floor, "call_ns");
    const double most =
        limit_.rule == Rule::kFloorPlus ? floor + limit_.value : floor * limit_.value;
    const double call = figure("call_ns");
    return {floor > 0 && call <= most, us(most) + " (floor " + us(floor) + ")", us(call)};
  }
  Verdict against_null() const {
    const Row* const row = results_.find("null", std::string(limit_.cores), limit_.way);
    const double null_ns = row == nullptr ? 0 : row->median("call_ns").value_or(0);
    const double call = figure("call_ns");
    return {null_ns > 0 && call <= null_ns + limit_.value,
            us(null_ns + limit_.value) + " (null " + us(null_ns) + ")", us(call)};
  }
  Verdict against_stock() const {
    const double stock = results_.stock_call_ns(item_, std::string(limit_.cores)).value_or(0);
    const double call = figure("call_ns");
    const double ratio = stock / call;
    return {ratio >= limit_.value, format_ratio(limit_.value) + " (stock " + us(stock) + ")",
            format_ratio(ratio) + " (" + us(call) + ")"};
  }
  Verdict against_stock_rate() const {
    const double ratio = figure("calls_per_s") / figure_of("tcp", "calls_per_s");
    return {ratio >= limit_.value, format_ratio(limit_.value), format_ratio(ratio)};
  }
  Verdict against_sleeping() const {
    const std::string one = parse_item(kOneAsleep).name();
    const Row* const row = results_.find(one, std::string(limit_.cores), limit_.way);
    const double alone = row == nullptr ? 0 : row->median("calls_per_s").value_or(0);
    const double rate = figure("calls_per_s");
    const auto each = [](double calls_per_s) { return us(1e9 / calls_per_s) + " a call"; };
    return {alone > 0 && rate >= limit_.value * alone, each(limit_.value * alone), each(rate)};
  }
  Verdict at_least(double value) const {
    return {value >= limit_.value, format_ratio(limit_.value), format_ratio(value)};
  }
  Verdict idle() const {
    const double cpu_ns = figure("idle_cpu_ns");
    const double switches = figure("idle_switches");
    return {cpu_ns == 0 && switches == 0, "0 us, 0 switches",
            us(cpu_ns) + ", " + std::to_string(static_cast<long>(switches)) + " switches"};
  }
  Verdict memory() const {
    const double bytes = figure("bytes_per_handle");
    const auto kib = [](double value) { return std::to_string(std::lround(value / 1024)) + " KiB"; };
    return {bytes <= limit_.value, kib(limit_.value), kib(bytes)};
  }
  // Rounds are compared one by one: stock and ours ran seconds apart in each.
  Verdict fallback() const {
    const Row* const stock = find("tcp");
    const Row* const ours = find(limit_.way);
    const std::size_t rounds =
        stock == nullptr ? 0 : std::min(stock->rounds.size(), ours->rounds.size());
    std::vector<double> slower;
    for (std::size_t i = 0; i < rounds; ++i)
      slower.push_back(ours->rounds[i]["call_ns"].get<double>() -
                       stock->rounds[i]["call_ns"].get<double>());
    const double stock_ns = figure_of("tcp", "call_ns");
    const double most = std::max(kFallbackNs, stock_ns * (limit_.value - 1));
    const double median = median_of(slower);
    return {!slower.empty() && median <= most, "+" + us(most) + " (stock " + us(stock_ns) + ")",
            (median < 0 ? "" : "+") + us(median)};
  }

  const Limit& limit_;
  const Results& results_;
  std::string item_;
};

// What has to be measured for the limits of this version, one item after the other.
Settings settings_for(const Settings& told) {
  Settings settings = told;
  settings.items.clear();
  std::set<std::string> items;
  const auto add = [&](std::string_view item) {
    if (items.insert(std::string(item)).second) settings.items.push_back(parse_item(item));
  };
  for (const Limit& limit : limit_table()) {
    if (limit.rule == Rule::kAsleepTimes) add(kOneAsleep);
    add(limit.item);
  }
  return settings;
}

bool needed(const Row& row) {
  return std::any_of(limit_table().begin(), limit_table().end(), [&](const Limit& limit) {
    if (limit.cores != row.cell.pinning.name) return false;
    const std::string_view way = row.cell.way->name;
    const std::string item = row.cell.item.name();
    if (limit.rule == Rule::kNullPlus && item == "null" && way == limit.way) return true;
    if (limit.rule == Rule::kAsleepTimes && item == parse_item(kOneAsleep).name() && way == limit.way) return true;
    if (parse_item(limit.item).name() != item) return false;
    const bool stock = limit.rule == Rule::kStockTimes && (way == "tcp" || way == "tcp-1m");
    const bool plain = way == "tcp" &&
                       (limit.rule == Rule::kRateTimes || limit.rule == Rule::kFallback);
    return stock || plain || way == limit.way || way == limit.floor;
  });
}

// Items that take so long show the same again: they are measured in the first run alone.
constexpr double kLongSeconds = 5;
bool is_in(unsigned run, const Item& item) { return run == 1 || item.seconds < kLongSeconds; }

struct Line {
  const Limit* limit;
  std::vector<Verdict> verdicts;
  long times_met() const {
    return std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.met; });
  }
  bool met() const { return times_met() != 0; }
};

void print_line(std::ostream& out, const Line& line) {
  const Limit& limit = *line.limit;
  const std::string often = std::to_string(line.times_met()) + '/' + std::to_string(line.verdicts.size());
  out << std::left << std::setw(8) << (line.met() ? "met" : "MISSED") << std::setw(5) << often << std::setw(38) << limit.what << std::setw(4)
      << limit.cores << std::setw(12) << limit.way << ' ';
  for (std::size_t i = 0; i < line.verdicts.size(); ++i)
    out << (i == 0 ? "" : " | ") << line.verdicts[i].measured << " of " << line.verdicts[i].limit;
  out << '\n';
}

}  // namespace

Verdict judge(const Limit& limit, const Results& results) {
  return Judge(limit, results).verdict();
}

int check_limits(std::ostream& out, const Settings& told) {
  const Settings settings = settings_for(told);
  std::vector<Line> lines;
  for (const Limit& limit : limit_table()) lines.push_back({&limit, {}});
  for (unsigned run = 1; run <= settings.runs; ++run) {
    const auto is_measured = [&](const Row& row) { return is_in(run, row.cell.item) && needed(row); };
    const Results results = run_all(settings, is_measured);
    for (Line& line : lines)
      if (is_in(run, parse_item(line.limit->item))) line.verdicts.push_back(judge(*line.limit, results));
    for (const std::string& warning : results.warnings)
      out << "run " << run << ": warning: " << warning << '\n';
    if (was_interrupted()) break;
  }
  for (const Line& line : lines) print_line(out, line);
  const auto missed = std::count_if(lines.begin(), lines.end(), [](const Line& l) { return !l.met(); });
  out << static_cast<long>(lines.size()) - missed << " met, " << missed << " missed\n";
  return missed == 0 && !was_interrupted() ? 0 : 1;
}

}  // namespace vmrpc::bench
