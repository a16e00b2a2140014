// SPDX-License-Identifier: BSD-3-Clause
// An XDR stream (RFC 4506) that decodes one message of the peer's region.
//
// Messages are read once: through a private window, or, in large pieces, straight into the
// memory that they are decoded to. What was read is never looked at again.
#pragma once

#include <rpc/rpc.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include "association/failure.hpp"
#include "association/heaps.hpp"
#include "association/link.hpp"
#include "rpc/vm_types.h"

namespace vmrpc::association {

class MessageReader {
 public:
  MessageReader(Link& link, Heaps* heaps);
  MessageReader(const MessageReader&) = delete;

  // What lies next in the peer's region.
  enum class Next { kNothing, kMessage, kSocketMark };
  Next peek() {
    memory::Receiver& receiver = link_.receiver();
    if (!receiver.ready()) return Next::kNothing;
    return receiver.open() == memory::FrameKind::kSocket ? Next::kSocketMark : Next::kMessage;
  }
  // The count of the socket mark that is next; takes it away.
  std::uint64_t take_socket_mark();

  // Opens the message that is next. Waiting for the rest of a message that is still being written
  // gives up after `patience_ns` without progress, which is an RpcError of `late`.
  void open(Nanoseconds patience_ns, clnt_stat late = RPC_CANTRECV) {
    patience_ns_ = patience_ns;
    late_ = late;
    xdr_.x_op = XDR_DECODE;
    xdr_.x_base = heaps_ != nullptr ? reinterpret_cast<char*>(&xdr_) : nullptr;
    failure_.forget();
    window_at_ = window_end_ = window_base_ = taken_ = 0;
    took_placed_ = took_in_place_ = false;
    open_ = true;
    if (link_.receiver().open() != memory::FrameKind::kInline) return open_other();
    copy_frame();
    release_frame();  // all of it is private now
  }
  // With a message that is open, and that another thread may have failed to read.
  void go_on(Nanoseconds patience_ns) noexcept {
    patience_ns_ = patience_ns;
    failure_.forget();
  }
  // Messages of more bytes fail with EMSGSIZE; 0 for no limit.
  void set_limit(std::size_t max_bytes) noexcept { max_bytes_ = max_bytes; }
  // What the values that come next are about, and what may be done with them.
  void expect(const Subject& subject, const ReceivePolicy& policy) noexcept {
    subject_ = subject;
    policy_ = policy;
  }
  // By that routine.
  void decode_by(xdrproc_t routine) noexcept { routine_ = routine; }
  bool is_open() const noexcept { return open_; }
  // Nothing of it was taken.
  bool is_untouched() const noexcept { return window_at_ == 0 && window_base_ == 0; }
  // A placed value was received, and whether the program has it in place.
  bool took_placed() const noexcept { return took_placed_; }
  bool took_in_place() const noexcept { return took_in_place_; }
  // All of the message is in private memory.
  bool is_private() const noexcept { return !frame_open_ && !has_placed_; }
  XDR* xdr() noexcept { return &xdr_; }
  // What lies next in private memory, at least all of an inline message.
  std::span<const unsigned char> window() const noexcept {
    return {window_ + window_at_, window_end_ - window_at_};
  }
  void skip(std::size_t count) noexcept { window_at_ += count; }
  // Passes over these bytes if they are what comes next.
  bool pass_over(std::span<const std::byte> expected) noexcept {
    if (window().size() < expected.size() ||
        std::memcmp(window().data(), expected.data(), expected.size()) != 0) {
      return false;
    }
    skip(expected.size());
    return true;
  }
  // Passes over what was not decoded and gives the message back to its writer.
  void close() {
    if (!open_) return;
    if (has_placed_ || frame_open_) close_other();
    open_ = false;
  }
  // Throws what an operation of the stream ran into while it waited; a decoding error is none.
  void throw_failure() const { failure_.throw_again(); }

 private:
  friend struct ReaderOps;
  static constexpr std::size_t kWindowBytes = 4096;

  void copy_frame() {
    window_end_ = link_.receiver().copy_inline(std::span<unsigned char, memory::kFrameBodyBytes>(
        window_, memory::kFrameBodyBytes));
    link_.counters().bytes_received.add(window_end_);
  }
  void release_frame() {
    if (link_.receiver().release()) link_.notify();
  }
  void open_other();
  void check_length();
  void close_other();
  void pass_over_stream();
  bool offer(rpc_vm_xdr& value);
  bool take_placed(const placement::Plan& plan, void* objp);
  bool take_from_frame(const placement::Plan& plan, std::uintptr_t root, void* objp);
  std::optional<placement::Placed> read_placed(const placement::Plan& plan);
  void release_placed();
  bool get(std::span<unsigned char> out);
  bool get_from_stream(std::span<unsigned char> out);
  const std::int32_t* peek_contiguous(std::size_t count);
  void take(std::span<unsigned char> out);
  bool refill();
  bool set_position(std::size_t position);
  template <typename Enough>
  std::size_t wait_for_stream(const Enough& enough);
  std::size_t wait_for_bytes();

  Link& link_;
  Heaps* const heaps_;
  Subject subject_;
  ReceivePolicy policy_;
  xdrproc_t routine_ = nullptr;
  bool has_placed_ = false;     // the frame is ours until close(): a value may lie in it
  bool must_release_ = false;   // and the writer waits for its number
  bool took_placed_ = false;
  bool took_in_place_ = false;
  placement::KnownPlan plan_;
  XDR xdr_{};
  Nanoseconds patience_ns_ = 0;
  clnt_stat late_ = RPC_CANTRECV;
  std::size_t max_bytes_ = 0;
  std::size_t taken_ = 0;  // of the stream, for this message
  bool open_ = false;
  bool frame_open_ = false;  // a stream message whose frame is still ours
  std::size_t window_at_ = 0;
  std::size_t window_end_ = 0;
  std::size_t window_base_ = 0;  // position of the window's first byte in the message
  Failure failure_;
  alignas(8) unsigned char window_[kWindowBytes];
};

}  // namespace vmrpc::association
