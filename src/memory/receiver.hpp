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
  // The regions stay where they are.
  Receiver(const PeerRegion& peer, OwnRegion& own) noexcept
      : peer_(peer), shared_(peer.shared()), own_(own.shared()) {}

  // Whether the next frame is there; throws PeerFault on a word that cannot be.
  bool ready() const {
    const std::uint64_t raw = frame().word.load(std::memory_order_seq_cst);
    if (static_cast<std::uint32_t>(raw >> 32) == next_) return true;
    if (!is_old(raw)) fail("sequence number of a frame");
    return false;
  }

  // Whether the next frame is not as it was: cheaper than ready(), which has to be asked then.
  bool has_changed() const noexcept { return !is_old(frame().word.load(std::memory_order_relaxed)); }

  // Takes up the next frame, which is ready. The message stays open until release(): opening it
  // again tells the same.
  FrameKind open() {
    if (open_) return word_.kind;  // read and checked once, until release()
    word_ = FrameWord::unpack(frame().word.load(std::memory_order_acquire));
    if (word_.sequence != next_) fail("sequence number of a frame");
    if (word_.length_bytes > kFrameBodyBytes) fail("length of a frame");
    if (word_.kind != FrameKind::kInline) open_other();
    open_ = true;
    return word_.kind;
  }
  bool is_open() const noexcept { return open_; }

  // The number of the message that is open, which releases name.
  std::uint32_t number() const noexcept { return next_; }
  // kInline and kPlaced: copies the message out, returns its length.
  std::size_t copy_inline(std::span<unsigned char, kFrameBodyBytes> out) const {
    const unsigned char* const body = frame().body;
    std::memcpy(out.data(), body, kFirstLineBytes);  // mostly all: a copy of constant length costs no call
    if (word_.length_bytes > kFirstLineBytes) {
      std::memcpy(out.data() + kFirstLineBytes, body + kFirstLineBytes, word_.length_bytes - kFirstLineBytes);
    }
    return word_.length_bytes;
  }
  // kPlaced: where `bytes` at that address are, if they lie in the frame; else null.
  const unsigned char* in_frame(std::uintptr_t address, std::size_t bytes) const noexcept {
    const unsigned char* const body = frame().body;
    const std::uintptr_t offset = address - reinterpret_cast<std::uintptr_t>(body);
    return bytes <= kFrameBodyBytes && offset <= kFrameBodyBytes - bytes ? body + offset : nullptr;
  }
  // kSocket.
  std::uint64_t sent_over_socket() const;

  // kStream: bytes of this message that can be read now.
  std::size_t stream_available();
  // What the stream holds at most.
  std::size_t stream_capacity() const noexcept { return peer_.stream_bytes(); }
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
    // Apart: an order that is not a constant is compiled as seq_cst, an exchange for each message.
    if (tell) own_.read.frames.store(next_, std::memory_order_seq_cst);
    else own_.read.frames.store(next_, std::memory_order_release);
    ++next_;
    open_ = false;
    return tell;
  }

 private:
  static constexpr std::size_t kFirstLineBytes = 64 - sizeof(FrameShared::word);

  const FrameShared& frame() const noexcept { return shared_.frames[next_ % kFrameCount]; }
  // What is there before the next message: the frame's previous use, or nothing yet.
  bool is_old(std::uint64_t raw) const noexcept {
    return static_cast<std::uint32_t>(raw >> 32) == next_ - kFrameCount || (raw == 0 && next_ <= kFrameCount);
  }
  [[noreturn]] static void fail(const char* what);
  void open_other();
  void open_stream();
  void learn_end(std::uint64_t written);
  bool acknowledge_stream(bool always);

  const PeerRegion& peer_;
  const RegionShared& shared_;
  RegionShared& own_;
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
