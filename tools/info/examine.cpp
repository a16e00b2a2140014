// SPDX-License-Identifier: BSD-3-Clause
// Walking the steps; the first that fails ends the walk.
#include "config.h"

#include "examine.hpp"

#include <optional>
#include <utility>

#include "reach.hpp"
#include "remedy.hpp"
#include "round_trip.hpp"
#include "upgrade.hpp"

namespace vmrpc::info {
namespace {

std::string microseconds(double us) {
  char text[32];
  std::snprintf(text, sizeof text, us < 10 ? "%.2f us" : "%.0f us", us);
  return text;
}

class Examination {
 public:
  explicit Examination(const Options& options)
      : options_(options), target_(options.target), meter_(options.timeout_s) {}

  Findings run();

 private:
  // A step returns its detail, and throws Unreachable.
  std::string name();
  std::string port();
  std::string connection();
  std::string program();
  std::string transport();
  std::string probe();
  std::string co_residence();
  std::string windows();
  std::string round_trip();

  Step walk(const char* name, std::string (Examination::*go)());
  void expect(Stage stage);
  void add(std::optional<RoundTrip> found, const char* path);
  void find_version(const rpc_err& error);

  const Options& options_;
  Target target_;
  SocketMeter meter_;
  Address address_;
  Client client_;
  std::optional<Upgrade> upgrade_;
  std::string advice_;  // what would be better still, of a step that went well
  Findings findings_;
};

std::string Examination::name() {
  address_ = resolve(target_);
  return target_.path.empty() ? target_.host + " is " + host_of(address_) : text_of(address_);
}

std::string Examination::port() {
  if (address_.is_unix()) return "none needed";
  const bool given = target_.port.has_value();
  if (!given) target_.port = port_of(address_, target_);
  set_port(address_, *target_.port);
  return std::to_string(*target_.port) + (given ? ", as given" : ", says rpcbind");
}

std::string Examination::connection() {
  client_ = connect_to(address_, target_.program, target_.version.value_or(0), options_.timeout_s);
  return "to " + text_of(address_);
}

// Without a version, the server is asked for one that does not exist, and names those that do.
void Examination::find_version(const rpc_err& error) {
  if (target_.version) return;
  target_.version = error.re_status == RPC_PROGVERSMISMATCH ? error.re_vers.high : 0;
  if (*target_.version != 0)
    client_ = connect_to(address_, target_.program, *target_.version, options_.timeout_s);
}

std::string Examination::program() {
  auto error = null_call(client_.get(), options_.timeout_s);
  if (error) find_version(*error);
  if (error && error->re_status != RPC_SUCCESS)
    error = null_call(client_.get(), options_.timeout_s);
  const std::string name =
      std::to_string(target_.program) + "." + std::to_string(target_.version.value_or(0));
  if (!error)
    throw Unreachable(::clnt_sperror(client_.get(), name.c_str()),
                      "is the server alive, and is this its port?");
  if (error->re_status == RPC_PROGUNAVAIL || error->re_status == RPC_PROGVERSMISMATCH)
    throw Unreachable(::clnt_sperror(client_.get(), name.c_str()),
                      "check program, version and port: rpcinfo -p lists them");
  return name + " answers";
}

// Throws when the upgrade stopped in that stage.
void Examination::expect(Stage stage) {
  if (upgrade_->fast()) return;
  if (upgrade_->stat == RPC_TIMEDOUT) {
    if (stage != Stage::kProbe) return;
    throw Unreachable(::clnt_sperror(client_.get(), "no answer to the probe"),
                      "is the server busy? try a longer --timeout");
  }
  const rpc_vm_reason reason = upgrade_->info.reason;
  if (stage_of(reason) == stage)
    throw Unreachable(std::string(rpc_vm_strreason(reason)) + ": " + meaning_of(reason),
                      remedy_for(reason));
}

std::string Examination::transport() {
  rpc_vm_info before{};
  ::clnt_vm_getinfo(client_.get(), &before, sizeof before);
  upgrade_ = upgrade(client_.get(), options_.timeout_s);
  findings_.transport = upgrade_->transport();
  findings_.reason = rpc_vm_strreason(upgrade_->info.reason);
  expect(Stage::kTransport);
  return upgrade_->fast() ? findings_.transport : "one that reaches this address is allowed here";
}

std::string Examination::probe() {
  expect(Stage::kProbe);
  return "the server uses vmrpc";
}

std::string Examination::co_residence() {
  expect(Stage::kCoResidence);
  return upgrade_->fast() ? "each side told what the other wrote into its memory" : "the two met";
}

std::string Examination::windows() {
  expect(Stage::kWindows);
  findings_.fast = upgrade_->fast();
  if (findings_.fast && (upgrade_->info.encodings & RPC_VM_ENC_PLACED) == 0)
    advice_ = remedy_for(RPC_VM_NO_WINDOW);
  return describe_regions(upgrade_->info);
}

void Examination::add(std::optional<RoundTrip> found, const char* path) {
  if (!found)
    throw Unreachable(std::string("a null call over ") + path + " got no answer",
                      "is the server alive?");
  if (found->path.empty()) found->path = path;
  findings_.round_trips.push_back(*found);
}

std::string Examination::round_trip() {
  if (options_.calls == 0) return "not measured";
  add(meter_.measure(address_, target_.program, target_.version.value_or(0), options_.calls),
      "the socket");
  if (findings_.fast)
    add(measure(client_.get(), options_.calls, options_.timeout_s), findings_.transport.c_str());
  std::string text;
  for (const RoundTrip& one : findings_.round_trips)
    text += (text.empty() ? "" : ", ") + one.path + " " + microseconds(one.median_us) +
            " (99 %: " + microseconds(one.p99_us) + ")";
  return text;
}

Step Examination::walk(const char* name, std::string (Examination::*go)()) {
  try {
    std::string detail = (this->*go)();
    return {name, Outcome::kOk, std::move(detail), std::exchange(advice_, "")};
  } catch (const Unreachable& problem) {
    return {name, Outcome::kFailed, problem.what(), problem.remedy};
  }
}

Findings Examination::run() {
  struct Entry {
    const char* name;
    std::string (Examination::*go)();
  };
  static constexpr Entry kSteps[] = {{"name", &Examination::name},
                                     {"port", &Examination::port},
                                     {"connection", &Examination::connection},
                                     {"program", &Examination::program},
                                     {"transport", &Examination::transport},
                                     {"probe", &Examination::probe},
                                     {"co-residence", &Examination::co_residence},
                                     {"windows", &Examination::windows},
                                     {"round trip", &Examination::round_trip}};
  bool reached = true;
  for (const Entry& entry : kSteps) {
    // The socket's round trip is worth knowing also where calls stay on it.
    const bool answered = upgrade_.has_value() && entry.go == &Examination::round_trip;
    findings_.steps.push_back(reached || answered ? walk(entry.name, entry.go)
                                                  : Step{entry.name, {}, "", ""});
    reached = findings_.steps.back().outcome == Outcome::kOk;
  }
  return std::move(findings_);
}

}  // namespace

std::string describe_regions(const rpc_vm_info& info) {
  return "own " + std::to_string(info.region_bytes / 1024) + " KiB, the server's " +
         std::to_string(info.peer_region_bytes / 1024) + " KiB, messages " +
         ((info.encodings & RPC_VM_ENC_PLACED) != 0 ? "placed or in XDR" : "in XDR");
}

Findings examine_server(const Options& options) { return Examination(options).run(); }

}  // namespace vmrpc::info
