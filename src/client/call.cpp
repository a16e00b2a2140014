// SPDX-License-Identifier: BSD-3-Clause
// The path of a call. Read Call::run() first.
#include "config.h"

#include "client/call.hpp"

#include <arpa/inet.h>
#include <sys/single_threaded.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "client/handle.hpp"
#include "memory/fault.hpp"
#include "base/xdr.hpp"

namespace vmrpc::client {
namespace {

using association::MessageReader;
using association::Woken;

// Only these may leave the socket: others sign or seal the bytes of the stream.
bool may_share(const AUTH* auth) {
  const enum_t flavour = auth->ah_cred.oa_flavor;
  return flavour == AUTH_NONE || flavour == AUTH_SYS || flavour == AUTH_SHORT;
}

// How long a call that waits for no answer may wait for room: libtirpc blocks in write(2).
constexpr Nanoseconds kBatchPatience = 35'000'000'000;

// With a server on a CPU of its own, answers nearly always come while we look for them. Threads that stand in line for
// each other sleep and wake for each call: a server that was held up for a moment is not worth that.
constexpr Nanoseconds kHiccup = 1'000'000;

// What follows the XID: xdr_replymsg() would read that, too.
bool decode_reply(XDR* xdrs, rpc_msg& reply) {
  static const xdr_discrim kBodies[] = {{MSG_ACCEPTED, as_xdrproc(xdr_accepted_reply)},
                                        {MSG_DENIED, as_xdrproc(xdr_rejected_reply)},
                                        {__dontcare__, nullptr}};
  enum_t direction = CALL, status = MSG_DENIED;
  if (!xdr_enum(xdrs, &direction) || direction != REPLY) return false;
  const bool decoded = xdr_union(xdrs, &status, reinterpret_cast<char*>(&reply.rm_reply.ru), kBodies, nullptr) != 0;
  reply.rm_direction = REPLY;
  reply.rm_reply.rp_stat = static_cast<reply_stat>(status);
  return decoded;
}

class Call {
 public:
  Call(Handle& handle, const CallArguments& arguments)
      : handle_(handle),
        connection_(handle.connection()),
        arguments_(arguments),
        wait_ns_(wait_of(handle, arguments.timeout)),
        deadline_(wait_ns_) {}
  Call(const Call&) = delete;
  ~Call() {
    if (place_ != nullptr) leave_line();
  }

  clnt_stat run();

 private:
  static Nanoseconds wait_of(Handle& handle, const timeval& timeout) {
    handle.apply_timeout(timeout);
    return handle.wait_ns();
  }
  bool waits_not() const { return arguments_.timeout.tv_sec == 0 && arguments_.timeout.tv_usec == 0; }
  association::Subject subject(bool is_reply) const {
    return {program_, version_, static_cast<std::uint32_t>(arguments_.procedure), is_reply};
  }
  bool is_batched() const { return arguments_.decode == nullptr && waits_not(); }

  void attempt();
  void attempt_once();
  bool was_not_taken();
  [[gnu::noinline]] bool was_sent_in_line();
  bool send_ahead();
  void send_in_turn();
  void send();
  void send_shared(Shared& shared);
  [[gnu::always_inline]] inline bool publish(Shared& shared, Nanoseconds patience_ns, bool ahead);
  void send_socket();
  bool marshal_shared(association::MessageWriter& writer);
  bool marshal(XDR* xdrs);
  [[gnu::always_inline]] inline const CallHeader& next_header();

  void receive();
  bool receive_one();
  void wait_in_line();
  [[gnu::noinline]] void leave_line() noexcept;
  Woken wait_for_message(Shared& shared);
  Woken wait_while_others_send(Shared& shared);
  [[gnu::noinline]] bool take_begun();
  bool take_shared(Shared& shared);
  [[gnu::always_inline]] inline bool end_message(MessageReader& reader, bool mine);
  bool take_socket(const Begun* begun = nullptr);
  bool next_record();
  bool take_plain_reply(MessageReader& reader);
  bool take_message(XDR* xdrs, const Begun* begun);
  bool hand_over(const Begun& message);
  void finish(XDR* xdrs, rpc_msg& reply);
  void take_results(opaque_auth& verifier, XDR* xdrs);

