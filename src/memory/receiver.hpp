// SPDX-License-Identifier: BSD-3-Clause
// The reading half of one direction: frames and stream of the peer's region.
//
// Every word is read once, checked, and used from the private copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "memory/region.hpp"

namespace vmrpc::memory {

class Receiver {
 public:
  Receiver(const PeerRegion& peer, OwnRegion& own) noexcept : peer_(peer), own_(own) {}

  // Whether the next frame is there; throws PeerFault on a word that cannot be.
  bool ready() const {
    const std::uint64_t raw = frame().word.load(std::memory_order_seq_cst);
    if (static_cast<std::uint32_t>(raw >> 32) == next_) return true;
    check_not_ready(raw);
    return false;
  }

  // Takes up the next frame, which is ready. The message stays open until release(): opening it
  // again tells the same.
  FrameKind open();
  bool is_open() const noexcept { return open_; }

  // The number of the message that is open, which releases name.
  std::uint32_t number() const noexcept { return next_; }
  // kInline and kPlaced: copies the message out, returns its length.
  std::size_t copy_inline(std::span<unsigned char, kFrameBodyBytes> out) const {
    std::memcpy(out.data(), frame().body, word_.length_bytes);
    return word_.length_bytes;
  }
  // kSocket.
  std::uint64_t sent_over_socket() const;

  // kStream: bytes of this message that can be read now.
  std::size_t stream_available();
  // Whether the writer has ended the message; then stream_available() is all that is left.
  bool stream_ended() const noexcept { return end_known_; }
  bool stream_aborted() const noexcept { return aborted_; }
  // Copies `out.size()` bytes, no more than are available. Returns whether the writer was told.
  bool copy_stream(std::span<unsigned char> out);
  // Passes over `count` bytes, no more than are available. Returns whether the writer was told.
  bool skip_stream(std::size_t count);

  // Ends the message: its frame, and all of its stream bytes, belong to the writer again.
  // A stream message must have been read or skipped to its end. True when a writer that waits for
  // a free frame has to be told: not for each one, which would wake it just before the answer.
  [[nodiscard]] bool release() {
    // A writer waits when all frames are taken: among them is one of these.
    const bool tell = next_ % (kFrameCount / 2) == 0;
    if (stream_read_ != stream_acknowledged_) acknowledge_stream(true);
    own_.shared().read.frames.store(next_, tell ? std::memory_order_seq_cst : std::memory_order_release);
    ++next_;
    open_ = false;
    return tell;
  }

 private:
  const FrameShared& frame() const noexcept { return peer_.shared().frames[next_ % kFrameCount]; }
  // What is there before the next message: the frame's previous use, or nothing yet.
  void check_not_ready(std::uint64_t raw) const {
    if (static_cast<std::uint32_t>(raw >> 32) != next_ - kFrameCount && (raw != 0 || next_ > kFrameCount)) fail_sequence();
  }
  [[noreturn]] static void fail_sequence();
  void open_stream();
  void learn_end(std::uint64_t written);
  bool acknowledge_stream(bool always);

  const PeerRegion& peer_;
  OwnRegion& own_;
  std::uint32_t next_ = 1;
  bool open_ = false;
  FrameWord word_{};
  std::uint64_t stream_read_ = 0;
  std::uint64_t stream_acknowledged_ = 0;
  std::uint64_t stream_written_ = 0;  // as far as we know
  std::uint64_t end_ = 0;
  bool end_known_ = false;
  bool aborted_ = false;
};

}  // namespace vmrpc::memory
