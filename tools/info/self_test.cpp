// SPDX-License-Identifier: BSD-3-Clause
// A child serves the null procedure on one end of a socket pair.
#include "config.h"

#include "self_test.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "reach.hpp"
#include "round_trip.hpp"

namespace vmrpc::info {
namespace {

constexpr rpcprog_t kProgram = 0x20564D00;  // of the range that is for users
constexpr rpcvers_t kVersion = 1;

void answer_null(svc_req* request, SVCXPRT* transport) {
  const auto nothing = reinterpret_cast<xdrproc_t>(reinterpret_cast<void (*)()>(::xdr_void));
  if (request->rq_proc != 0) return svcerr_noproc(transport);
  ::svc_sendreply(transport, nothing, nullptr);
}

[[noreturn]] void serve(int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  SVCXPRT* const transport = ::svc_fd_create(socket, 0, 0);
  if (transport == nullptr || !::svc_reg(transport, kProgram, kVersion, answer_null, nullptr))
    ::_exit(1);
  ::svc_run();
  ::_exit(0);
}

SelfTest try_client(int socket, unsigned calls, unsigned timeout_s) {
  SelfTest found;
  netbuf nobody{};
  Client client(::clnt_vc_create(socket, &nobody, kProgram, kVersion, 0, 0));
  if (!client) {
    found.problem = ::clnt_spcreateerror("no handle");
    return found;
  }
  found.upgrade = upgrade(client.get(), timeout_s);
  auto trip = measure(client.get(), calls, timeout_s);
  if (!trip) return found;
  trip->path = found.upgrade.fast() ? found.upgrade.transport() : "unix";
  found.round_trips.push_back(*trip);
  return found;
}

}  // namespace

SelfTest test_here(unsigned calls, unsigned timeout_s) {
  int ends[2];
  SelfTest found;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    found.problem = std::string("socketpair: ") + std::strerror(errno);
    return found;
  }
  const pid_t server = ::fork();
  if (server == 0) {
    ::close(ends[0]);
    serve(ends[1]);
  }
  ::close(ends[1]);
  found = try_client(ends[0], calls, timeout_s);
  ::close(ends[0]);
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
  return found;
}

}  // namespace vmrpc::info
