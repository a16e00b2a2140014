// SPDX-License-Identifier: BSD-3-Clause
// The client worker's phases: connect, warm up, say "ready", wait for "go", measure, report.
#include "client.hpp"

#include <sys/prctl.h>

#include <cmath>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "bench_prot.h"
#include "usage.hpp"

namespace vmrpc::bench {
namespace {

using nlohmann::json;

constexpr std::size_t kCallsBeforeIdling = 20;

// A handle, and the workload made over it.
struct Lane {
  std::shared_ptr<CLIENT> handle;
  std::unique_ptr<Operation> operation;
};

// The second call on a connection brings the upgrade about; stock ends just make two calls.
std::string settle(CLIENT* client) {
  for (int i = 0; i < 2; ++i)
    require_success(bench_null_1(nullptr, nullptr, client), "null", client);
  return wait_for_upgrade(client);
}

Lane make_lane(const Arguments& arguments) {
  Handle handle = connect_handle(arguments);
  const std::string refused = settle(handle.get());
  if (!refused.empty() && arguments.text("require") == "memory")
    throw std::runtime_error("the connection stays on a socket: " + refused);
  auto operation = make_operation(handle.get(), arguments);
  return {std::move(handle), std::move(operation)};
}

// A lane for each thread.
std::vector<Lane> make_lanes(const Arguments& arguments) {
  std::vector<Lane> lanes;
  const bool one_handle = arguments.text("one-handle") == "yes";
  for (std::size_t i = 0; i < arguments.count("threads", 1); ++i) {
    if (one_handle && i > 0)
      lanes.push_back({lanes.front().handle, make_operation(lanes.front().handle.get(), arguments)});
    else
      lanes.push_back(make_lane(arguments));
  }
  return lanes;
}

// The measuring program starts all its clients at once.
void wait_for_go() {
  std::cout << json{{"ready", true}} << std::endl;
  std::string line;
  if (!std::getline(std::cin, line)) throw std::runtime_error("vmrpc-bench has gone");
}

usage ask_usage(CLIENT* client) {
  usage used{};
  require_success(bench_usage_1(nullptr, &used, client), "usage", client);
  return used;
}

void free_usage(CLIENT* client, usage& used) {
  clnt_freeres(client, reinterpret_cast<xdrproc_t>(xdr_usage), reinterpret_cast<char*>(&used));
}

Route route_in(const usage& used) {
  return {used.transport, used.calls_tcp, used.calls_xdr, used.calls_placed, used.calls_in_place};
}

json route_between(const Route& before, const Route& after) {
  return {{"transport", after.transport},
          {"calls_tcp", after.tcp - before.tcp},
          {"calls_xdr", after.xdr - before.xdr},
          {"calls_placed", after.placed - before.placed},
          {"calls_in_place", after.in_place - before.in_place}};
}

// What both processes used between two points in time.
class UsageMeter {
 public:
  explicit UsageMeter(CLIENT* client)
      : client_(client), server_(ask_usage(client)), own_route_(route_of(client)) {
    own_ = process_usage();
  }
  ~UsageMeter() { free_usage(client_, server_); }
  UsageMeter(const UsageMeter&) = delete;
  UsageMeter& operator=(const UsageMeter&) = delete;

  json report() const {
    const ProcessUsage own = process_usage();
    usage server = ask_usage(client_);
    json result = {
        {"client",
         {{"cpu_ns", own.cpu_ns - own_.cpu_ns},
          {"switches", own.switches - own_.switches},
          {"peak_kib", own.peak_kib},
          {"library", library_version()}}},
        {"server",
         {{"cpu_ns", server.cpu_ns - server_.cpu_ns},
          {"switches", server.switches - server_.switches},
          {"peak_kib", server.peak_kib},
          {"library", server.library}}},
    };
    result["client"].update(route_between(own_route_, route_of(client_)));
    result["server"].update(route_between(route_in(server_), route_in(server)));
    free_usage(client_, server);
    return result;
  }

