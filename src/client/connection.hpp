// SPDX-License-Identifier: BSD-3-Clause
// One client connection: its socket, and the shared memory beside it once it is upgraded.
//
// Handles made on one descriptor share it. Everything here needs the lock of its line.
#pragma once

#include <rpc/rpc.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "association/client_upgrade.hpp"
#include "association/quiesce.hpp"
#include "association/report.hpp"
#include "association/shared.hpp"
#include "association/socket_stream.hpp"
#include "base/process.hpp"
#include "client/line.hpp"

namespace vmrpc::client {

using association::Shared;

// A message that a call has begun to read and that is not its own.
struct Begun {
  enum class Next {
    kBody,  // its XID was read, and who has it has the turn
    kAll,   // nothing was read
    kRest   // nobody wants it: it is passed over
  };
  std::uint32_t xid;
  bool is_shared;
  Next next = Next::kBody;
};

class Connection final : public association::Quiescible {
 public:
  Connection(int socket, u_int send_bytes, u_int receive_bytes);
  ~Connection() { stop_listening(); }

  // With the connection's lock.
  Line& line() noexcept { return line_; }
  int socket() const noexcept { return socket_; }
  association::SocketStream& stream() noexcept { return *stream_; }
  association::Report& report() noexcept { return report_; }
  Counters& counters() noexcept { return report_.counters(); }

  // Shared memory, when this connection is upgraded and this process may use it.
  Shared* shared() noexcept {
    return shared_ != nullptr && is_this_process(process_) ? shared_.get() : nullptr;
  }
  // A call ended with this error: a message that was begun is taken back, and shared memory is
  // given up when its peer is gone or lies.
  void on_call_error(const RpcError& error);
  // Goes back to the socket, for that reason.
  void leave_shared(rpc_vm_reason reason);
  // The next one on this connection. Handles on one descriptor count together: an answer that nobody waits for any more
  // is not taken for another's.
  std::uint32_t next_xid() noexcept { return --xid_; }
  void set_xid(std::uint32_t last) noexcept { xid_ = last; }
  // Of the first handle.
  void begin_xids(std::uint32_t last) noexcept {
    if (!std::exchange(has_xids_, true)) xid_ = last;
  }
  // Without the lock.
  bool try_leave() override;
  bool is_asked_to_leave() const noexcept { return leave_asked_.load(std::memory_order_relaxed); }
  // Leaves shared memory, if an administrator wants it and nothing is on its way.
  void leave_if_asked() {
    if (is_asked_to_leave()) leave_as_asked();
  }
  // No calls of other threads are on their way or wait to be.
  bool is_alone() const noexcept { return line_.is_empty() || !is_this_process(process_); }
  // Waits until that is so, away from the lock.
  void wait_until_alone();
  // For who has the turn next.
  void put_begun(const Begun& begun) noexcept {
    begun_ = begun;
    has_begun_ = true;
  }
  bool has_begun() const noexcept { return has_begun_ && is_this_process(process_); }
  Begun take_begun() noexcept {
    has_begun_ = false;
    return begun_;
  }
  // A call was left by cancellation or an exception of the program's: what it had begun is ended.
  void on_call_unwound();

  // --- the upgrade ---
  // Decides whether there is anything to try; `program` is that of the first handle.
  void consider_upgrade(rpcprog_t program);
  association::ClientUpgrade* upgrade() noexcept { return upgrade_.get(); }
  // Whether a control call should go out behind the program's next call: not behind the first.
  bool has_due() const noexcept;
  // Puts it behind the record that is held back; the caller flushes. Whether it was the probe.
  bool send_due();
  // Over AF_UNIX a stock server dies of SIGPIPE when it answers a client that has left: the answer, which comes
  // right behind that of the program's call, is waited for, but not for long.
  void await_probe_answer();
  void note_waiting_call() noexcept { ++waiting_calls_; }
  // Whether the record that was read is an answer to a control call, which it then takes.
  bool take_answer(const rpc_msg& reply, XDR* xdrs);
  // Sends and reads control calls until it is up, stays, or the deadline. Throws RpcError.
  void drive_upgrade(Deadline& deadline);
  void set_spin(unsigned usec);

  // A server that closed on the unanswered probe with nothing outstanding: connects anew, once.
  void reconnect_if_probe_was_refused(const struct netbuf& address, Deadline& deadline);

  // --- order ---
  // A record went out over the socket: what follows in shared memory comes after it.
  void note_socket_record(std::uint32_t xid) noexcept;
  // The answer to that record came: it was served.
  void note_socket_answer(std::uint32_t xid) noexcept;
  // Publishes that socket records come first, if any are not known to have been served.
  void mark_order(Shared& shared, Deadline& deadline) {
    if (order_unknown_) publish_mark(shared, deadline);
  }
  bool is_order_known() const noexcept { return !order_unknown_; }

 private:
  void leave_message() noexcept;
  bool leave_if_idle();
  void leave_as_asked();
  void end_line() noexcept;
  void publish_mark(Shared& shared, Deadline& deadline);
  void go_up();
  void end_shared(const RpcError& error);
  void stay(rpc_vm_reason reason);
  bool read_control_record(Deadline& deadline);

  const int socket_;
  const u_int send_bytes_;
  const u_int receive_bytes_;
  Line line_;
  bool has_begun_ = false;
  Begun begun_{};
  std::atomic<bool> leave_asked_{false};
  association::Report report_;
  std::unique_ptr<association::SocketStream> stream_;
  std::unique_ptr<association::ClientUpgrade> upgrade_;
  std::unique_ptr<Shared> shared_;
  std::uint64_t process_;
  std::uint32_t xid_ = 0;
  bool has_xids_ = false;
  std::optional<unsigned> spin_us_;
  bool considered_ = false;
  std::uint64_t waiting_calls_ = 0;  // over the socket
  bool may_reconnect_ = true;
  std::uint64_t socket_records_ = 0;  // since PROVE was sent
  bool order_unknown_ = false;
  std::uint32_t last_socket_xid_ = 0;
};

// The connection of a socket: that of a live handle on the same descriptor, or a new one.
std::shared_ptr<Connection> connection_of(int socket, u_int send_bytes, u_int receive_bytes);

}  // namespace vmrpc::client
