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
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "server/mailbox.hpp"
#include "server/service_transport.hpp"
#include "server/upgraded_transports.hpp"
#include "wait/default_spin.hpp"
#include "wait/pause.hpp"
#include "wait/spin.hpp"
#include "wait/yield.hpp"

namespace vmrpc::server {
namespace {

// Registrations that other threads changed: descriptors.
Mailbox<int>& changes() {
  static auto* const changes = new Mailbox<int>;
  return *changes;
}

// svc_exit() leaves nothing to poll.
bool is_over() { return svc_pollfd == nullptr && svc_max_pollfd == 0; }

class RunLoop;

struct Loops {
  std::mutex mutex;
  std::vector<RunLoop*> all;

  static Loops& get() {
    static auto* const loops = new Loops;
    return *loops;
  }
};

class RunLoop {
 public:
  RunLoop();
  ~RunLoop();
  void run();
  void forget(ServiceTransport* transport) noexcept;
  void refresh(int registered_fd);
  void make_live(ServiceTransport* transport);
  // The same for another thread, which may free the transport then: returns when this loop does not look at it any more.
  void part_with(ServiceTransport* transport);
  // Forgets those that other threads have parted with.
  void take_departures();
  // Where the loop's thread is: outside, in a dispatch routine or asleep, it touches no transport.
  void leave() noexcept { outside_.store(true, std::memory_order_release); }
  // Not in a child that another thread forked.
  bool has_thread() const noexcept { return is_this_process(made_in_); }
  // The loop in whose dispatch routine this one runs.
  RunLoop* outer() const noexcept { return outer_; }

 private:
  // What an event is about; in epoll's user data.
  struct Watch {
    int registered_fd;
    bool is_bell;
  };

  void come_back();

  void sync();
  void rebuild();
  void add(int fd, std::uint32_t events, Watch watch);
  void watch_registered(int fd);
  void unwatch(int registered_fd);

  bool any_live(bool (ServiceTransport::*says)() const noexcept) const;
  std::uint32_t rounds_to_look();
  bool yield();
  void spin();
  bool serve_live();
  bool serve(ServiceTransport* transport);
  void note_turn(ServiceTransport* transport);
  bool demote_all();
  void look_at_sockets(int timeout_ms);
  void on_event(const epoll_event& event);

