// SPDX-License-Identifier: BSD-3-Clause
// Measuring null calls, here and in a process where VMRPC is off.
#include "config.h"

#include "round_trip.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

namespace vmrpc::info {
namespace {

const xdrproc_t kNothing = reinterpret_cast<xdrproc_t>(reinterpret_cast<void (*)()>(::xdr_void));

struct Request {
  Address address;
  rpcprog_t program;
  rpcvers_t version;
  unsigned calls;
};

struct Answer {
  bool ok;
  unsigned calls;
  double median_us;
  double p99_us;
};

double timed_call(CLIENT* client, unsigned timeout_s) {
  const auto before = std::chrono::steady_clock::now();
  if (!null_call(client, timeout_s)) return -1;
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before)
      .count();
}

Answer answer_to(const Request& request, unsigned timeout_s) {
  try {
    const Client client = connect_to(request.address, request.program, request.version, timeout_s);
    const auto found = measure(client.get(), request.calls, timeout_s);
    if (found) return {true, found->calls, found->median_us, found->p99_us};
  } catch (const Unreachable&) {
  }
  return {};
}

}  // namespace

std::optional<rpc_err> null_call(CLIENT* client, unsigned timeout_s) {
  const timeval timeout{static_cast<time_t>(timeout_s), 0};
  rpc_err error{};
  error.re_status = CLNT_CALL(client, 0, kNothing, nullptr, kNothing, nullptr, timeout);
  switch (error.re_status) {
    case RPC_CANTSEND:
    case RPC_CANTRECV:
    case RPC_TIMEDOUT:
    case RPC_CANTENCODEARGS:
      return std::nullopt;
    default:
      CLNT_GETERR(client, &error);
      return error;
  }
}

std::optional<RoundTrip> measure(CLIENT* client, unsigned calls, unsigned timeout_s) {
  std::vector<double> times;
  for (unsigned i = 0; i < calls; ++i) {
    const double us = timed_call(client, timeout_s);
    if (us < 0) return std::nullopt;
    times.push_back(us);
  }
  if (times.empty()) return std::nullopt;
  std::sort(times.begin(), times.end());
  return RoundTrip{"", calls, times[times.size() / 2], times[times.size() * 99 / 100]};
}

SocketMeter::SocketMeter(unsigned timeout_s) : timeout_s_(timeout_s) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return;
  process_ = ::fork();
  if (process_ == 0) {
    ::close(ends[0]);
    serve(ends[1]);
  }
  ::close(ends[1]);
  channel_ = ends[0];
}

SocketMeter::~SocketMeter() {
  if (channel_ >= 0) ::close(channel_);
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

void SocketMeter::serve(int channel) {
  ::setenv("VMRPC", "off", 1);
  ::unsetenv("VMRPC_LOG");
  Request request;
  while (::read(channel, &request, sizeof request) == sizeof request) {
    const Answer answer = answer_to(request, timeout_s_);
    if (::write(channel, &answer, sizeof answer) < 0) break;
  }
  ::_exit(0);
}

std::optional<RoundTrip> SocketMeter::measure(const Address& address, rpcprog_t program,
                                              rpcvers_t version, unsigned calls) {
  const Request request{address, program, version, calls};
  Answer answer{};
  if (::write(channel_, &request, sizeof request) != sizeof request ||
      ::read(channel_, &answer, sizeof answer) != sizeof answer || !answer.ok)
    return std::nullopt;
  return RoundTrip{address.is_unix() ? "unix" : "tcp", answer.calls, answer.median_us,
                   answer.p99_us};
}

}  // namespace vmrpc::info
