// SPDX-License-Identifier: BSD-3-Clause
// A SVCXPRT of ours: libtirpc's connected transport with our op table, which is also where our
// state is found.
#pragma once

#include <rpc/rpc.h>
#include <rpc/svc_mt.h>
#include <cxxabi.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "association/quiesce.hpp"
#include "association/report.hpp"
#include "association/server_upgrade.hpp"
#include "association/shared.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"
#include "server/service_policy.hpp"
#include "server/services.hpp"

namespace vmrpc::server {

using ServerOps = struct __rpc_svcxprt::xp_ops;

class ServiceTransport {
 public:
  // Takes over `xprt`, which libtirpc made for a connected stream socket.
  explicit ServiceTransport(SVCXPRT* xprt);
  ServiceTransport(const ServiceTransport&) = delete;

  // Null when the transport is none of ours.
  static ServiceTransport* of(const SVCXPRT* xprt) noexcept;

  association::Report& report() noexcept { return report_; }
  // Null on the socket, and in a process that inherited the transport.
  association::Shared* shared() noexcept {
    return shared_ != nullptr && is_this_process(process_) ? shared_.get() : nullptr;
  }

  // What libtirpc knows this transport by: the socket, or, once upgraded, one descriptor that is
  // readable when the socket or the doorbell is.
  int registered_fd() const noexcept { return switched_ ? poll_fd_.get() : socket_; }
  void enlist();
  void delist();

  // --- for svc_run() ---
  // Whether there may be something to serve that no descriptor tells of, and whether there is.
  bool may_have_work() const noexcept {
    return socket_buffered_ || (shared_ != nullptr && shared_->link.receiver().has_changed());
  }
  bool has_work();
  // Serves the next call, if there is one; then, unless its dispatch routine has destroyed the transport, finish().
  bool serve();
  void finish();
  // How svc_run() may wait for more from it: looking, or, when both ends have one CPU, letting the client run.
  bool may_spin() const noexcept { return shared_ != nullptr && shared_->link.may_spin(); }
  bool may_yield() const noexcept { return shared_ != nullptr && shared_->link.may_yield(); }
  // svc_run() serves this one with its call of that number, counted over all connections: how many since the last.
  std::uint64_t note_turn(std::uint64_t number) noexcept { return number - std::exchange(last_turn_, number); }
  void set_crowded(bool crowded) noexcept {
    if (shared_ != nullptr) shared_->link.set_crowded(crowded);
  }
  // While live, svc_run() looks at the region itself, and the peer does not ring.
  void set_live(bool live);
  bool is_live() const noexcept { return live_; }
  // svc_run() saw this on the doorbell, which is emptied now and then.
  void note_ring(std::uint32_t epoll_events) noexcept;
  int bell_fd() const noexcept { return shared_ ? shared_->link.bell_fd() : -1; }
  int socket() const noexcept { return socket_; }
  // Readable while it is asked to leave shared memory; -1 where nobody would.
  int leave_fd() const noexcept { return leave_request_ ? leave_request_->fd() : -1; }

 private:
  friend struct TransportOps;
  // Where the call that was received last lies; kKept is a call of the socket whose arguments
  // were taken out of the stream, kControl one of the control protocol.
  enum class Source { kSocket, kKept, kControl, kShared };

  struct Call;

  void take_releases();
  void run(Call& call, Dispatch dispatch);
  bool take_handed_over(rpc_msg* msg);
  bool receive(rpc_msg* msg);
  bool receive_shared(rpc_msg* msg);
  bool receive_socket(rpc_msg* msg);
  void note_program(const rpc_msg& msg);
  bool open_shared(rpc_msg* msg);
  xprt_stat status();
  xprt_stat status_of_both();
  xprt_stat next_call_of_many();
  bool decode_arguments(xdrproc_t decode, void* arguments);
  bool decode_by_source(xdrproc_t decode, void* arguments);
  bool reply(rpc_msg* msg);
  bool reply_to_source(rpc_msg& msg);
  bool reply_shared(const rpc_msg& msg);
  bool encode_shared_reply(const rpc_msg& msg);
  bool reply_over_socket(const rpc_msg& msg);
  bool send_reply(const rpc_msg& msg);
  void destroy();

  bool take_control(const rpc_msg& msg);
  bool decode_kept(xdrproc_t decode, void* arguments);
  void answer_control(rpcproc_t procedure);
  template <typename Arguments, typename Result, typename Step>
  void answer(bool_t (*decode)(XDR*, Arguments*), bool_t (*encode)(XDR*, Result*), const Step& step);
  vmrpc_prove_res prove(const vmrpc_prove_args& arguments);
  void go_up();
  void switch_registration();
  void go_down(rpc_vm_reason reason);
  bool shall_leave() const noexcept { return leave_request_ != nullptr && leave_request_->is_made(); }
  void leave();
  rpc_vm_reason reason_of_end() const;
  // Runs `body`, which may use shared memory; what it throws takes the transport back to its socket.
  template <typename Body>
  [[gnu::no_sanitize("null")]]  // UBSan (GCC 12) misreads the forced-unwind handler
  bool on_shared(const Body& body) {
    try {
      return body();
    } catch (abi::__forced_unwind&) {
      throw;  // pthread_cancel(): swallowing it aborts the process
    } catch (...) {
      return fail_shared();
    }
  }
  bool fail_shared();
  void end_shared(const RpcError& error);
  void settle();

  ServerOps ops_;  // first: xprt_->xp_ops points here
  SVCXPRT* xprt_;
  const int socket_;  // what xprt_->xp_fd is whenever others look
  const ServerOps* stock_ops_;
  association::Report report_;
  association::ServerUpgrade upgrade_;
  association::QuotaShare quota_;
  std::unique_ptr<association::Shared> shared_;
  std::unique_ptr<association::LeaveRequest> leave_request_;  // null: on the socket, or on a transport that stays
  OwnedFd poll_fd_;
  std::uint64_t process_;
  Source source_ = Source::kSocket;
  std::uint32_t xid_ = 0;                // of the call received last
  association::Subject subject_{};       // of that, when it came through shared memory
  std::uint64_t socket_records_ = 0;     // since PROVE was answered
  std::optional<std::uint64_t> mark_;    // socket records that come before what is next in the region
  std::vector<char> kept_;
  const Call* handed_over_ = nullptr;
  KnownService service_;
  KnownPolicy policy_;
  unsigned served_in_a_row_ = 0;
  std::uint64_t last_turn_ = 0;
  unsigned rings_ = 0;
  bool rang_ = false;  // and no call came with it so far
  bool switched_ = false;        // registered by poll_fd_
  bool socket_buffered_ = false; // libtirpc has read ahead: the socket does not tell of all there is
  bool live_ = false;
  bool hung_up_ = false;  // the peer's doorbell is closed: what it sent is served, then we go down
  bool hello_accepted_ = false;
  bool program_known_ = false;
};

}  // namespace vmrpc::server