  Handle& handle_;
  Connection& connection_;
  const CallArguments& arguments_;
  // Its own: the handle is its threads'.
  const Nanoseconds wait_ns_;
  Deadline deadline_;
  rpc_err error_{};
  std::uint32_t xid_ = 0, program_ = 0, version_ = 0;
  bool again_ = false;  // with refreshed credentials
  bool probed_ = false;
  bool placed_ = false;  // the arguments were
  bool sent_shared_ = false;
  std::uint32_t before_mark_ = 0, number_ = 0;  // of the frames that the call took
  Line::Place* place_ = nullptr;  // among other threads' calls; null: there are none, or none that can begin
  std::vector<unsigned char> encoded_;  // what could not be sent ahead
};

clnt_stat Call::run() {
  int refreshes = 2;  // as often as libtirpc asks for new credentials
  do {
    again_ = false;
    attempt();
  } while (again_ && refreshes-- > 0);
  handle_.error() = error_;
  return error_.re_status;
}

// The peer may leave shared memory while a call is on its way: what it did not take goes over the socket. It says
// itself what it took, so nothing is sent twice.
void Call::attempt() {
  encoded_.clear();
  const bool ended = completes([&] { attempt_once(); }, [&](const RpcError&) { return was_not_taken(); });
  if (ended) return;
  if (connection_.shared() != nullptr) connection_.leave_shared(RPC_VM_OFF);
  attempt_once();
}

// What came before this call, calls that nobody waits for, must have been taken, as far as it was no mark of our own.
bool Call::was_not_taken() {
  if (place_ != nullptr && place_->fate() != Line::Fate::kOpen) return place_->fate() == Line::Fate::kNotTaken;
  if (place_ != nullptr && !place_->has_turn()) return false;
  Shared* const shared = connection_.shared();
  if (shared == nullptr || !sent_shared_ || !shared->link.peer_has_left()) return false;
  const std::uint32_t next = shared->link.sender().next_to_be_read();
  return next == before_mark_ || next == number_;
}

void Call::attempt_once() {
  if (place_ != nullptr) leave_line();
  error_ = {};
  sent_shared_ = false;
  if (connection_.is_alone() || !was_sent_in_line()) send_in_turn();
  if (is_batched()) return connection_.counters().batched.add();
  if (waits_not()) throw RpcError(RPC_TIMEDOUT);
  receive();
  if (probed_) connection_.await_probe_answer();
}

// --- sending ---

// Other threads' calls are on their way. What is small goes behind them; all else waits until they have ended, and has
// the turn then.
bool Call::was_sent_in_line() {
  place_ = &connection_.line().join();
  while (true) {
    wait_in_line();
    if (place_->has_turn()) return false;
    if (send_ahead()) return true;
    connection_.line().note_needs_turn(*place_);
  }
}

void Call::send_in_turn() {
  connection_.stream().clear_error();
  connection_.leave_if_asked();
  send();
  if (place_ != nullptr) connection_.line().note_sent(*place_, {xid_, before_mark_, number_, sent_shared_});
}

// Only what can be published at once: what has to wait for room is sent by who has the turn, as it was encoded here. Who
// ends an association has the turn, too. A credential that the server may reject to be sent a new one is not sent ahead:
// two calls at a time would both ask for it.
bool Call::send_ahead() {
  Shared* const shared = connection_.shared();
  const AUTH* const auth = handle_.client()->cl_auth;
  const bool possible = shared != nullptr && may_share(auth) && auth->ah_cred.oa_flavor != AUTH_SHORT &&
                        connection_.is_order_known() && !connection_.is_asked_to_leave();
  bool is_published = false, is_kept = false;
  const auto try_it = [&] {
    if (!shared->link.sender().frame_free()) return;
    before_mark_ = number_ = shared->link.sender().next_number();
    is_published = publish(*shared, 0, true);
    is_kept = !is_published;
  };
  if (!possible) return false;
  (void)completes(try_it, [](const RpcError& error) { return error.stat() == RPC_CANTSEND || error.stat() == RPC_CANTRECV; });
  if (is_kept) encoded_ = shared->writer.take_kept();
  if (!is_published) return shared->writer.abandon(), false;
  connection_.line().note_sent(*place_, {xid_, number_, number_});
  return true;
}

void Call::send() {
  Shared* const shared = connection_.shared();
  if (shared == nullptr) return send_socket();
  if (may_share(handle_.client()->cl_auth)) return send_shared(*shared);
  connection_.counters().fallbacks.add();
  send_socket();
}

// Handles on one descriptor count for themselves.
const CallHeader& Call::next_header() {
  const CallHeader* header = &handle_.next_header(arguments_.procedure);
  while (connection_.line().expects(ntohl(header->xid))) header = &handle_.next_header(arguments_.procedure);
  xid_ = ntohl(header->xid);
  return *header;
}

bool Call::marshal_shared(association::MessageWriter& writer) {
  if (!encoded_.empty() || !association::is_plain_none(handle_.client()->cl_auth)) return marshal(writer.xdr());
  const CallHeader& header = next_header();
  writer.put_header(association::PlainCallHeader{header});
  return arguments_.encode(writer.xdr(), arguments_.arguments);
}

bool Call::marshal(XDR* xdrs) {
  if (!encoded_.empty()) {
    return XDR_PUTBYTES(xdrs, reinterpret_cast<const char*>(encoded_.data()), static_cast<u_int>(encoded_.size()));
  }
  const CallHeader& header = next_header();
  AUTH* const auth = handle_.client()->cl_auth;
  return XDR_PUTBYTES(xdrs, reinterpret_cast<const char*>(&header), sizeof header) &&
         AUTH_MARSHALL(auth, xdrs) &&
         AUTH_WRAP(auth, xdrs, arguments_.encode, static_cast<caddr_t>(arguments_.arguments));
}

void Call::send_shared(Shared& shared) {
  const Nanoseconds patience_ns = waits_not() ? kBatchPatience : wait_ns_;
  Deadline room(patience_ns);
  sent_shared_ = true;
  before_mark_ = number_ = shared.link.sender().next_number();
  connection_.mark_order(shared, room);
  number_ = shared.link.sender().next_number();
  const auto free = [&] { return shared.link.sender().frame_free(); };
  if (shared.link.wait(free, room) != Woken::kReady) throw RpcError(RPC_TIMEDOUT);
  shared.link.set_listening(false);  // while we write, an answer to an earlier call only stands in the way
  publish(shared, patience_ns, false);
}

// False: it cannot be sent ahead.
bool Call::publish(Shared& shared, Nanoseconds patience_ns, bool ahead) {
  program_ = static_cast<std::uint32_t>(handle_.program());
  version_ = static_cast<std::uint32_t>(handle_.version());
  if (shared.heaps != nullptr) shared.heaps->accepted().expect(subject(true), arguments_.decode);
  shared.writer.begin(subject(false), patience_ns, false, ahead);
  bool encoded = marshal_shared(shared.writer);
  if (!encoded && shared.writer.must_begin_again()) {
    shared.writer.begin_again();
    encoded = marshal_shared(shared.writer);
  }
  if (!encoded && !shared.writer.has_failed()) throw RpcError(RPC_CANTENCODEARGS);
  if (!ahead) shared.link.set_listening(!waits_not());
  if (!shared.writer.finish()) return false;
  placed_ = shared.writer.is_placed();
  (placed_ ? connection_.counters().calls_placed : connection_.counters().calls_xdr).add();
  return sent_shared_ = true;
}

void Call::send_socket() {
  connection_.reconnect_if_probe_was_refused(handle_.server_address(), deadline_);
  association::SocketStream& stream = connection_.stream();
  stream.begin_record();
  if (!marshal(stream.xdr())) {
    stream.end_record(true);  // as libtirpc: the server sees a call that ends early
    stream.throw_error();
    throw RpcError(RPC_CANTENCODEARGS);
  }
  if (!waits_not()) connection_.note_waiting_call();
  const bool with_due = !waits_not() && connection_.has_due();
  bool sent = stream.end_record(!is_batched() && !with_due);
  if (with_due) {
    probed_ = connection_.send_due();
    sent = stream.flush() && sent;
  }
  connection_.counters().calls_tcp.add();
  connection_.note_socket_record(xid_);
  if (!sent) throw RpcError(RPC_CANTSEND, stream.error_errno());
}

// --- receiving ---

void Call::receive() {
  while (!receive_one()) {
  }
}

// Waits for one message on either channel and takes it. True: it was the answer.
bool Call::receive_one() {
  if (place_ != nullptr) wait_in_line();
  if (connection_.has_begun()) return take_begun();
  Shared* const shared = connection_.shared();
  if (shared == nullptr) return take_socket();
  switch (wait_for_message(*shared)) {
    case Woken::kReady:
      return take_shared(*shared);
    case Woken::kOther:
      return take_socket();
    case Woken::kTimeout:
      break;
  }
  if (place_ == nullptr) shared->link.set_listening(false);
  throw RpcError(RPC_TIMEDOUT);
}

// Until the call has the turn, or may be sent.
void Call::wait_in_line() {
  if (!place_->has_turn()) {
    connection_.line().wait(*place_);
    connection_.stream().clear_error();  // what another thread ran into
  }
  if (place_->fate() != Line::Fate::kOpen) throw RpcError(RPC_CANTRECV, ECONNRESET);
}

void Call::leave_line() noexcept {
  connection_.line().leave(*std::exchange(place_, nullptr));
  Shared* const shared = connection_.shared();
  if (shared != nullptr && !connection_.line().has_sent()) shared->link.set_listening(false);
}

Woken Call::wait_for_message(Shared& shared) {
  const auto ready = [&] { return shared.link.receiver().ready(); };
  if (ready()) return Woken::kReady;
  if (shared.heaps != nullptr) shared.heaps->take_releases();  // while the server works
  if (connection_.stream().has_buffered(deadline_)) return Woken::kOther;
  if (shared.link.spin_until(ready, shared.writer.bytes_for_peer())) return Woken::kReady;
  return wait_while_others_send(shared);
}

// In a process of one thread there are none.
Woken Call::wait_while_others_send(Shared& shared) {
  const auto ready = [&] { return shared.link.receiver().ready(); };
  if (__libc_single_threaded) return shared.link.wait_aside(ready, deadline_, connection_.socket());
  if (place_ == nullptr && shared.link.may_spin()) {
    Deadline hiccup(kHiccup);
    const Woken woken = shared.link.wait_aside(ready, hiccup, connection_.socket());
    if (woken != Woken::kTimeout || now_ns() >= deadline_.at()) return woken;
  }
  if (place_ == nullptr) {
    place_ = &connection_.line().join();
    connection_.line().note_sent(*place_, {xid_, before_mark_, number_, sent_shared_});
  }
  const Line::Away away(connection_.line());
  return shared.link.wait_aside(ready, deadline_, connection_.socket());
}

// Another thread's call came upon this answer. It may have come for one that has given up meanwhile.
bool Call::take_begun() {
  const Begun begun = connection_.take_begun();
  if (!begun.is_shared) return take_socket(&begun);
  MessageReader& reader = connection_.shared()->reader;
  reader.go_on(wait_ns_);
  if (begun.next == Begun::Next::kRest) return reader.close(), false;
  reader.expect(subject(true), handle_.receive_policy());
  reader.decode_by(arguments_.decode);
  return end_message(reader, take_message(reader.xdr(), begun.next == Begun::Next::kAll ? nullptr : &begun));
}

bool Call::take_shared(Shared& shared) {
  MessageReader& reader = shared.reader;
  if (reader.peek() != MessageReader::Next::kMessage) throw memory::PeerFault("kind of a reply");
  reader.open(wait_ns_, RPC_TIMEDOUT);
  reader.expect(subject(true), handle_.receive_policy());
  reader.decode_by(arguments_.decode);
  return end_message(reader, take_plain_reply(reader) || take_message(reader.xdr(), nullptr));
}

bool Call::end_message(MessageReader& reader, bool mine) {
  reader.throw_failure();
  if (connection_.has_begun()) return false;  // it goes on in another thread
  connection_.counters().count_second(placed_, reader.took_placed(), reader.took_in_place());
  reader.close();
  return mine;
}

bool Call::take_socket(const Begun* begun) {
  association::SocketStream& stream = connection_.stream();
  if (begun != nullptr) stream.go_on(deadline_);
  if ((begun != nullptr || next_record()) && take_message(stream.xdr(), begun)) {
    connection_.note_socket_answer(xid_);
    if (error_.re_status == RPC_CANTDECODERES) stream.throw_error();  // it ended early
    return true;
  }
  // The last thing that the peer published may be the answer: look before the error is believed.
  Shared* const shared = connection_.shared();
  if (shared != nullptr && shared->link.receiver().ready()) return false;
  stream.throw_error();
  return false;
}

// Not inside a record: libtirpc's stream would take the answer to a later call for its rest.
bool Call::next_record() {
  association::SocketStream& stream = connection_.stream();
  if (!stream.has_buffered(deadline_)) stream.wait_readable(deadline_);
  return stream.error_stat() == RPC_SUCCESS && stream.next_record(deadline_);
}

// The answer as it nearly always is.
bool Call::take_plain_reply(MessageReader& reader) {
  const association::PlainReply expected = association::plain_reply(xid_);
  if (!reader.pass_over(std::as_bytes(std::span(expected)))) return false;
  opaque_auth none = _null_auth;
  take_results(none, reader.xdr());
  return true;
}

// An answer that succeeded: its verifier is checked, its results are decoded.
void Call::take_results(opaque_auth& verifier, XDR* xdrs) {
  AUTH* const auth = handle_.client()->cl_auth;
  const bool plain = association::is_plain_none(auth);  // it takes any verifier, and wraps nothing
  if (!plain && !AUTH_VALIDATE(auth, &verifier)) {
    error_.re_status = RPC_AUTHERROR;
    error_.re_why = AUTH_INVALIDRESP;
    return;
  }
  const auto where = static_cast<caddr_t>(arguments_.results);
  const bool decoded = plain ? arguments_.decode(xdrs, where) : AUTH_UNWRAP(auth, xdrs, arguments_.decode, where);
  if (!decoded) error_.re_status = RPC_CANTDECODERES;
}

// True: it was the answer, and was decoded.
bool Call::take_message(XDR* xdrs, const Begun* begun) {
  rpc_msg reply = empty_reply();
  if (begun != nullptr) reply.rm_xid = begun->xid;
  else if (!xdr_u_int32_t(xdrs, &reply.rm_xid)) return false;
  const bool mine = reply.rm_xid == xid_;
  if (!mine && hand_over({reply.rm_xid, xdrs != connection_.stream().xdr()})) return false;
  if (!decode_reply(xdrs, reply)) return false;  // not a reply: passed over, as libtirpc does
  if (mine) finish(xdrs, reply);
  else connection_.take_answer(reply, xdrs);  // any other is late: passed over
  free_verifier(reply);
  return mine;
}

// Whether it is another thread's, which has the turn now.
bool Call::hand_over(const Begun& message) {
  if (place_ == nullptr || !connection_.line().give_turn(*place_, message.xid)) return false;
  connection_.put_begun(message);
  return true;
}

void Call::finish(XDR* xdrs, rpc_msg& reply) {
  _seterr_reply(&reply, &error_);
  if (error_.re_status == RPC_SUCCESS) return take_results(reply.acpted_rply.ar_verf, xdrs);
  again_ = AUTH_REFRESH(handle_.client()->cl_auth, &reply) != 0;
}

// --- what ends a call early ---

// Says so when a call is left by neither a result nor an RpcError.
class UnwindGuard {
 public:
  explicit UnwindGuard(Connection& connection) noexcept : connection_(connection) {}
  UnwindGuard(const UnwindGuard&) = delete;
  ~UnwindGuard() {
    if (!done_) connection_.on_call_unwound();
  }
  void done() noexcept { done_ = true; }

