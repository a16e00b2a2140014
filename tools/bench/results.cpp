// SPDX-License-Identifier: BSD-3-Clause
// Medians over rounds.
#include "results.hpp"

#include <algorithm>

#include "timing.hpp"

namespace vmrpc::bench {
namespace {

using nlohmann::json;

constexpr double kMebibyte = 1 << 20;

std::uint64_t of_both(const json& round, const char* name) {
  std::uint64_t sum = 0;
  for (const char* process : {"client", "server"})
    if (round.contains(process)) sum += round[process].value(name, std::uint64_t{0});
  return sum;
}

// How most of a round's calls went, as the counters of both ends tell.
struct Route {
  std::string transport;
  std::uint64_t calls_tcp;
  std::uint64_t calls_xdr;
  std::uint64_t calls_placed;
  std::uint64_t calls_in_place;  // a client's are those with a result in place, a server's with arguments

  explicit Route(const json& round)
      : transport(round.value("/client/transport"_json_pointer, std::string())),
        calls_tcp(of(round, "client", "calls_tcp")),
        calls_xdr(of(round, "client", "calls_xdr")),
        calls_placed(of(round, "client", "calls_placed")),
        calls_in_place(std::max(of(round, "client", "calls_in_place"),
                                of(round, "server", "calls_in_place"))) {}
  bool in_memory() const {
    return !transport.empty() && transport != "socket" && calls_xdr + calls_placed > calls_tcp;
  }
  bool placed() const { return calls_placed > calls_xdr; }
  // GET has a call that prepares it before each.
  bool in_place() const { return 2 * calls_in_place + 10 >= calls_placed && calls_in_place > 0; }
  std::string encoding() const {
    return !placed() ? "xdr" : in_place() ? "in place" : "placed";
  }

 private:
  static std::uint64_t of(const json& round, const char* process, const char* name) {
    return round.contains(process) ? round[process].value(name, std::uint64_t{0}) : 0;
  }
};

double per_call(const std::vector<json>& rounds, const char* name) {
  std::vector<double> values;
  for (const json& round : rounds)
    if (const double calls = round.value("all_calls", 0.0); calls > 0)
      values.push_back(static_cast<double>(of_both(round, name)) / calls);
  return median_of(values);
}

}  // namespace

std::optional<Spread> Row::figure(const std::string& name) const {
  std::vector<double> values;
  for (const json& round : rounds)
    if (round.contains(name)) values.push_back(round[name].get<double>());
  if (values.empty()) return std::nullopt;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return Spread{median_of(values), *least, *most};
}

std::optional<double> Row::median(const std::string& name) const {
  const std::optional<Spread> spread = figure(name);
  return spread ? std::optional(spread->median) : std::nullopt;
}

Histogram Row::histogram() const {
  Histogram all;
  for (const json& round : rounds)
    if (round.contains("histogram"))
      for (const json& bucket : round["histogram"])
        all.add(bucket.at(0).get<std::uint64_t>(), bucket.at(1).get<std::uint64_t>());
  return all;
}

std::string Row::transport() const {
  if (rounds.empty()) return "";
  const Route route(rounds.back());
  if (!route.in_memory()) return std::string(cell.way->transport);
  return route.transport + ", " + route.encoding();
}

std::string Row::shortfall() const {
  const Way& way = *cell.way;
  if (!way.memory_expected || rounds.empty()) return "";
  const Route route(rounds.back());
  if (!route.in_memory()) return "not in shared memory";
  constexpr std::size_t kPlacedAtMost = 2U << 20;  // a larger piece of ordinary memory is streamed (doc/placement.md)
  if (!way.heap && cell.item.is_bulk() && cell.item.wire_bytes() > kPlacedAtMost) return "";
  if (way.regenerated && cell.item.has_values() && !route.placed()) return "not placed";
  // Without trust what is small, or pointers throughout, is copied.
  const bool in_place = way.trusted ? cell.item.size > 0 : way.in_place && cell.item.is_bulk();
  return in_place && cell.item.has_values() && !route.in_place() ? "not in place" : "";
}

double Row::cpu_ns_per_call() const {
  std::vector<double> values;
  for (const json& round : rounds)
    if (const double calls = round.value("all_calls", 0.0); calls > 0 && round.contains("server")) {
      const double timed = round.value("cpu_ns_per_call", 0.0);
      const double client = timed > 0 ? timed : round["client"].value("cpu_ns", 0.0) / calls;
      values.push_back(client + round["server"].value("cpu_ns", 0.0) / calls);
    }
  return median_of(values);
}

double Row::switches_per_call() const { return per_call(rounds, "switches"); }

std::uint64_t Row::peak_kib() const {
  std::uint64_t peak = 0;
  for (const json& round : rounds)
    for (const char* process : {"client", "server"})
      if (round.contains(process))
        peak = std::max(peak, round[process].value("peak_kib", std::uint64_t{0}));
  return peak;
}

const Row* Results::find(const std::string& item, const std::string& pinning,
                         std::string_view way) const {
  for (const Row& row : rows)
    if (row.cell.item.name() == item && row.cell.pinning.name == pinning &&
        row.cell.way->name == way)
      return &row;
  return nullptr;
}

std::optional<double> Results::stock_call_ns(const std::string& item,
                                             const std::string& pinning) const {
  std::optional<double> best;
  for (const char* way : {"tcp", "tcp-1m"})
    if (const Row* row = find(item, pinning, way))
      if (const auto value = row->median("call_ns"); value && (!best || *value < *best))
        best = value;
  return best;
}

json summary_of(const Row& row, const Results& results) {
  const Cell& cell = row.cell;
  json summary = {{"workload", cell.item.name()}, {"cores", cell.pinning.name},
                  {"way", cell.way->name},        {"transport", row.transport()},
                  {"rounds", row.rounds.size()},  {"failure", row.failure},
                  {"shortfall", row.shortfall()}};
  const auto add = [&](const char* name, const std::string& from) {
    if (const auto spread = row.figure(from))
      summary[name] = {{"median", spread->median}, {"least", spread->least}, {"most", spread->most}};
  };
  add("call_ns", "call_ns");
  add("calls_per_s", "calls_per_s");
  add("slowest_to_mean", "slowest_to_mean");
  add("idle_cpu_ns", "idle_cpu_ns");
  add("idle_switches", "idle_switches");
  add("bytes_per_handle", "bytes_per_handle");
  add("late_calls", "late");
  if (const auto call_ns = row.median("call_ns")) {
    const Histogram histogram = row.histogram();
    for (const auto& [name, share] :
         {std::pair{"p50_ns", 0.5}, {"p90_ns", 0.9}, {"p99_ns", 0.99}, {"p999_ns", 0.999}})
      summary[name] = histogram.percentile(share);
    summary["max_ns"] = histogram.max();
    summary["cpu_ns_per_call"] = row.cpu_ns_per_call();
    summary["switches_per_call"] = row.switches_per_call();
    const double bytes = row.median("bytes_per_call").value_or(0);
    if (bytes > 0) summary["mib_per_s"] = bytes / *call_ns * 1e9 / kMebibyte;
    if (const auto stock = results.stock_call_ns(cell.item.name(), cell.pinning.name))
      summary["times_faster_than_stock"] = *stock / *call_ns;
  }
  summary["peak_kib"] = row.peak_kib();
  return summary;
}

}  // namespace vmrpc::bench
