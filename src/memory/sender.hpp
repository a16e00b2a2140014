// SPDX-License-Identifier: BSD-3-Clause
// The writing half of one direction: frames and stream of the own region.
//
// Positions are private: they are published, never read back. What the peer says of its reading
// is checked: it may not run ahead of what was written, nor go back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "memory/region.hpp"

namespace vmrpc::memory {

class Sender {
 public:
  // The regions stay where they are.
  Sender(OwnRegion& own, const PeerRegion& peer) noexcept
      : own_(own), shared_(own.shared()), peer_(peer.shared()) {}

  // Whether a frame is free. Reads the peer's position only when it has to.
  bool frame_free() {
    return next_ - frames_read_ < kFrameCount || next_ - refresh_frames_read() < kFrameCount;
  }
  // Whether the peer has read every frame.
  bool all_read() { return refresh_frames_read() == next_; }

  // The number of the frame that the peer reads next.
  std::uint32_t next_to_be_read() { return refresh_frames_read(); }

  // Publishes a message of at most kFrameBodyBytes. Needs a free frame.
  void publish_inline(std::span<const unsigned char> message) {
    // An empty span may have no address, which memcpy() must not see.
    if (!message.empty()) std::memcpy(next_frame().body, message.data(), message.size());
    publish(FrameKind::kInline, message.size());
  }
  // The same for a message with a placed value. What lies in the frame behind the message was written there before.
  void publish_placed(std::span<const unsigned char> message, bool held);
  // The next frame's body from `offset` on, and the number that it will have. Needs a free frame.
  std::span<unsigned char> frame_behind(std::size_t offset) noexcept {
    return std::span(next_frame().body).subspan(offset);
  }
  std::uint32_t next_number() const noexcept { return next_; }
  // Publishes that `sent_over_socket` messages come before what follows. Needs a free frame.
  void publish_socket_mark(std::uint64_t sent_over_socket);

  // Publishes a whole message through the stream, or returns false when it lacks the room now.
  // Needs a free frame.
  bool publish_stream(std::span<const unsigned char> message);

  // A message in the stream: begin (needs a free frame), any number of writes, end or abort.
  void begin_stream();
  // Room in the stream, at most what is contiguous.
  std::span<unsigned char> stream_room();
  // Says that `count` bytes of stream_room() were filled; the peer sees them now.
  void advance_stream(std::size_t count);
  void end_stream();
  void abort_stream();
  bool streaming() const noexcept { return stream_frame_ != nullptr; }

 private:
  FrameShared& next_frame() noexcept { return shared_.frames[next_ % kFrameCount]; }
  void publish(FrameKind kind, std::size_t length_bytes) {
    const FrameWord word{next_, kind, static_cast<std::uint32_t>(length_bytes)};
    // seq_cst, not only release: the next thing that the caller does is to look whether the peer
    // sleeps, and the peer says that it sleeps before it looks here once more (wait/sleep.hpp).
    next_frame().word.store(word.pack(), std::memory_order_seq_cst);
    ++next_;
  }
  std::uint32_t refresh_frames_read();
  std::uint64_t refresh_stream_read();

  OwnRegion& own_;
  RegionShared& shared_;
  const RegionShared& peer_;
  std::uint32_t next_ = 1;         // sequence number of the next frame
  std::uint32_t frames_read_ = 1;  // the peer wants this one next, as far as we know
  std::uint64_t stream_written_ = 0;
  std::uint64_t stream_read_ = 0;
  StreamShared* stream_frame_ = nullptr;
};

}  // namespace vmrpc::memory