 private:
  Connection& connection_;
  bool done_ = false;
};

// A signal handler calls within a call on the same connection.
clnt_stat refuse_call(Handle& handle) {
  const LookGuard guard(handle.connection().line());
  return guard.may_read() ? handle.fail(RPC_CANTSEND, EDEADLK) : RPC_CANTSEND;
}

}  // namespace

// The handle's last error is written with the lock.
[[gnu::no_sanitize("null")]]  // for c_boundary(), which is inlined here
clnt_stat call_remote(Handle& handle, const CallArguments& arguments) {
  Connection& connection = handle.connection();
  const CallGuard guard(connection.line());
  if (!guard.is_usable()) return refuse_call(handle);
  const auto run = [&] {
    UnwindGuard unwind(connection);
    const clnt_stat stat = observing_errors([&] { return Call(handle, arguments).run(); },
                                            [&](const RpcError& error) {
                                              unwind.done();
                                              connection.on_call_error(error);
                                            });
    unwind.done();
    return stat;
  };
  return c_boundary(run, [&](clnt_stat stat, int error) { return handle.fail(stat, error); });
}

clnt_stat upgrade_handle(Handle& handle, Nanoseconds timeout_ns) {
  Connection& connection = handle.connection();
  const CallGuard guard(connection.line());
  if (!guard.is_usable()) return RPC_TIMEDOUT;
  Deadline deadline(timeout_ns);
  connection.drive_upgrade(deadline);
  return connection.shared() != nullptr ? RPC_SUCCESS : RPC_UNKNOWNPROTO;
}

}  // namespace vmrpc::client