 private:
  CLIENT* client_;
  usage server_;
  Route own_route_;
  ProcessUsage own_;
};

// One call every 1/rate seconds; a call that is late is made at once, and counted.
class Pacer {
 public:
  explicit Pacer(double rate) : interval_ns_(static_cast<std::uint64_t>(1e9 / rate)), due_(now_ns()) {
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  }
  void wait() {
    due_ += interval_ns_;
    if (now_ns() > due_) {
      ++late_;
      return;
    }
    const timespec until{static_cast<time_t>(due_ / 1'000'000'000U),
                         static_cast<long>(due_ % 1'000'000'000U)};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) continue;
  }
  std::uint64_t late() const { return late_; }

 private:
  std::uint64_t interval_ns_;
  std::uint64_t due_;
  std::uint64_t late_ = 0;
};

Timing time_paced(Operation& operation, double rate, double seconds, std::uint64_t& late) {
  Timing timing;
  Pacer pacer(rate);
  const auto wanted = static_cast<std::uint64_t>(std::ceil(rate * seconds));
  while (timing.calls < wanted) {
    operation.rewrite();
    pacer.wait();
    const std::uint64_t start = now_ns();
    operation.call();
    const std::uint64_t took = now_ns() - start;
    operation.verify();
    timing.call_ns.push_back(static_cast<double>(took));
    timing.singles.add(took);
    timing.timed_ns += took;
    ++timing.calls;
  }
  late = pacer.late();
  return timing;
}

// Calls one after the other for so long, each timed: how many are made is the result.
Timing time_count(Operation& operation, double seconds) {
  Timing timing;
  const std::uint64_t start = now_ns();
  const std::uint64_t until = start + static_cast<std::uint64_t>(seconds * 1e9);
  std::uint64_t before = start;
  while (before < until) {
    operation.rewrite();
    before = now_ns();
    operation.call();
    timing.singles.add(now_ns() - before);
    operation.verify();
    ++timing.calls;
  }
  timing.timed_ns = before - start;
  timing.call_ns.push_back(timing.singles.percentile(0.5));
  return timing;
}

Timing time_lane(const Lane& lane, const Arguments& arguments, json& notes) {
  const double seconds = arguments.number("seconds", 0.2);
  if (const double rate = arguments.number("rate", 0); rate > 0) {
    std::uint64_t late = 0;
    Timing timing = time_paced(*lane.operation, rate, seconds, late);
    notes["late"] = late;
    return timing;
  }
  if (arguments.text("mode") == "count") return time_count(*lane.operation, seconds);
  return time_operation(*lane.operation, {.seconds = seconds});
}

Timing time_threads(const std::vector<Lane>& lanes, const Arguments& arguments, json& notes) {
  std::vector<Timing> timings(lanes.size());
  std::vector<std::exception_ptr> failures(lanes.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < lanes.size(); ++i)
    threads.emplace_back([&, i] {
      try {
        timings[i] = time_count(*lanes[i].operation, arguments.number("seconds", 0.2));
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  Timing all;
  for (const Timing& timing : timings) all.merge(timing);
  all.timed_ns /= lanes.size();  // they ran at the same time
  notes["threads"] = lanes.size();
  return all;
}

int run_timed(const Arguments& arguments) {
  const std::vector<Lane> lanes = make_lanes(arguments);
  for (const Lane& lane : lanes) warm_up(*lane.operation, arguments.number("warmup", 0.03));
  wait_for_go();
  json result;
  const UsageMeter meter(lanes.front().handle.get());
  const Timing timing = lanes.size() == 1 ? time_lane(lanes.front(), arguments, result)
                                          : time_threads(lanes, arguments, result);
  result.update(meter.report());
  result.update(to_json(timing, lanes.front().operation->bytes()));
  std::cout << result << std::endl;
  return 0;
}

std::vector<Handle> connect_all(const Arguments& arguments) {
  std::vector<Handle> handles;
  for (std::size_t i = 0; i < arguments.count("handles", 10); ++i) {
    handles.push_back(connect_handle(arguments));
    settle(handles.back().get());
  }
  return handles;
}

void call_alternately(CLIENT* client, std::size_t calls) {
  std::vector<char> data(64 * 1024);
  blob argument{static_cast<u_int>(data.size()), data.data()};
  u_quad_t sum = 0;
  for (std::size_t i = 0; i < calls; ++i)
    if (i % 2 == 0)
      require_success(bench_null_1(nullptr, nullptr, client), "null", client);
    else
      require_success(bench_put_1(&argument, &sum, client), "put", client);
}

// Handles that were used, then idle between "ready" and "go"; vmrpc-bench looks at both processes meanwhile.
int run_idle(const Arguments& arguments) {
  const std::vector<Handle> handles = connect_all(arguments);
  for (const Handle& handle : handles) call_alternately(handle.get(), kCallsBeforeIdling);
  wait_for_go();
  for (const Handle& handle : handles)
    require_success(bench_null_1(nullptr, nullptr, handle.get()), "null", handle.get());
  std::cout << UsageMeter(handles.front().get()).report() << std::endl;
  return 0;
}

// "ready" with one association, and again with all the others; what they cost lies between.
int run_memory(const Arguments& arguments) {
  const std::size_t calls = arguments.count("calls", 1000);
  const Handle first = connect_handle(arguments);
  settle(first.get());
  call_alternately(first.get(), calls);
  wait_for_go();
  const std::vector<Handle> handles = connect_all(arguments);
  for (const Handle& handle : handles) call_alternately(handle.get(), calls);
  wait_for_go();
  std::cout << UsageMeter(handles.front().get()).report() << std::endl;
  return 0;
}

}  // namespace

int run_client(const Arguments& arguments) {
  const std::string mode = arguments.text("mode");
  if (mode == "idle") return run_idle(arguments);
  if (mode == "memory") return run_memory(arguments);
  return run_timed(arguments);
}

}  // namespace vmrpc::bench
