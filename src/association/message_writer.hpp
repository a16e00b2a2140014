// SPDX-License-Identifier: BSD-3-Clause
// An XDR stream (RFC 4506) that encodes one message into the own region.
//
// What is small is staged in private memory and published whole; more goes through the stream,
// which the peer reads while it is being written.
#pragma once

#include <rpc/rpc.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "association/failure.hpp"
#include "association/heaps.hpp"
#include "association/link.hpp"
#include "rpc/vm_types.h"

namespace vmrpc::association {

class MessageWriter {
 public:
  // Without heaps, everything is encoded.
  MessageWriter(Link& link, Heaps* heaps);
  MessageWriter(const MessageWriter&) = delete;

  // Begins a message about `subject`; needs a free frame. A write that cannot go on because the peer does not read
  // is given up after `patience_ns` without progress; with `while_peer_listens`, also when
  // the peer says that it waits for nothing. `whole`: only what can be published at once is.
  void begin(const Subject& subject, Nanoseconds patience_ns, bool while_peer_listens = false, bool whole = false) {
    subject_ = subject;
    patience_ns_ = patience_ns;
    while_peer_listens_ = while_peer_listens;
    whole_ = whole;
    if (outgoing_) outgoing_.reset();
    is_placed_ = false;
    too_much_behind_ = false;
    used_ = streamed_ = 0;
    kept_.clear();
    failure_.forget();
    xdr_.x_op = XDR_ENCODE;
    // This is how generated code knows a stream that takes values (rpc/vm_types.h).
    xdr_.x_base = heaps_ != nullptr ? reinterpret_cast<char*>(&xdr_) : nullptr;
  }
  // The header, right behind begin(): what XDR_PUTBYTES does, without asking.
  template <typename Header>
  void put_header(const Header& header) noexcept {
    static_assert(sizeof header <= kStageBytes && std::is_trivially_copyable_v<Header>);
    std::memcpy(stage_, &header, sizeof header);
    used_ = sizeof header;
  }
  // Begins once more, with nothing placed: what came behind the value was too much for its frame.
  bool must_begin_again() const noexcept { return too_much_behind_; }
  void begin_again();
  // What the peer has to copy, or to read where it is, before it can answer.
  std::size_t bytes_for_peer() const noexcept { return is_placed_ ? whole_bytes_ : streamed_; }
  // The message has a placed value.
  bool is_placed() const noexcept { return is_placed_; }
  XDR* xdr() noexcept { return &xdr_; }
  // Publishes what is left and wakes the peer. Throws what an operation of the stream ran into. False: it could not be
  // published whole, and was not; take_kept() has it.
  bool finish() {
    memory::Sender& sender = link_.sender();
    if (used_ > memory::kFrameBodyBytes || is_placed_ || streamed_ != 0 || has_failed()) return finish_other();
    link_.counters().bytes_placed.add(used_);
    sender.publish_inline({stage_, used_});
    link_.notify();
    return true;
  }
  std::vector<unsigned char> take_kept() noexcept { return std::exchange(kept_, {}); }
  // Takes the message back: unless a part of it was published, nobody will know of it.
  // Otherwise its reader is told that it ends here. Returns whether a part was published.
  bool abandon() noexcept;
  // Whether an operation failed for a reason of its own: finish() tells which.
  bool has_failed() const noexcept { return failure_.is_known(); }

 private:
  friend struct WriterOps;
  static constexpr std::size_t kStageBytes = 4096;

  bool finish_other();
  bool publish_kept(std::span<const unsigned char> staged);
  bool offer(rpc_vm_xdr& value);
  bool place_in_frame(const placement::Plan& plan, rpc_vm_xdr& value);
  bool append_placed(const placement::Plan& plan);
  bool is_full(std::size_t count) noexcept;
  void publish_placed(std::span<const unsigned char> staged);
  bool put(std::span<const unsigned char> bytes);
  std::int32_t* reserve(std::size_t count);
  bool set_position(std::size_t position);
  std::size_t position() const noexcept { return streamed_ + used_; }
  void flush_stage();
  void stream_out(std::span<const unsigned char> bytes);
  void wait_for_room();

  Link& link_;
  Heaps* const heaps_;
  Subject subject_;
  bool is_placed_ = false;
  std::optional<Outgoing> outgoing_;  // none for a small value that lies in its frame
  std::size_t placed_limit_ = 0;  // the frame's bytes from there on are the value's
  std::uint64_t placed_bytes_ = 0;  // without what was passed by address
  std::uint64_t whole_bytes_ = 0;
  bool too_much_behind_ = false;
  placement::KnownPlan plan_;
  XDR xdr_{};
  Nanoseconds patience_ns_ = 0;
  bool while_peer_listens_ = false;
  bool whole_ = false;
  std::size_t used_ = 0;      // of the stage
  std::size_t streamed_ = 0;  // bytes of this message that left the stage
  Failure failure_;           // finish() throws it
  std::vector<unsigned char> kept_;  // of a message that has to be published whole
  alignas(8) unsigned char stage_[kStageBytes];
};

}  // namespace vmrpc::association
