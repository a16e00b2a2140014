// SPDX-License-Identifier: BSD-3-Clause
// The path of a call. Read Call::run() first.
#include "config.h"

#include "client/call.hpp"

#include <arpa/inet.h>

#include <cerrno>
#include <utility>

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

class Call {
 public:
  Call(Handle& handle, const CallArguments& arguments)
      : handle_(handle),
        connection_(handle.connection()),
        arguments_(arguments),
        deadline_(wait_of(handle, arguments.timeout)) {}

  clnt_stat run();

 private:
  static Nanoseconds wait_of(Handle& handle, const timeval& timeout) {
    handle.apply_timeout(timeout);
    return handle.wait_ns();
  }
  bool waits_not() const { return arguments_.timeout.tv_sec == 0 && arguments_.timeout.tv_usec == 0; }
  association::Subject subject(bool is_reply) const {
    return {static_cast<std::uint32_t>(handle_.program()), static_cast<std::uint32_t>(handle_.version()),
            static_cast<std::uint32_t>(arguments_.procedure), is_reply};
  }
  bool is_batched() const { return arguments_.decode == nullptr && waits_not(); }

  void attempt();
  void attempt_once();
  bool was_not_taken();
  void send();
  void send_shared(Shared& shared);
  void send_socket();
  bool marshal_shared(association::MessageWriter& writer);
  bool marshal(XDR* xdrs);

  void receive();
  bool receive_one();
  Woken wait_for_message(Shared& shared);
  bool take_shared(Shared& shared);
  bool take_socket();
  bool take_plain_reply(MessageReader& reader);
  bool take_message(XDR* xdrs);
  void finish(XDR* xdrs, rpc_msg& reply);
  void take_results(opaque_auth& verifier, XDR* xdrs);

  Handle& handle_;
  Connection& connection_;
  const CallArguments& arguments_;
  Deadline deadline_;
  std::uint32_t xid_ = 0;
  bool again_ = false;  // with refreshed credentials
  bool probed_ = false;
  bool placed_ = false;  // the arguments were
  bool sent_shared_ = false;
  std::uint32_t before_mark_ = 0, number_ = 0;  // of the frames that the call took
};

clnt_stat Call::run() {
  int refreshes = 2;  // as often as libtirpc asks for new credentials
  do {
    again_ = false;
    attempt();
  } while (again_ && refreshes-- > 0);
  return handle_.error().re_status;
}

// The peer may leave shared memory while a call is on its way: what it did not take goes over the socket. It says
// itself what it took, so nothing is sent twice.
void Call::attempt() {
  const bool ended = completes([&] { attempt_once(); }, [&](const RpcError&) { return was_not_taken(); });
  if (ended) return;
  connection_.leave_shared(RPC_VM_OFF);
  attempt_once();
}

// What came before this call, calls that nobody waits for, must have been taken, as far as it was no mark of our own.
bool Call::was_not_taken() {
  Shared* const shared = connection_.shared();
  if (shared == nullptr || !sent_shared_ || !shared->link.peer_has_left()) return false;
  const std::uint32_t next = shared->link.sender().next_to_be_read();
  return next == before_mark_ || next == number_;
}

void Call::attempt_once() {
  handle_.error().re_status = RPC_SUCCESS;
  connection_.stream().clear_error();
  send();
  if (is_batched()) return connection_.counters().batched.add();
  if (waits_not()) throw RpcError(RPC_TIMEDOUT);
  receive();
  if (probed_) connection_.await_probe_answer();
}

// --- sending ---

void Call::send() {
  Shared* const shared = connection_.shared();
  if (shared == nullptr) return send_socket();
  if (may_share(handle_.client()->cl_auth)) return send_shared(*shared);
  connection_.counters().fallbacks.add();
  send_socket();
}

bool Call::marshal_shared(association::MessageWriter& writer) {
  if (!association::is_plain_none(handle_.client()->cl_auth)) return marshal(writer.xdr());
  const CallHeader& header = handle_.next_header(arguments_.procedure);
  xid_ = ntohl(header.xid);
  writer.put_header(association::PlainCallHeader{header});
  return arguments_.encode(writer.xdr(), arguments_.arguments);
}

bool Call::marshal(XDR* xdrs) {
  const CallHeader& header = handle_.next_header(arguments_.procedure);
  xid_ = ntohl(header.xid);
  AUTH* const auth = handle_.client()->cl_auth;
  return XDR_PUTBYTES(xdrs, reinterpret_cast<const char*>(&header), sizeof header) &&
         AUTH_MARSHALL(auth, xdrs) &&
         AUTH_WRAP(auth, xdrs, arguments_.encode, static_cast<caddr_t>(arguments_.arguments));
}

void Call::send_shared(Shared& shared) {
  const Nanoseconds patience_ns = waits_not() ? kBatchPatience : handle_.wait_ns();
  Deadline room(patience_ns);
  sent_shared_ = true;
  before_mark_ = number_ = shared.link.sender().next_number();
  connection_.mark_order(shared, room);
  number_ = shared.link.sender().next_number();
  const auto free = [&] { return shared.link.sender().frame_free(); };
  if (shared.link.wait(free, room) != Woken::kReady) throw RpcError(RPC_TIMEDOUT);
  if (shared.heaps != nullptr) shared.heaps->accepted().expect(subject(true), arguments_.decode);
  shared.link.set_listening(false);  // while we write, an answer to an earlier call only stands in the way
  shared.writer.begin(subject(false), patience_ns);
  bool encoded = marshal_shared(shared.writer);
  if (!encoded && shared.writer.must_begin_again()) {
    shared.writer.begin_again();
    encoded = marshal_shared(shared.writer);
  }
  if (!encoded && !shared.writer.has_failed()) throw RpcError(RPC_CANTENCODEARGS);
  shared.link.set_listening(!waits_not());
  shared.writer.finish();
  placed_ = shared.writer.is_placed();
  (placed_ ? connection_.counters().calls_placed : connection_.counters().calls_xdr).add();
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
  shared->link.set_listening(false);
  throw RpcError(RPC_TIMEDOUT);
}

