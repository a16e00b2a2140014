// SPDX-License-Identifier: BSD-3-Clause
// A client that calls without pause leaves shared memory when it is asked to, and no call fails of that.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <rpc/rpc.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/quiesced.hpp"
#include "base/xdr.hpp"
#include "client/handle.hpp"
#include "rpc/vm.h"

namespace vmrpc::client {
namespace {

constexpr rpcprog_t kProgram = 0x20000001;
constexpr timeval kPatience{20, 0};

void answer(svc_req*, SVCXPRT* transport) { svc_sendreply(transport, as_xdrproc(xdr_void), nullptr); }

struct Leaving : testing::TestWithParam<int> {
  Leaving() {
    listener = ::socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), bytes) != 0 || ::listen(listener, 8) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &bytes) != 0) {
      ADD_FAILURE() << "no socket to listen at";
    }
    if ((server = ::fork()) == 0) serve();
    ::close(listener);
    connect();
  }
  ~Leaving() override {
    set_quiesced(false);
    if (clnt != nullptr) clnt_destroy(clnt);
    ::kill(server, SIGKILL);
    ::waitpid(server, nullptr, 0);
  }

  [[noreturn]] void serve() const {
    SVCXPRT* const transport = svc_vc_create(listener, 0, 0);
    if (transport != nullptr && svc_reg(transport, kProgram, 1, answer, nullptr)) svc_run();
    ::_exit(EXIT_FAILURE);
  }
  void connect() {
    netbuf to{sizeof address, sizeof address, &address};
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    clnt = clnt_vc_create(fd, &to, kProgram, 1, 0, 0);
    CLNT_CONTROL(clnt, CLSET_FD_CLOSE, nullptr);
  }
  bool is_shared() const {
    rpc_vm_info info{};
    return clnt_vm_getinfo(clnt, &info, sizeof info) && info.transport != RPC_VM_SOCKET;
  }
  // Calls until told to end; counts what does not succeed.
  void call_on() {
    while (!has_ended) {
      const xdrproc_t nothing = as_xdrproc(xdr_void);
      if (clnt_call(clnt, 1, nothing, nullptr, nothing, nullptr, kPatience) != RPC_SUCCESS) ++failures;
    }
  }

  sockaddr_in address{};
  int listener = -1;
  pid_t server = -1;
  CLIENT* clnt = nullptr;
  std::atomic<bool> has_ended{false};
  std::atomic<int> failures{0};
};

TEST_P(Leaving, IsDoneByTheNextCall) {
  ASSERT_NE(clnt, nullptr);
  ASSERT_EQ(clnt_vm_upgrade(clnt, kPatience), RPC_SUCCESS);
  ASSERT_TRUE(clnt_vm_setspin(clnt, 0));
  std::vector<std::thread> threads;
  for (int i = 0; i < GetParam(); ++i) threads.emplace_back([this] { call_on(); });
  set_quiesced(true);
  Handle::of(clnt)->connection().try_leave();  // once: it may find a call under way
  const Nanoseconds deadline = deadline_after(to_ns(kPatience));
  while (is_shared() && now_ns() < deadline) std::this_thread::yield();
  EXPECT_FALSE(is_shared());
  has_ended = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

INSTANTIATE_TEST_SUITE_P(Threads, Leaving, testing::Values(1, 4));

}  // namespace
}  // namespace vmrpc::client
