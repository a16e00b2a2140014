// SPDX-License-Identifier: BSD-3-Clause
// Receiving calls and sending replies, over shared memory or the socket.
#include "config.h"

#include "server/service_transport.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <type_traits>
#include <utility>

#include "association/heartbeat.hpp"
#include "association/rpc_header.hpp"
#include "association/socket_stream.hpp"
#include "base/boundary.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "base/stock.hpp"
#include "memory/fault.hpp"
#include "placement/releasing.hpp"
#include "server/run_loop.hpp"
#include "server/upgraded_transports.hpp"
#include "wait/default_spin.hpp"
#include "base/xdr.hpp"

extern "C" bool_t rpc_control(int request, void* value);  // exported by libtirpc, declared nowhere

namespace vmrpc::server {

using association::MessageReader;
using association::Shared;

namespace {

// Patience with a client that stopped in the middle of a message: libtirpc's own limit.
constexpr Nanoseconds kMidMessage = 35'000'000'000;

// Calls of one connection that are served before others get their turn.
constexpr unsigned kBurst = 16;

// RPC_SVC_CONNMAXREC_SET: libtirpc makes the sockets of such connections non-blocking.
std::size_t record_limit(int socket) {
  int max_bytes = 0;
  const int flags = ::fcntl(socket, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK) == 0 || !rpc_control(RPC_SVC_CONNMAXREC_GET, &max_bytes)) return 0;
  return static_cast<std::size_t>(max_bytes);
}

bool is_readable(int socket) {
  pollfd fd{socket, POLLIN | POLLPRI, 0};
  return ::poll(&fd, 1, 0) > 0;
}

// Whether the connection itself is over: libtirpc will see that next, and destroy the transport.
bool has_ended(int socket) {
  char byte;
  return ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

// What libtirpc's dispatcher and the svc_* macros call.
struct TransportOps {
  static ServiceTransport& self(const SVCXPRT* xprt) {
    return *reinterpret_cast<ServiceTransport*>(const_cast<ServerOps*>(xprt->xp_ops));
  }

  static bool_t receive(SVCXPRT* xprt, rpc_msg* msg) { return self(xprt).receive(msg); }
  static xprt_stat status(SVCXPRT* xprt) { return self(xprt).status(); }
  static bool_t decode_arguments(SVCXPRT* xprt, xdrproc_t decode, void* arguments) {
    return self(xprt).decode_arguments(decode, arguments);
  }
  static bool_t reply(SVCXPRT* xprt, rpc_msg* msg) { return self(xprt).reply(msg); }
  static bool_t free_arguments(SVCXPRT*, xdrproc_t decode, void* arguments) {
    return placement::release_value(decode, arguments);
  }
  static void destroy(SVCXPRT* xprt) {
    c_boundary([&] { self(xprt).destroy(); }, [](clnt_stat, int) {});
  }

  static constexpr ServerOps kOps = {receive, status, decode_arguments, reply, free_arguments, destroy};
};

ServiceTransport::ServiceTransport(SVCXPRT* xprt)
    : ops_(TransportOps::kOps),
      xprt_(xprt),
      socket_(xprt->xp_fd),
      stock_ops_(xprt->xp_ops),
      report_(association::Report::Role::kServer, xprt->xp_fd),
      process_(process_token()) {
  static_assert(std::is_standard_layout_v<ServerOps>);
  xprt_->xp_ops = &ops_;
}

ServiceTransport* ServiceTransport::of(const SVCXPRT* xprt) noexcept {
  if (xprt == nullptr || xprt->xp_ops == nullptr || xprt->xp_ops->xp_recv != TransportOps::receive) {
    return nullptr;
  }
  return &TransportOps::self(xprt);
}

// --- what goes wrong ---

// What is being handled ends the association, or nothing but its message. Always false.
bool ServiceTransport::fail_shared() {
  try {
    throw;
  } catch (const RpcError& error) {
    if (shared_ != nullptr) end_shared(error);
  } catch (...) {  // no memory
    go_down(RPC_VM_PEER_DIED);
  }
  return false;
}

void ServiceTransport::end_shared(const RpcError& error) {
  if (error.stat() == RPC_TIMEDOUT) return (void)shared_->writer.abandon();  // nobody waits for the answer
  // A record above the limit ends the connection, as in libtirpc: it is seen as closed next.
  if (error.sys_errno() == EMSGSIZE) ::shutdown(socket_, SHUT_RDWR);
  if (error.sys_errno() != EPROTO) return go_down(RPC_VM_PEER_DIED);
  log_line(LogLevel::kError, "server: " + report_.address() + ": impossible value in the peer's shared memory (" +
                                 error.what() + "): the association ends, the connection goes on over its socket");
  go_down(RPC_VM_PROTOCOL_ERROR);
}

// --- receiving ---

bool ServiceTransport::receive(rpc_msg* msg) {
  if (take_handed_over(msg)) return true;
  if (shared() != nullptr) {
    if (on_shared([&] { return receive_shared(msg); })) return true;
    // What is in the region was sent before what is in the socket, or waits for it.
    if (!socket_buffered_ && !is_readable(socket_)) return false;
  }
  return on_shared([&] { return receive_socket(msg); });
}

bool ServiceTransport::receive_shared(rpc_msg* msg) {
  shared_->reader.close();
  // No more marks at once than there are frames: a client that does nothing but mark would keep us from others.
  for (std::size_t marks = 0; marks <= memory::kFrameCount; ++marks) {
    if (mark_.has_value() && *mark_ > socket_records_) return false;
    mark_.reset();
    switch (shared_->reader.peek()) {
      case MessageReader::Next::kNothing:
        return false;
      case MessageReader::Next::kSocketMark:
        mark_ = shared_->reader.take_socket_mark();
        break;
      case MessageReader::Next::kMessage:
        return open_shared(msg);
    }
  }
  return false;
}

bool ServiceTransport::open_shared(rpc_msg* msg) {
  rang_ = false;
  shared_->reader.open(kMidMessage);
  if (const std::size_t header = association::read_call_header(shared_->reader.window(), *msg)) {
    shared_->reader.skip(header);
  } else if (!xdr_callmsg(shared_->reader.xdr(), msg)) {
    shared_->reader.throw_failure();
    throw memory::PeerFault("header of a call");
  }
  xid_ = msg->rm_xid;
  source_ = Source::kShared;
  note_program(*msg);
  report_.counters().calls_xdr.add();
  subject_ = {static_cast<std::uint32_t>(msg->rm_call.cb_prog), static_cast<std::uint32_t>(msg->rm_call.cb_vers),
              static_cast<std::uint32_t>(msg->rm_call.cb_proc), false};
  shared_->reader.expect(subject_, policy_.find(subject_.program, subject_.version));
  return true;
}

void ServiceTransport::note_program(const rpc_msg& msg) {
  if (std::exchange(program_known_, true)) return;
  report_.set_program(msg.rm_call.cb_prog, msg.rm_call.cb_vers);
}

bool ServiceTransport::receive_socket(rpc_msg* msg) {
  source_ = Source::kSocket;
  if (!stock_ops_->xp_recv(xprt_, msg)) return false;
  ++socket_records_;
  if (take_control(*msg)) return false;
  note_program(*msg);
  report_.counters().calls_tcp.add();
  return true;
}

bool ServiceTransport::has_work() {
  if (socket_buffered_) return true;
  if (shared() == nullptr) return false;
  return on_shared([&] {
    if (mark_.has_value() && *mark_ > socket_records_) return false;
    return shared_->link.receiver().ready();
  });
}

xprt_stat ServiceTransport::status() {
  if (shared() != nullptr) {
    on_shared([&] { return shared_->reader.close(), true; });
    // The shortest way: svc_run() looks at the region again by itself, and nothing was read from the socket meanwhile.
    const bool shortest = source_ == Source::kShared && live_ && !socket_buffered_ && shared_ != nullptr;
    if (shortest && !shall_leave()) return XPRT_IDLE;
  }
  xprt_stat stat = XPRT_IDLE;
  on_shared([&] { return stat = status_of_both(), true; });
  return stat;
}

xprt_stat ServiceTransport::status_of_both() {
  if (shall_leave() && !has_work()) leave();
  const xprt_stat socket = stock_ops_->xp_stat(xprt_);
  if (shared() == nullptr || socket == XPRT_DIED) return socket;
  socket_buffered_ = socket == XPRT_MOREREQS;
  if (socket_buffered_) return XPRT_MOREREQS;
  if (!switched_) switch_registration();
  if (has_work()) return next_call_of_many();
  served_in_a_row_ = 0;
  settle();
  return !live_ && has_work() ? XPRT_MOREREQS : XPRT_IDLE;
}

// svc_run() keeps a transport with more work in view, and serves others in between. Any other loop
// has only its descriptors, which need not tell of what is there already: it is served now.
xprt_stat ServiceTransport::next_call_of_many() {
  if (!in_run_loop() || (!live_ && ++served_in_a_row_ < kBurst)) return XPRT_MOREREQS;
  served_in_a_row_ = 0;
  join_run_loop(this);
  return XPRT_IDLE;
}

void ServiceTransport::note_ring(std::uint32_t epoll_events) noexcept {
  ++rings_;
  rang_ = true;
  hung_up_ = hung_up_ || (epoll_events & (EPOLLHUP | EPOLLERR)) != 0;
}

// Control is about to leave this library with nothing left to do: from here on the peer has to ring.
// The caller looks once more.
void ServiceTransport::settle() {
  Shared* const shared = this->shared();
  if (shared == nullptr || live_) return;
  // svc_run() sees each new ring; other loops see whether there is any that was not taken.
  // Rings for nothing are not many edges, but fill the bell until the peer can ring no more.
  const bool for_nothing = std::exchange(rang_, false);
  if (!in_run_loop() || for_nothing || rings_ >= shared->link.bell().rings_per_drain()) {
    rings_ = 0;
    hung_up_ = !shared->link.bell().drain();
  }
  if (hung_up_ && !has_work()) {
    return go_down(reason_of_end());
  }
  shared->link.sleeper().lie_down();
}

void ServiceTransport::set_live(bool live) {
  if (live_ == live) return;
  live_ = live;
  if (shared() == nullptr) return;
  if (live) shared_->link.sleeper().get_up();
  else settle();
}

bool ServiceTransport::decode_arguments(xdrproc_t decode, void* arguments) {
  return on_shared([&] { return decode_by_source(decode, arguments); });
}

bool ServiceTransport::decode_by_source(xdrproc_t decode, void* arguments) {
  if (source_ == Source::kKept) return decode_kept(decode, arguments);
  if (source_ == Source::kSocket) return stock_ops_->xp_getargs(xprt_, decode, arguments) != 0;
  // What a forked child has not read yet may be overwritten: it has only what was copied out.
  if (shared() == nullptr && (shared_ == nullptr || !shared_->reader.is_private())) return false;
  shared_->reader.decode_by(decode);
  if (SVCAUTH_UNWRAP(&SVC_XP_AUTH(xprt_), shared_->reader.xdr(), decode, static_cast<caddr_t>(arguments))) {
    report_.counters().count_second(false, shared_->reader.took_placed(), shared_->reader.took_in_place());
    return true;
  }
  // What could not be read ends the association before anybody answers that it cannot be decoded.
  shared_->reader.throw_failure();
  return false;
}

// --- replying ---

namespace {

// What a received message is encoded to: the header of a reply and its results (RFC 5531 section 9).
bool encode_reply(XDR* xdrs, SVCXPRT* xprt, const rpc_msg& msg) {
  rpc_msg header = msg;
  const auto& results = msg.acpted_rply.ar_results;
  const bool has_results = msg.rm_reply.rp_stat == MSG_ACCEPTED && msg.acpted_rply.ar_stat == SUCCESS;
  if (!has_results) return xdr_replymsg(xdrs, &header) != 0;
  header.acpted_rply.ar_results.proc = as_xdrproc(xdr_void);
  header.acpted_rply.ar_results.where = nullptr;
  return xdr_replymsg(xdrs, &header) && SVCAUTH_WRAP(&SVC_XP_AUTH(xprt), xdrs, results.proc, results.where);
}

// The reply as it nearly always is.
bool is_plain_success(const rpc_msg& msg) {
  return msg.rm_reply.rp_stat == MSG_ACCEPTED && msg.acpted_rply.ar_stat == SUCCESS &&
         msg.acpted_rply.ar_verf.oa_flavor == AUTH_NONE && msg.acpted_rply.ar_verf.oa_length == 0;
}

}  // namespace

bool ServiceTransport::encode_shared_reply(const rpc_msg& msg) {
  XDR* const xdrs = shared_->writer.xdr();
  if (!is_plain_success(msg)) return encode_reply(xdrs, xprt_, msg);
  shared_->writer.put_header(association::plain_reply(msg.rm_xid));
  const auto& results = msg.acpted_rply.ar_results;
  return SVCAUTH_WRAP(&SVC_XP_AUTH(xprt_), xdrs, results.proc, results.where);
}

bool ServiceTransport::reply(rpc_msg* msg) {
  return on_shared([&] { return reply_to_source(*msg); });
}

bool ServiceTransport::reply_to_source(rpc_msg& msg) {
  if (source_ == Source::kSocket || source_ == Source::kKept) return stock_ops_->xp_reply(xprt_, &msg) != 0;
  msg.rm_xid = xid_;
  if (source_ == Source::kControl) return send_reply(msg);
  Shared* const shared = this->shared();
  if (shared != nullptr && shared->link.sender().frame_free()) return reply_shared(msg);
  return reply_over_socket(msg);
}

bool ServiceTransport::reply_shared(const rpc_msg& msg) {
  association::MessageWriter& writer = shared_->writer;
  writer.begin({subject_.program, subject_.version, subject_.procedure, true}, kMidMessage, true);
  bool encoded = encode_shared_reply(msg);
  if (!encoded && writer.must_begin_again()) {
    writer.begin_again();
    encoded = encode_shared_reply(msg);
  }
  writer.finish();  // libtirpc sends what it has: the client then cannot decode it
  if (encoded) report_.counters().count_second(shared_->reader.took_placed(), writer.is_placed(), false);
  return encoded;
}

// For a client that does not read its region, and for a process that inherited the transport.
bool ServiceTransport::reply_over_socket(const rpc_msg& msg) {
  report_.counters().fallbacks.add();
  return send_reply(msg);
}

// Not by libtirpc's own way, which ends the process with SIGPIPE when the client is gone: the program did not
// ask for these answers.
bool ServiceTransport::send_reply(const rpc_msg& msg) {
  association::SocketStream stream(socket_, 0, 0);
  stream.begin_record();
  const bool encoded = encode_reply(stream.xdr(), xprt_, msg);
  if (stream.end_record(true)) return encoded;
  ::shutdown(socket_, SHUT_RDWR);  // half a record may be on its way: nothing can follow it
  return false;
}

// --- going up and down ---

void ServiceTransport::enlist() {
  const int fd = registered_fd();
  if (switched_) add_upgraded(fd, this);
  xprt_->xp_fd = fd;
  stock().xprt_register(xprt_);
  xprt_->xp_fd = socket_;
  note_registration(fd);
}

void ServiceTransport::delist() {
  const int fd = registered_fd();
  remove_upgraded(fd);  // first: a loop must not find it again
  leave_run_loop(this);
  xprt_->xp_fd = fd;
  stock().xprt_unregister(xprt_);
  xprt_->xp_fd = socket_;
  note_registration(fd);
}

void ServiceTransport::go_up() {
  OwnedFd poll_fd(::epoll_create1(EPOLL_CLOEXEC));
  const association::Patience patience{wait::default_spin_us(), upgrade_.on_one_cpu()};
  auto shared = std::make_unique<Shared>(upgrade_.take_endpoint(), patience, report_.counters());
  std::unique_ptr<association::LeaveRequest> leave_request;
  if (shared->link.endpoint().peer_may_vanish) leave_request = std::make_unique<association::LeaveRequest>();
  epoll_event event{};
  event.events = EPOLLIN | EPOLLPRI;
  if (!poll_fd || ::epoll_ctl(poll_fd.get(), EPOLL_CTL_ADD, socket_, &event) != 0 ||
      ::epoll_ctl(poll_fd.get(), EPOLL_CTL_ADD, shared->link.bell_fd(), &event) != 0 ||
      (leave_request && ::epoll_ctl(poll_fd.get(), EPOLL_CTL_ADD, leave_request->fd(), &event) != 0)) {
    throw UpgradeError(RPC_VM_NO_MEMORY, errno);
  }
  // select() servers see no descriptor above this.
  if (socket_ < FD_SETSIZE && poll_fd.get() >= FD_SETSIZE) throw UpgradeError(RPC_VM_QUOTA);
  poll_fd_ = std::move(poll_fd);
  shared_ = std::move(shared);
  leave_request_ = std::move(leave_request);
  shared_->link.watch_socket(socket_);
  shared_->reader.set_limit(record_limit(socket_));
  quota_ = upgrade_.take_quota();
  socket_records_ = 0;
  process_ = process_token();
  hung_up_ = false;
  report_.counters().chunks_held.set(1);
  report_.upgraded(shared_->link.endpoint().kind, shared_->heaps != nullptr);
}

// Not before libtirpc has served what it has read ahead: its loop ends with the registration.
void ServiceTransport::switch_registration() {
  delist();
  switched_ = true;
  enlist();
}

void ServiceTransport::go_down(rpc_vm_reason reason) {
  if (shared_ == nullptr) return;
  delist();
  switched_ = socket_buffered_ = false;
  poll_fd_.reset();
  leave_request_.reset();
  if (shared_->link.endpoint().peer_may_vanish) association::end_heartbeat(socket_);
  shared_.reset();
  quota_ = {};
  mark_.reset();
  live_ = false;
  upgrade_.reset();
  enlist();
  report_.counters().chunks_held.set(0);
  if (reason != RPC_VM_REASON_NONE) report_.stays(reason);
}

// Because it was asked for, between two calls.
void ServiceTransport::leave() {
  if (shared() == nullptr) return;
  shared_->link.leave();
  go_down(RPC_VM_OFF);
}

// Why the doorbell is closed.
rpc_vm_reason ServiceTransport::reason_of_end() const {
  if (has_ended(socket_)) return RPC_VM_REASON_NONE;
  return shared_->link.peer_has_left() ? RPC_VM_OFF : RPC_VM_PEER_DIED;
}

void ServiceTransport::destroy() {
  SVCXPRT* const xprt = xprt_;
  delist();
  xprt->xp_ops = stock_ops_;
  delete this;
  SVC_DESTROY(xprt);
}

}  // namespace vmrpc::server