  RunLoop* const outer_;
  const std::uint64_t made_in_ = process_token();
  OwnedFd epoll_;
  std::uint64_t process_ = 0;
  std::map<int, std::vector<int>> watched_;  // registered descriptor -> what was given to epoll
  std::vector<ServiceTransport*> live_;
  ServiceTransport* serving_ = nullptr;  // null once it left the loop
  std::vector<ServiceTransport*> busy_;  // of those that demote_all() went through
  Mailbox<ServiceTransport*> departures_;
  std::atomic<bool> outside_{true};
  std::size_t turn_ = 0;
  unsigned served_since_look_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t turns_ = 0;  // of others between two of one connection: the mean of late, in 16ths
  bool crowded_ = false;
  bool was_rung_ = false;
  Nanoseconds last_look_ns_ = 0;
  wait::SpinBudget budget_;
  wait::YieldBudget yields_{true};
};

[[gnu::tls_model("initial-exec")]] thread_local RunLoop* t_loop = nullptr;

RunLoop::RunLoop() : outer_(std::exchange(t_loop, this)), budget_(wait::default_spin_us()) {
  Loops& loops = Loops::get();
  const std::lock_guard lock(loops.mutex);
  loops.all.push_back(this);
}

RunLoop::~RunLoop() {
  for (ServiceTransport* transport : live_) transport->set_live(false);
  t_loop = outer_;  // a dispatch routine may call svc_run() too
  leave();
  Loops& loops = Loops::get();
  const std::lock_guard lock(loops.mutex);
  std::erase(loops.all, this);
}

void RunLoop::run() {
  come_back();
  while (!is_over()) {
    sync();
    spin();
    if (!is_over()) look_at_sockets(-1);
  }
}

// --- transports that other threads destroy ---

// Something departs, then outside_ is read; outside_ is cleared, then departures are looked at: one of the two is seen.
void RunLoop::part_with(ServiceTransport* transport) {
  departures_.put(transport);
  while (!outside_.load(std::memory_order_seq_cst) && !departures_.is_empty()) std::this_thread::yield();
}

void RunLoop::come_back() {
  outside_.store(false, std::memory_order_seq_cst);
  take_departures();
}

void RunLoop::take_departures() {
  if (departures_.is_empty()) return;
  departures_.take([this](ServiceTransport* transport) { forget(transport); });
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
  if (transport->leave_fd() >= 0) add(transport->leave_fd(), EPOLLIN, {fd, false});
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
  if (!changes().is_empty()) changes().take([this](int fd) { refresh(fd); });
}

// --- serving ---

// Whether any live transport says so.
bool RunLoop::any_live(bool (ServiceTransport::*says)() const noexcept) const {
  return std::any_of(live_.begin(), live_.end(), [&](const auto* transport) { return (transport->*says)(); });
}

// For how many rounds to look: a client on our own CPU can not write while we do.
// Who rings has called, or is placing a large value.
std::uint32_t RunLoop::rounds_to_look() {
  const bool was_rung = std::exchange(was_rung_, false);
  if (!any_live(&ServiceTransport::may_spin)) return 0;
  const std::uint32_t rounds = budget_.begin();
  return rounds == 0 && was_rung ? budget_.all() : rounds;
}

// Lets clients on our own CPU run; true when one of them has called meanwhile.
bool RunLoop::yield() {
  return any_live(&ServiceTransport::may_yield) &&
         yields_.until([this] { return any_live(&ServiceTransport::may_have_work); }, [this] { return crowded_; });
}

// Looks at live regions in turn until nothing came for as long as the budget says.
void RunLoop::spin() {
  const std::uint32_t rounds = rounds_to_look();
  std::uint32_t left = rounds;
  while (!live_.empty() && !is_over()) {
    take_departures();
    if (serve_live()) {
      budget_.won(rounds - left);  // also by the doorbell: who has called will soon call again
      left = rounds;
      continue;
    }
    if (left != 0) {
      --left;
      wait::pause_round();
      continue;
    }
    if (yield()) continue;
    if (rounds != 0) budget_.lost();
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
    if (!transport->may_have_work() || !serve(transport)) continue;
    served = true;
    ++served_since_look_;
  }
  if (served_since_look_ >= kCallsPerClock) {
    served_since_look_ = 0;
    if (now_ns() - last_look_ns_ > kLookEvery) look_at_sockets(0);
  }
  return served;
}

// Whether many connections of this CPU take turns: their clients wait for each other, whatever they do.
void RunLoop::note_turn(ServiceTransport* transport) {
  constexpr std::uint64_t kCrowd = 16, kFew = 8;
  turns_ += std::min<std::uint64_t>(transport->note_turn(++calls_), watched_.size()) - turns_ / 16;
  if (turns_ >= kCrowd * 16) crowded_ = true;
  else if (turns_ < kFew * 16) crowded_ = false;
  transport->set_crowded(crowded_);
}

bool RunLoop::serve(ServiceTransport* transport) {
  serving_ = transport;
  if (transport->may_yield()) note_turn(transport);
  const bool served = transport->serve();
  come_back();
  const bool is_there = std::exchange(serving_, nullptr) == transport;
  if (served && is_there) transport->finish();
  if (!is_this_process(process_)) demote_all();  // a forked child came back: it has no shared memory
  return served;
}

// Tells all peers to ring. False when one has published something meanwhile.
bool RunLoop::demote_all() {
  bool quiet = true;
  while (!live_.empty()) {
    ServiceTransport* const transport = live_.back();
    live_.pop_back();
    transport->set_live(false);
    if (!transport->has_work()) continue;
    busy_.push_back(transport);
    quiet = false;
  }
  for (ServiceTransport* transport : std::exchange(busy_, {})) make_live(transport);
  return quiet;
}

void RunLoop::make_live(ServiceTransport* transport) {
  if (transport->is_live()) return;
  transport->set_live(true);
  live_.push_back(transport);
}

void RunLoop::forget(ServiceTransport* transport) noexcept {
  if (serving_ == transport) serving_ = nullptr;
  std::erase(busy_, transport);
  const auto at = std::find(live_.begin(), live_.end(), transport);
  if (at == live_.end()) return;
  // serve_live() may be under way: what it has not looked at yet must not be passed over.
  if (static_cast<std::size_t>(at - live_.begin()) <= turn_ && turn_ != 0) --turn_;
  live_.erase(at);
}

void RunLoop::look_at_sockets(int timeout_ms) {
  sync();
  epoll_event events[64];
  leave();
  const int count = ::epoll_wait(epoll_.get(), events, 64, timeout_ms);
  come_back();
  last_look_ns_ = timeout_ms == 0 ? now_ns() : 0;
  if (count < 0 && errno != EINTR) throw RpcError(RPC_SYSTEMERROR, errno);
  for (int i = 0; i < count && !is_over(); ++i) on_event(events[i]);
}

void RunLoop::on_event(const epoll_event& event) {
  const int fd = static_cast<int>(event.data.u64 & 0xffffffff);
  const bool is_bell = (event.data.u64 >> 32) != 0;
  ServiceTransport* const transport = is_bell ? find_upgraded(fd) : nullptr;
  if (!is_bell) {
    leave();
    svc_getreq_common(fd);
    come_back();
  } else if (transport != nullptr) {
    transport->note_ring(event.events);
    make_live(transport);
    was_rung_ = true;
  }
}

}  // namespace

void run_loop() {
  // Not on the stack: a program may leave svc_run() by siglongjmp().
  const auto loop = std::make_unique<RunLoop>();
  loop->run();
}

bool in_run_loop() noexcept { return t_loop != nullptr; }

void note_registration(int registered_fd) {
  if (t_loop != nullptr) return t_loop->refresh(registered_fd);
  {
    const std::lock_guard lock(Loops::get().mutex);
    if (Loops::get().all.empty()) return;  // a loop that begins reads everything
  }
  changes().put(registered_fd);
}

void join_run_loop(ServiceTransport* transport) {
  if (t_loop != nullptr) t_loop->make_live(transport);
}

void note_dispatch() noexcept {
  if (t_loop != nullptr) t_loop->leave();
}

void leave_run_loop(ServiceTransport* transport) {
  std::vector<RunLoop*> own;
  for (RunLoop* loop = t_loop; loop != nullptr; loop = loop->outer()) {
    loop->forget(transport);
    own.push_back(loop);
  }
  Loops& loops = Loops::get();
  std::unique_lock lock(loops.mutex, std::defer_lock);
  // Whoever has it may wait for one of ours to part with a transport.
  while (!lock.try_lock()) {
    for (RunLoop* loop : own) loop->take_departures();
    std::this_thread::yield();
  }
  for (RunLoop* loop : loops.all) {
    const bool is_own = std::find(own.begin(), own.end(), loop) != own.end();
    if (!is_own && loop->has_thread()) loop->part_with(transport);
  }
}

}  // namespace vmrpc::server
