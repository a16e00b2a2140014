// SPDX-License-Identifier: BSD-3-Clause
// The thread that takes requests of vmrpc-ctl.
#include "config.h"

#include "association/quiesce.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "association/request.hpp"
#include "base/abstract_address.hpp"
#include "base/boundary.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/process.hpp"
#include "base/quiesced.hpp"
#include "base/random.hpp"
#include "base/signals.hpp"

namespace vmrpc::association {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<Quiescible*> members;
  bool has_thread = false;
  const std::uint64_t process = process_token();

  // A forked child begins anew: neither thread nor associations are its own.
  static Registry& get() {
    static std::atomic<Registry*> current{nullptr};
    Registry* known = current.load(std::memory_order_acquire);
    while (known == nullptr || !is_this_process(known->process)) {
      auto* const made = new Registry;
      if (current.compare_exchange_strong(known, made, std::memory_order_acq_rel)) return *made;
      delete made;
    }
    return *known;
  }
};

// How many have not left yet.
unsigned count_left() {
  Registry& registry = Registry::get();
  const std::lock_guard hold(registry.mutex);
  return static_cast<unsigned>(
      std::count_if(registry.members.begin(), registry.members.end(), [](Quiescible* each) { return !each->try_leave(); }));
}

unsigned leave_all() {
  constexpr Nanoseconds kPatience = 10'000'000'000;
  constexpr int kLookEveryMs = 10;
  const Nanoseconds deadline_ns = now_ns() + kPatience;
  unsigned left = count_left();
  while (left != 0 && now_ns() < deadline_ns) {
    ::poll(nullptr, 0, kLookEveryMs);
    left = count_left();
  }
  return left;
}

// Only root, and who may do what this process may.
bool may_ask(int socket) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) == 0 && (peer.uid == 0 || peer.uid == ::geteuid());
}

void answer(int socket) {
  constexpr int kPatienceMs = 1000;
  pollfd fd{socket, POLLIN, 0};
  std::uint8_t request = 0;
  if (!may_ask(socket) || ::poll(&fd, 1, kPatienceMs) <= 0 || ::recv(socket, &request, 1, MSG_DONTWAIT) != 1) return;
  std::uint32_t left = 0;
  if (request == kRequestQuiesce || request == kRequestResume) set_quiesced(request == kRequestQuiesce);
  if (request == kRequestQuiesce) left = leave_all();
  ::send(socket, &left, sizeof left, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void* serve_requests(void* listener_fd) {
  const OwnedFd listener(static_cast<int>(reinterpret_cast<std::intptr_t>(listener_fd)));
  while (true) {
    const OwnedFd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket) answer(socket.get());
    else if (errno != EINTR && errno != ECONNABORTED) ::poll(nullptr, 0, 1000);  // no descriptor left, for now
  }
}

// Where vmrpc-ctl finds it: names that are not in the file system go with their process.
OwnedFd listen_for_requests() {
  OwnedFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  const std::string name = kRequestSocketPrefix + std::to_string(::getpid()) + "." + std::to_string(random_u32());
  const AbstractAddress address(name);
  const bool listening = listener && ::bind(listener.get(), address.get(), address.bytes()) == 0 &&
                         ::listen(listener.get(), 4) == 0;
  return listening ? std::move(listener) : OwnedFd();
}

// Without it the process goes on; vmrpc-ctl then finds its mappings, and names it.
void start_thread() {
  constexpr std::size_t kStackBytes = 128 * 1024;
  OwnedFd listener = listen_for_requests();
  if (!listener) return;
  const SignalsBlocked inherited;
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread;
  const auto argument = reinterpret_cast<void*>(static_cast<std::intptr_t>(listener.get()));
  if (::pthread_create(&thread, &attributes, serve_requests, argument) == 0) {
    ::pthread_setname_np(thread, "vmrpc-requests");
    listener.release();
  }
  ::pthread_attr_destroy(&attributes);
}

}  // namespace

void Quiescible::begin_listening() {
  Registry& registry = Registry::get();
  const std::lock_guard hold(registry.mutex);
  if (std::find(registry.members.begin(), registry.members.end(), this) == registry.members.end()) {
    registry.members.push_back(this);
  }
  if (!std::exchange(registry.has_thread, true)) start_thread();
}

void Quiescible::stop_listening() noexcept {
  Registry& registry = Registry::get();
  const std::lock_guard hold(registry.mutex);
  std::erase(registry.members, this);
}

LeaveRequest::LeaveRequest() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  begin_listening();
}

bool LeaveRequest::try_leave() {
  made_.store(true, std::memory_order_relaxed);
  constexpr std::uint64_t kOne = 1;
  (void)!::write(fd_.get(), &kOne, sizeof kOne);
  return false;
}

}  // namespace vmrpc::association