Woken Call::wait_for_message(Shared& shared) {
  const auto ready = [&] { return shared.link.receiver().ready(); };
  if (ready()) return Woken::kReady;
  if (shared.heaps != nullptr) shared.heaps->take_releases();  // while the server works
  if (connection_.stream().has_buffered(deadline_)) return Woken::kOther;
  return shared.link.wait(ready, deadline_, connection_.socket(), shared.writer.bytes_for_peer());
}

bool Call::take_shared(Shared& shared) {
  if (shared.reader.peek() != MessageReader::Next::kMessage) throw memory::PeerFault("kind of a reply");
  shared.reader.open(handle_.wait_ns());
  shared.reader.expect(subject(true), handle_.receive_policy());
  const bool mine = take_plain_reply(shared.reader) || take_message(shared.reader.xdr());
  shared.reader.throw_failure();
  connection_.counters().count_second(placed_, shared.reader.took_placed(), shared.reader.took_in_place());
  shared.reader.close();
  return mine;
}

bool Call::take_socket() {
  association::SocketStream& stream = connection_.stream();
  // Not inside a record: libtirpc's stream would take the answer to a later call for its rest.
  if (!stream.has_buffered(deadline_)) stream.wait_readable(deadline_);
  if (stream.error_stat() == RPC_SUCCESS && stream.next_record(deadline_) && take_message(stream.xdr())) {
    connection_.note_socket_answer(xid_);
    return true;
  }
  // The last thing that the peer published may be the answer: look before the error is believed.
  Shared* const shared = connection_.shared();
  if (shared != nullptr && shared->link.receiver().ready()) return false;
  stream.throw_error();
  return false;
}

// The answer as it nearly always is.
bool Call::take_plain_reply(MessageReader& reader) {
  const association::PlainReply expected = association::plain_reply(xid_);
  if (!reader.pass_over(std::as_bytes(std::span(expected)))) return false;
  handle_.error().re_status = RPC_SUCCESS;  // a handler's call, which failed, may have been here meanwhile
  opaque_auth none = _null_auth;
  take_results(none, reader.xdr());
  return true;
}

// An answer that succeeded: its verifier is checked, its results are decoded.
void Call::take_results(opaque_auth& verifier, XDR* xdrs) {
  rpc_err& error = handle_.error();
  AUTH* const auth = handle_.client()->cl_auth;
  const bool plain = association::is_plain_none(auth);  // it takes any verifier, and wraps nothing
  if (!plain && !AUTH_VALIDATE(auth, &verifier)) {
    error.re_status = RPC_AUTHERROR;
    error.re_why = AUTH_INVALIDRESP;
    return;
  }
  const auto where = static_cast<caddr_t>(arguments_.results);
  const bool decoded = plain ? arguments_.decode(xdrs, where) : AUTH_UNWRAP(auth, xdrs, arguments_.decode, where);
  if (!decoded) error.re_status = RPC_CANTDECODERES;
}

// True: it was the answer, and was decoded.
bool Call::take_message(XDR* xdrs) {
  rpc_msg reply = empty_reply();
  if (!xdr_replymsg(xdrs, &reply)) return false;  // not a reply: passed over, as libtirpc does
  const bool mine = reply.rm_xid == xid_;
  if (mine) {
    finish(xdrs, reply);
  } else {
    connection_.take_answer(reply, xdrs);  // any other is late: passed over
  }
  free_verifier(reply);
  return mine;
}

void Call::finish(XDR* xdrs, rpc_msg& reply) {
  rpc_err& error = handle_.error();
  _seterr_reply(&reply, &error);
  if (error.re_status == RPC_SUCCESS) return take_results(reply.acpted_rply.ar_verf, xdrs);
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

}  // namespace

clnt_stat call_remote(Handle& handle, const CallArguments& arguments) {
  Connection& connection = handle.connection();
  const CallGuard guard(connection.lock());
  if (!guard.is_usable()) throw RpcError(RPC_CANTSEND, EDEADLK);
  UnwindGuard unwind(connection);
  const clnt_stat stat = observing_errors([&] { return Call(handle, arguments).run(); },
                                          [&](const RpcError& error) {
                                            unwind.done();
                                            connection.on_call_error(error);
                                          });
  unwind.done();
  return stat;
}

clnt_stat upgrade_handle(Handle& handle, Nanoseconds timeout_ns) {
  Connection& connection = handle.connection();
  const CallGuard guard(connection.lock());
  if (!guard.is_usable()) return RPC_TIMEDOUT;
  Deadline deadline(timeout_ns);
  connection.drive_upgrade(deadline);
  return connection.shared() != nullptr ? RPC_SUCCESS : RPC_UNKNOWNPROTO;
}

}  // namespace vmrpc::client
