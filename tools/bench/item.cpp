// SPDX-License-Identifier: BSD-3-Clause
// The workloads that there are, and the reading of their names.
#include "item.hpp"

#include <algorithm>
#include <array>

#include "numbers.hpp"
#include "usage_error.hpp"

namespace vmrpc::bench {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::size_t kMostPieces = 1'000'000;

constexpr std::array kCatalog = {
    WorkloadInfo{"null", "", 0, 0, 0, "a call with nothing in it"},
    WorkloadInfo{"small", "", 0, 0, 0, "16 ints as argument, their sum as result"},
    WorkloadInfo{"put", "bytes", 65536, kMostBytes, 1, "opaque data as argument"},
    WorkloadInfo{"get", "bytes", 65536, kMostBytes, 1, "opaque data as result"},
    WorkloadInfo{"pass", "bytes", 65536, kMostBytes, 1, "an argument that nobody looks at"},
    WorkloadInfo{"fetch", "bytes", 65536, kMostBytes, 1, "a result that nobody looks at"},
    WorkloadInfo{"echo", "bytes", 65536, kMostBytes, 1, "opaque data as argument and as result"},
    WorkloadInfo{"ints", "elements", 131072, kMostBytes / 4, 4, "an array of int"},
    WorkloadInfo{"doubles", "elements", 131072, kMostBytes / 8, 8, "an array of double"},
    WorkloadInfo{"structs", "elements", 1000, kMostPieces, 44, "an array of structs"},
    WorkloadInfo{"list", "nodes", 1000, kMostPieces, 28, "a linked list with strings"},
    WorkloadInfo{"getattr", "", 0, 0, 0, "NFS: a file handle, its attributes"},
    WorkloadInfo{"lookup", "", 0, 0, 0, "NFS: a name, its handle and attributes"},
    WorkloadInfo{"readdir", "entries", 100, 10'000, 40, "NFS: a directory"},
    WorkloadInfo{"read", "bytes", 4096, kMostBytes, 1, "NFS: data of a file"},
    WorkloadInfo{"write", "bytes", 4096, kMostBytes, 1, "NFS: data to a file"},
    WorkloadInfo{"oneway", "", 0, 0, 0, "calls without a reply, then one that flushes them"},
    WorkloadInfo{"idle", "handles", 10, 1000, 0, "what idle handles cost both processes"},
    WorkloadInfo{"memory", "handles", 100, 1000, 0, "memory of idle handles after 1,000 calls each"},
};

const WorkloadInfo& find_workload(std::string_view name) {
  const auto found = std::find_if(kCatalog.begin(), kCatalog.end(),
                                  [&](const WorkloadInfo& info) { return info.name == name; });
  if (found == kCatalog.end())
    throw UsageError("unknown workload: '" + std::string(name) + "': see vmrpc-bench --list");
  return *found;
}

std::size_t parse_workload_size(const WorkloadInfo& info, std::string_view text) {
  if (info.unit.empty())
    throw UsageError("workload '" + std::string(info.name) + "' has no size");
  const std::size_t size = parse_size(text, info.unit);
  if (size > info.most || (size == 0 && info.unit != "bytes"))
    throw UsageError("impossible size for '" + std::string(info.name) + "': '" + std::string(text) +
                     "': at most " + format_size(info.most) + " " + std::string(info.unit));
  return size;
}

void parse_circumstance(Item& item, std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  if (text == "sys")
    item.auth_sys = true;
  else if (text == "hog")
    item.hog = true;
  else if (text == "asleep")
    item.asleep = true;
  else if (text == "one-handle")
    item.one_handle = true;
  else if (name == "threads")
    item.threads = parse_count(value, name, 1, 256);
  else if (name == "clients")
    item.clients = parse_count(value, name, 1, 256);
  else if (name == "rate")
    item.rate = parse_number(value, name, 0.1, 1e6);
  else if (name == "seconds")
    item.seconds = parse_number(value, name, 0.001, 3600);
  else
    throw UsageError("unknown circumstance: '" + std::string(text) +
                     "': sys, hog, asleep, threads=N, one-handle, clients=N, rate=N and seconds=N are known");
}

}  // namespace

std::span<const WorkloadInfo> workload_catalog() { return kCatalog; }

Item parse_item(std::string_view text) {
  const std::vector<std::string> parts = split(text, ',');
  const std::vector<std::string> head = split(parts.front(), ':');
  const WorkloadInfo& info = find_workload(head.front());
  Item item;
  item.workload = info.name;
  item.size = info.default_size;
  if (head.size() > 2) throw UsageError("more than one size: '" + parts.front() + "'");
  if (head.size() == 2) item.size = parse_workload_size(info, head[1]);
  for (std::size_t i = 1; i < parts.size(); ++i) parse_circumstance(item, parts[i]);
  if (item.rate > 0 && (item.threads > 1 || item.clients > 1))
    throw UsageError("a rate goes with one client and one thread: '" + std::string(text) + "'");
  if (item.threads > 1 && item.clients > 1)
    throw UsageError("either threads or clients, not both: '" + std::string(text) + "'");
  if (item.one_handle && item.threads == 1)
    throw UsageError("one-handle goes with threads=N: '" + std::string(text) + "'");
  return item;
}

std::string Item::name() const {
  std::string text = workload;
  if (!find_workload(workload).unit.empty()) text += ":" + format_size(size);
  if (auth_sys) text += ",sys";
  if (hog) text += ",hog";
  if (asleep) text += ",asleep";
  if (threads > 1) text += ",threads=" + std::to_string(threads);
  if (one_handle) text += ",one-handle";
  if (clients > 1) text += ",clients=" + std::to_string(clients);
  if (rate > 0) text += ",rate=" + std::to_string(static_cast<long>(rate));
  return text;
}

bool Item::has_values() const { return timed() && workload != "null"; }

bool Item::is_bulk() const {
  static constexpr std::size_t kLeast = 4096;
  return wire_bytes() >= kLeast && workload != "list" && workload != "structs" &&
         workload != "readdir";
}

std::size_t Item::wire_bytes() const { return size * find_workload(workload).bytes_per_unit; }

}  // namespace vmrpc::bench
