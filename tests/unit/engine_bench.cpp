// SPDX-License-Identifier: BSD-3-Clause
// What the engine of placement costs in one thread, warm, beside the same work written by hand.
#include "config.h"

#include <rpc/rpc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "placed_types.h"
#include "placement/held.hpp"
#include "placement/plan.hpp"
#include "placing.hpp"

namespace vmrpc::placement {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kRoundTime{100};
constexpr std::size_t kTrialsMin = 5, kTrialsMax = 2000;
constexpr std::size_t kLabelBytes = 14;  // 13 characters and the end

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

// Prints how long one part of the work takes.
class Table {
 public:
  Table(const char* value, std::size_t units, const char* unit) : value_(value), units_(units), unit_(unit) {}

  void row(const char* part, const std::function<void()>& run, const std::function<void()>& undo = [] {}) const {
    std::vector<double> times;
    const Clock::time_point end = Clock::now() + kRoundTime;
    while (times.size() < kTrialsMin || (Clock::now() < end && times.size() < kTrialsMax)) {
      const Clock::time_point start = Clock::now();
      run();
      times.push_back(std::chrono::duration<double, std::nano>(Clock::now() - start).count());
      undo();
    }
    std::sort(times.begin(), times.end());
    const double median = times[times.size() / 2];
    std::printf("%-14s %-16s %10.2f us (least %10.2f) %8.2f ns/%s\n", value_, part, median / 1e3, times.front() / 1e3,
                median / static_cast<double>(units_), unit_);
  }

