// SPDX-License-Identifier: BSD-3-Clause
// The loop of svc_run().
#include "config.h"

#include "server/run_loop.hpp"

#include <poll.h>
#include <rpc/rpc.h>
#include <sys/epoll.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "server/service_transport.hpp"
#include "server/upgraded_transports.hpp"
#include "wait/default_spin.hpp"
#include "wait/pause.hpp"
#include "wait/spin.hpp"

namespace vmrpc::server {
namespace {

constinit std::atomic<int> g_loops{0};

// Registrations that other threads changed.
struct Changes {
  std::mutex mutex;
  std::vector<int> descriptors;
  std::atomic<bool> any{false};

  static Changes& get() {
    static auto* const changes = new Changes;
    return *changes;
  }
};

// svc_exit() leaves nothing to poll.
bool is_over() { return svc_pollfd == nullptr && svc_max_pollfd == 0; }

class RunLoop {
 public:
  RunLoop();
  ~RunLoop();
  void run();
  void forget(ServiceTransport* transport) noexcept;
  void refresh(int registered_fd);
  void make_live(ServiceTransport* transport);

 private:
  // What an event is about; in epoll's user data.
  struct Watch {
    int registered_fd;
    bool is_bell;
  };

  void sync();
  void rebuild();
  void add(int fd, std::uint32_t events, Watch watch);
  void watch_registered(int fd);
  void unwatch(int registered_fd);

  void spin();
  bool serve_live();
  bool demote_all();
  void look_at_sockets(int timeout_ms);
  void on_event(const epoll_event& event);

  RunLoop* const outer_;
  OwnedFd epoll_;
  std::uint64_t process_ = 0;
  std::map<int, std::vector<int>> watched_;  // registered descriptor -> what was given to epoll
  std::vector<ServiceTransport*> live_;
  std::size_t turn_ = 0;
  unsigned served_since_look_ = 0;
  Nanoseconds last_look_ns_ = 0;
  wait::SpinBudget budget_;
};

[[gnu::tls_model("initial-exec")]] thread_local RunLoop* t_loop = nullptr;

RunLoop::RunLoop() : outer_(std::exchange(t_loop, this)), budget_(wait::default_spin_us()) {
  g_loops.fetch_add(1, std::memory_order_release);
}

RunLoop::~RunLoop() {
  g_loops.fetch_sub(1, std::memory_order_release);
  t_loop = outer_;  // a dispatch routine may call svc_run() too
  for (ServiceTransport* transport : live_) transport->set_live(false);
}

void RunLoop::run() {
  while (!is_over()) {
    sync();
    spin();
    if (!is_over()) look_at_sockets(-1);
  }
}

// --- what to watch ---

void RunLoop::add(int fd, std::uint32_t events, Watch watch) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = (std::uint64_t{watch.is_bell} << 32) | static_cast<std::uint32_t>(watch.registered_fd);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) {
    watched_[watch.registered_fd].push_back(fd);
  }
}

// An upgraded transport is watched by its parts: the doorbell edge-triggered, so that it need not
// be emptied for each ring.
void RunLoop::watch_registered(int fd) {
  ServiceTransport* const transport = find_upgraded(fd);
  if (transport == nullptr) return add(fd, EPOLLIN | EPOLLPRI, {fd, false});
  add(transport->socket(), EPOLLIN | EPOLLPRI, {fd, false});
  add(transport->bell_fd(), EPOLLIN | EPOLLET, {fd, true});
}

void RunLoop::unwatch(int registered_fd) {
  for (const int fd : watched_[registered_fd]) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  watched_.erase(registered_fd);
}

void RunLoop::refresh(int registered_fd) {
  unwatch(registered_fd);
  const auto* const end = svc_pollfd + svc_max_pollfd;
  const bool polled = std::any_of(static_cast<const pollfd*>(svc_pollfd), end,
                                  [&](const pollfd& entry) { return entry.fd == registered_fd; });
  if (polled) watch_registered(registered_fd);
}

void RunLoop::rebuild() {
  epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_) throw RpcError(RPC_SYSTEMERROR, errno);
  watched_.clear();
  process_ = process_token();
  for (int i = 0; i < svc_max_pollfd; ++i) {
    if (svc_pollfd[i].fd >= 0) watch_registered(svc_pollfd[i].fd);
  }
}

