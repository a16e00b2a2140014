// SPDX-License-Identifier: BSD-3-Clause
// The life of a client connection.
#include "config.h"

#include "client/connection.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "association/heartbeat.hpp"
#include "base/boundary.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "base/quiesced.hpp"
#include "base/settings.hpp"
#include "base/signals.hpp"
#include "client/probe_memory.hpp"
#include "client/reconnect.hpp"
#include "transport/transport.hpp"
#include "wait/default_spin.hpp"
#include "base/xdr.hpp"

namespace vmrpc::client {

Connection::Connection(int socket, u_int send_bytes, u_int receive_bytes)
    : socket_(socket),
      send_bytes_(send_bytes),
      receive_bytes_(receive_bytes),
      report_(association::Report::Role::kClient, socket),
      stream_(std::make_unique<association::SocketStream>(socket, send_bytes, receive_bytes)),
      process_(process_token()) {}

void Connection::on_call_error(const RpcError& error) {
  Shared* const shared = this->shared();
  if (shared == nullptr) return;
  const bool peer_is_gone = error.stat() == RPC_CANTRECV || error.stat() == RPC_CANTSEND;
  if (peer_is_gone) return end_shared(error);
  leave_message();
  shared->writer.abandon();
}

// A call ends in the middle of its answer: whoever receives next passes over the rest, as libtirpc does with a record.
void Connection::leave_message() noexcept {
  if (!line_.has_sent()) shared_->link.set_listening(false);
  association::MessageReader& reader = shared_->reader;
  if (!reader.is_open() || has_begun()) return;
  put_begun({0, true, reader.is_untouched() ? Begun::Next::kAll : Begun::Next::kRest});
}

void Connection::on_call_unwound() {
  Shared* const shared = this->shared();
  if (shared == nullptr) return;
  shared->writer.abandon();
  if (line_.has_sent()) return leave_message();
  shared->link.set_listening(false);
  if (shared->reader.is_open() && !has_begun()) end_shared(RpcError(RPC_CANTRECV, ECANCELED));
}

void Connection::leave_shared(rpc_vm_reason reason) {
  const SignalsBlocked blocked;
  end_line();
  if (begun_.is_shared) has_begun_ = false;
  if (shared_->link.endpoint().peer_may_vanish) association::end_heartbeat(socket_);
  shared_.reset();
  counters().chunks_held.set(0);
  report_.stays(reason);
}

// What it took, only a peer that has left says.
void Connection::end_line() noexcept {
  if (line_.is_empty()) return;
  association::Link& link = shared_->link;
  std::uint32_t next = 0;
  const bool is_told = link.peer_has_left() && c_boundary([&] { return next = link.sender().next_to_be_read(), true; },
                                                          [](clnt_stat, int) { return false; });
  line_.end_association(is_told, next);
}

// Calls that follow each other leave no moment in between: the next one leaves.
bool Connection::try_leave() {
  leave_asked_.store(true, std::memory_order_relaxed);
  if (!line_.try_lock()) return false;
  const bool left = leave_if_idle();
  line_.unlock();
  return left;
}

// Not with messages on their way, be it that nobody waits for them: they would be lost.
bool Connection::leave_if_idle() {
  Shared* const shared = this->shared();
  const bool idle = !line_.has_sent() && (shared == nullptr || c_boundary([&] { return shared->link.sender().all_read(); },
                                                                          [](clnt_stat, int) { return true; }));
  if (!idle) return false;
  leave_asked_.store(false, std::memory_order_relaxed);
  if (shared == nullptr) return true;
  shared->link.leave();
  leave_shared(RPC_VM_OFF);
  return true;
}

// It may have changed its mind.
void Connection::leave_as_asked() {
  if (is_quiesced()) leave_if_idle();
  else leave_asked_.store(false, std::memory_order_relaxed);
}

void Connection::wait_until_alone() {
  if (is_alone()) return;
  struct Stay {  // waiting can be cancelled
    explicit Stay(Line& to_be_in) : line(to_be_in), place(line.join()) {}
    ~Stay() { line.leave(place); }
    Line& line;
    Line::Place& place;
  } stay(line_);
  line_.note_needs_turn(stay.place);
  line_.wait(stay.place);
}

void Connection::end_shared(const RpcError& error) {
  const bool hostile = error.sys_errno() == EPROTO;
  leave_shared(hostile ? RPC_VM_PROTOCOL_ERROR : RPC_VM_PEER_DIED);
  if (!hostile) return;
  log_line(LogLevel::kError, "client: " + report_.address() + ": impossible value in the peer's shared memory (" +
                                 error.what() + "): the association ends, later calls use the socket");
}

void Connection::consider_upgrade(rpcprog_t program) {
  if (std::exchange(considered_, true)) return;
  constexpr rpcprog_t kRpcbind = 100000;
  if (program == kRpcbind) return stay(RPC_VM_RPCBIND);
  for (const transport::Backend& backend : transport::backends()) {
    if (!backend.reaches(socket_)) continue;
    if (is_remembered_as_refusing(report_.address())) return stay(RPC_VM_PEER_IS_STOCK);
    upgrade_ = std::make_unique<association::ClientUpgrade>(backend);
    return;
  }
  stay(RPC_VM_NO_TRANSPORT);
}

void Connection::stay(rpc_vm_reason reason) {
  const SignalsBlocked blocked;
  upgrade_.reset();
  report_.stays(reason);
}

bool Connection::has_due() const noexcept {
  return upgrade_ != nullptr && upgrade_->is_due() && waiting_calls_ > 1 && is_this_process(process_);
}

bool Connection::send_due() {
  if (upgrade_ == nullptr || !upgrade_->is_due()) return false;
  const SignalsBlocked blocked;
  stream_->begin_record();
  if (!upgrade_->encode(stream_->xdr())) {
    stay(upgrade_->reason());
    return false;
  }
  stream_->end_record(false);
  ++socket_records_;
  if (upgrade_->is_proving()) socket_records_ = 0;
  return upgrade_->is_probing();
}

void Connection::await_probe_answer() {
  constexpr Nanoseconds kPatience = 20'000'000;
  int domain = 0;
  socklen_t bytes = sizeof domain;
  if (::getsockopt(socket_, SOL_SOCKET, SO_DOMAIN, &domain, &bytes) != 0 || domain != AF_UNIX) return;
  Deadline deadline(kPatience);
  while (upgrade_ != nullptr && upgrade_->is_probing() && read_control_record(deadline)) {
  }
  stream_->clear_error();
}

bool Connection::take_answer(const rpc_msg& reply, XDR* xdrs) {
  if (upgrade_ == nullptr || !upgrade_->awaits(reply.rm_xid)) return false;
  const SignalsBlocked blocked;
  upgrade_->on_answer(reply, xdrs);
  if (upgrade_->is_up()) {
    go_up();
  } else if (upgrade_->stays()) {
    stay(upgrade_->reason());
  } else {
    send_due();  // the next step goes out at once: the answer to it comes with that of a later call
    stream_->flush();
  }
  return true;
}

void Connection::go_up() {
  const association::Patience patience{spin_us_.value_or(wait::default_spin_us()), upgrade_->on_one_cpu()};
  shared_ = std::make_unique<Shared>(upgrade_->take_endpoint(), patience, counters());
  shared_->link.sleeper().get_up();
  shared_->link.watch_socket(socket_);
  if (shared_->link.endpoint().peer_may_vanish) begin_listening();
  counters().chunks_held.set(1);
  report_.upgraded(shared_->link.endpoint().kind, shared_->heaps != nullptr);
  upgrade_.reset();
}

void Connection::set_spin(unsigned usec) {
  spin_us_ = usec;
  if (shared_ != nullptr) shared_->link.set_spin(usec);
}

bool Connection::read_control_record(Deadline& deadline) {
  // Not inside a record: after a deadline, libtirpc's stream would take the answer for the rest of the record before.
  if (!stream_->has_buffered(deadline) && !stream_->wait_readable(deadline)) return false;
  if (!stream_->next_record(deadline)) return false;
  rpc_msg reply = empty_reply();
  if (xdr_replymsg(stream_->xdr(), &reply)) take_answer(reply, stream_->xdr());
  free_verifier(reply);
  return stream_->error_stat() == RPC_SUCCESS;
}

void Connection::drive_upgrade(Deadline& deadline) {
  while (upgrade_ != nullptr) {
    stream_->clear_error();
    send_due();
    if (!stream_->flush()) throw RpcError(RPC_CANTSEND, stream_->error_errno());
    if (upgrade_ == nullptr) return;
    if (!read_control_record(deadline)) throw RpcError(stream_->error_stat(), stream_->error_errno());
  }
}

void Connection::reconnect_if_probe_was_refused(const netbuf& address, Deadline& deadline) {
  if (upgrade_ == nullptr || !upgrade_->is_probing() || !may_reconnect_) return;
  if (order_unknown_ || stream_->has_buffered(deadline) || !peer_has_closed(socket_)) return;
  may_reconnect_ = false;
  remember_as_refusing(report_.address());
  stay(RPC_VM_PEER_IS_STOCK);
  reconnect_socket(socket_, static_cast<const sockaddr*>(address.buf), address.len);
  stream_ = std::make_unique<association::SocketStream>(socket_, send_bytes_, receive_bytes_);
}

void Connection::note_socket_record(std::uint32_t xid) noexcept {
  ++socket_records_;
  order_unknown_ = true;
  last_socket_xid_ = xid;
}

void Connection::note_socket_answer(std::uint32_t xid) noexcept {
  if (xid == last_socket_xid_) order_unknown_ = false;
}

void Connection::publish_mark(Shared& shared, Deadline& deadline) {
  if (!stream_->flush()) throw RpcError(RPC_CANTSEND, stream_->error_errno());
  association::Link& link = shared.link;
  const auto free = [&] { return link.sender().frame_free(); };
  if (link.wait(free, deadline) != association::Woken::kReady) throw RpcError(RPC_TIMEDOUT);
  link.sender().publish_socket_mark(socket_records_);
  link.notify();
  order_unknown_ = false;
}

namespace {

struct ConnectionTable {
  std::mutex mutex;
  std::map<int, std::pair<ino_t, std::weak_ptr<Connection>>> by_socket;

  static ConnectionTable& get() {
    static auto* const table = new ConnectionTable;
    return *table;
  }
};

}  // namespace

std::shared_ptr<Connection> connection_of(int socket, u_int send_bytes, u_int receive_bytes) {
  struct stat st{};
  const ino_t inode = ::fstat(socket, &st) == 0 ? st.st_ino : 0;
  ConnectionTable& table = ConnectionTable::get();
  const std::lock_guard lock(table.mutex);
  auto& [known_inode, known] = table.by_socket[socket];
  if (auto shared = known.lock(); shared != nullptr && known_inode == inode) return shared;
  auto made = std::make_shared<Connection>(socket, send_bytes, receive_bytes);
  known_inode = inode;
  known = made;
  return made;
}

}  // namespace vmrpc::client