 private:
  const char* value_;
  std::size_t units_;
  const char* unit_;
};

void* allocate(std::size_t bytes) {
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// --- the values

entry* make_list(std::size_t count, const std::function<void*(std::size_t)>& memory) {
  entry* head = nullptr;
  for (std::size_t i = count; i-- > 0;) {
    auto* const node = static_cast<entry*>(memory(sizeof(entry)));
    node->label = static_cast<char*>(memory(kLabelBytes));
    std::snprintf(node->label, kLabelBytes, "name-%08u", static_cast<unsigned>(i % 100'000'000));
    node->number = static_cast<int>(i);
    node->next = std::exchange(head, node);
  }
  return head;
}

bulk list_of(std::size_t count, const std::function<void*(std::size_t)>& memory = allocate) {
  bulk value{};
  value.entries = make_list(count, memory);
  return value;
}

bulk samples_of(std::size_t count) {
  bulk value{};
  value.samples = {static_cast<u_int>(count), static_cast<sample*>(std::calloc(count, sizeof(sample)))};
  for (std::size_t i = 0; i < count; ++i) value.samples.samples_val[i].valid = TRUE;
  return value;
}

bulk numbers_of(std::size_t count) {
  bulk value{};
  value.numbers = {static_cast<u_int>(count), static_cast<double*>(std::calloc(count, sizeof(double)))};
  return value;
}

bulk bytes_of(std::size_t count) {
  bulk value{};
  value.bytes = {static_cast<u_int>(count), static_cast<char*>(std::calloc(count, 1))};
  return value;
}

void free_value(bulk& value) {
  ::xdr_free(reinterpret_cast<xdrproc_t>(reinterpret_cast<void (*)()>(xdr_bulk)), &value);
}

// --- by hand

struct Arrays {
  std::vector<entry> nodes;
  std::vector<char> labels;
};

void place_by_hand(const entry* from, Arrays& to) {
  char* label = to.labels.data();
  for (std::size_t i = 0; from != nullptr; ++i, from = from->next, label += kLabelBytes) {
    std::memcpy(label, from->label, std::strlen(from->label) + 1);
    to.nodes[i] = {from->number, label, from->next == nullptr ? nullptr : &to.nodes[i + 1]};
  }
}

entry* copy_by_hand(const entry* from) {
  entry* head = nullptr;
  for (entry** link = &head; from != nullptr; from = from->next, link = &(*link)->next) {
    *link = static_cast<entry*>(allocate(sizeof(entry)));
    const std::size_t length = std::strlen(from->label);
    (*link)->number = from->number;
    (*link)->label = static_cast<char*>(std::memcpy(allocate(length + 1), from->label, length + 1));
    (*link)->next = nullptr;
  }
  return head;
}

void free_by_hand(entry* node) {
  while (node != nullptr) {
    entry* const next = node->next;
    std::free(node->label);
    std::free(std::exchange(node, next));
  }
}

std::size_t walk_by_hand(const entry* node) {
  std::size_t sum = 0;
  for (; node != nullptr; node = node->next) sum += std::strlen(node->label) + static_cast<std::size_t>(node->number);
  return sum;
}

void list_by_hand(const Table& table, const entry* list, std::size_t count) {
  Arrays arrays{std::vector<entry>(count), std::vector<char>(count * kLabelBytes)};
  entry* copied = nullptr;
  std::size_t sum = 0;
  table.row("hand: place", [&] { place_by_hand(list, arrays); });
  table.row("hand: walk", [&] { sum += walk_by_hand(arrays.nodes.data()); });
  table.row("hand: copy", [&] { copied = copy_by_hand(arrays.nodes.data()); }, [&] { free_by_hand(copied); });
  copied = copy_by_hand(arrays.nodes.data());
  table.row("hand: free", [&] { free_by_hand(copied); }, [&] { copied = copy_by_hand(arrays.nodes.data()); });
  free_by_hand(copied);
  require(sum != 0, "nothing was walked");
}

void bytes_by_hand(const Table& table, const void* from, std::size_t bytes) {
  std::vector<char> to(bytes);
  void* copied = nullptr;
  table.row("hand: memcpy", [&] { std::memcpy(to.data(), from, bytes); });
  const auto copy = [&] { copied = std::memcpy(allocate(bytes), to.data(), bytes); };
  table.row("hand: copy", copy, [&] { std::free(copied); });
}

// --- by the engine

const Plan& bulk_plan() {
  const Plan* const plan = plan_of(bulk_vm_map);
  if (plan == nullptr) throw std::runtime_error("bulk has no plan");
  return *plan;
}

void place(const Table& table, Sender& sender, const bulk& value) {
  const auto run = [&] {
    require(placement::place(bulk_plan(), &value, sender.arena, sender.pins, nullptr, sender.placed) == Placing::kPlaced,
            "not placed");
  };
  const auto undo = [&] {
    sender.arena.release();
    sender.pins.release();
  };
  table.row("place", run, undo);
  table.row("take back", undo, run);
}

void receive_copies(const Table& table, Sender& sender) {
  TestView view = sender.view();
  bulk received{};
  const auto copy = [&] { require(receive_copy(bulk_plan(), sender.placed, view, &received), "not received"); };
  table.row("copy", copy, [&] { free_value(received); });
  copy();
  table.row("free copy", [&] { free_value(received); }, copy);
  free_value(received);
}

void receive_in_place(const Table& table, Sender& sender, Receiving mode, const char* name, const char* releasing) {
  TestView view = sender.view();
  bulk received{};
  const auto take = [&] {
    InPlaceValue value;
    require(placement::receive_in_place(bulk_plan(), sender.placed, view, mode, &received, value), "not received");
    Held::instance().keep(std::move(value), bulk_plan(), &received, &sender, Loan{});
  };
  const auto release = [&] { require(Held::instance().release_all(&received), "not held"); };
  table.row(name, take, release);
  take();
  table.row(releasing, release, take);
  release();
}

void by_engine(const Table& table, const bulk& value) {
  Sender sender(1024);
  place(table, sender, value);
  require(sender.place(bulk_plan(), &value) == Placing::kPlaced, "not placed");
  receive_copies(table, sender);
  receive_in_place(table, sender, Receiving::kSpine, "spine", "release spine");
  receive_in_place(table, sender, Receiving::kInPlace, "in place", "release in place");
}

// What lies in the sender's heap already.
void pass_list(const Table& table, std::size_t count) {
  Sender sender(1024);
  bulk value = list_of(count, [&](std::size_t bytes) { return sender.heap.allocate(bytes); });
  const auto run = [&] { require(sender.place(bulk_plan(), &value) == Placing::kPlaced, "not placed"); };
  table.row("pass", run);
}

void list(const char* name, std::size_t count) {
  const Table table(name, count, "node");
  bulk value = list_of(count);
  list_by_hand(table, value.entries, count);
  by_engine(table, value);
  pass_list(table, count);
  free_value(value);
}

void array(const Table& table, bulk value, const void* elements, std::size_t bytes) {
  bytes_by_hand(table, elements, bytes);
  by_engine(table, value);
  free_value(value);
}

struct Value {
  const char* name;
  void (*measure)();
};

const Value kValues[] = {
    {"list:1000", [] { list("list:1000", 1000); }},
    {"list:100000", [] { list("list:100000", 100'000); }},
    {"structs:10000",
     [] {
       const bulk value = samples_of(10'000);
       array(Table("structs:10000", 10'000, "struct"), value, value.samples.samples_val, 10'000 * sizeof(sample));
     }},
    {"opaque:1m",
     [] {
       const bulk value = bytes_of(1 << 20);
       array(Table("opaque:1m", 1024, "KiB"), value, value.bytes.bytes_val, 1 << 20);
     }},
    {"doubles:128k",
     [] {
       const bulk value = numbers_of(128 * 1024);
       array(Table("doubles:128k", 1024, "KiB"), value, value.numbers.numbers_val, 1 << 20);
     }},
};

// Those of that name; all of them for null.
void measure(const char* name) {
  for (const Value& value : kValues)
    if (name == nullptr || std::strcmp(name, value.name) == 0) value.measure();
}

}  // namespace
}  // namespace vmrpc::placement

int main(int count, char** arguments) {
  try {
    vmrpc::placement::measure(count > 1 ? arguments[1] : nullptr);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine_bench: %s\n", error.what());
    return 1;
  }
}