// Takes over what libtirpc polls. A forked child needs an epoll instance of its own.
void RunLoop::sync() {
  if (!epoll_ || !is_this_process(process_)) rebuild();
  Changes& changes = Changes::get();
  if (!changes.any.exchange(false, std::memory_order_acquire)) return;
  const std::lock_guard lock(changes.mutex);
  for (const int fd : changes.descriptors) refresh(fd);
  changes.descriptors.clear();
}

// --- serving ---

// Looks at live regions in turn until nothing came for as long as the budget says.
void RunLoop::spin() {
  std::uint32_t left = budget_.begin();
  const std::uint32_t rounds = left;
  while (!live_.empty() && !is_over()) {
    if (serve_live()) {
      left = rounds;
      continue;
    }
    if (left != 0) {
      --left;
      wait::pause_round();
      continue;
    }
    if (demote_all()) return;
  }
}

// One call of each live transport that has one. Between them, the sockets get their turn.
bool RunLoop::serve_live() {
  constexpr unsigned kCallsPerClock = 8;
  constexpr Nanoseconds kLookEvery = 50'000;
  bool served = false;
  for (turn_ = 0; turn_ < live_.size(); ++turn_) {
    ServiceTransport* const transport = live_[turn_];
    if (!transport->has_work()) continue;
    served = true;
    svc_getreq_common(transport->registered_fd());
    ++served_since_look_;
  }
  if (served) budget_.won();
  if (served_since_look_ >= kCallsPerClock) {
    served_since_look_ = 0;
    if (now_ns() - last_look_ns_ > kLookEvery) look_at_sockets(0);
  }
  return served;
}

// Tells all peers to ring. False when one has published something meanwhile.
bool RunLoop::demote_all() {
  budget_.lost();
  bool quiet = true;
  std::vector<ServiceTransport*> busy;
  while (!live_.empty()) {
    ServiceTransport* const transport = live_.back();
    live_.pop_back();
    transport->set_live(false);
    if (!transport->has_work()) continue;
    busy.push_back(transport);
    quiet = false;
  }
  for (ServiceTransport* transport : busy) make_live(transport);
  return quiet;
}

void RunLoop::make_live(ServiceTransport* transport) {
  if (transport->is_live()) return;
  transport->set_live(true);
  live_.push_back(transport);
}

void RunLoop::forget(ServiceTransport* transport) noexcept {
  const auto at = std::find(live_.begin(), live_.end(), transport);
  if (at == live_.end()) return;
  // serve_live() may be under way: what it has not looked at yet must not be passed over.
  if (static_cast<std::size_t>(at - live_.begin()) <= turn_ && turn_ != 0) --turn_;
  live_.erase(at);
}

void RunLoop::look_at_sockets(int timeout_ms) {
  sync();
  epoll_event events[64];
  const int count = ::epoll_wait(epoll_.get(), events, 64, timeout_ms);
  last_look_ns_ = timeout_ms == 0 ? now_ns() : 0;
  if (count < 0 && errno != EINTR) throw RpcError(RPC_SYSTEMERROR, errno);
  for (int i = 0; i < count && !is_over(); ++i) on_event(events[i]);
}

void RunLoop::on_event(const epoll_event& event) {
  const int fd = static_cast<int>(event.data.u64 & 0xffffffff);
  const bool is_bell = (event.data.u64 >> 32) != 0;
  ServiceTransport* const transport = is_bell ? find_upgraded(fd) : nullptr;
  if (!is_bell) {
    svc_getreq_common(fd);
  } else if (transport != nullptr) {
    transport->note_ring(event.events);
    make_live(transport);
  }
}

}  // namespace

void run_loop() {
  RunLoop loop;
  loop.run();
}

bool in_run_loop() noexcept { return t_loop != nullptr; }

void note_registration(int registered_fd) {
  if (t_loop != nullptr) return t_loop->refresh(registered_fd);
  if (g_loops.load(std::memory_order_acquire) == 0) return;  // a loop that begins reads everything
  Changes& changes = Changes::get();
  const std::lock_guard lock(changes.mutex);
  changes.descriptors.push_back(registered_fd);
  changes.any.store(true, std::memory_order_release);
}

void join_run_loop(ServiceTransport* transport) {
  if (t_loop != nullptr) t_loop->make_live(transport);
}

void leave_run_loop(ServiceTransport* transport) noexcept {
  if (t_loop != nullptr) t_loop->forget(transport);
}

}  // namespace vmrpc::server
