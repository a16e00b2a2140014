// SPDX-License-Identifier: BSD-3-Clause
// Reading frames and stream bytes of a peer that is not believed.
#include "config.h"

#include "memory/receiver.hpp"

#include <algorithm>
#include <cstring>

#include "memory/fault.hpp"

namespace vmrpc::memory {

// The writer is told at least this often, as a part of the stream: it waits for room.
constexpr std::size_t kAcknowledgePart = 8;

void Receiver::fail(const char* what) { throw PeerFault(what); }

void Receiver::open_other() {
  switch (word_.kind) {
    case FrameKind::kStream:
      return open_stream();
    case FrameKind::kInline:
    case FrameKind::kSocket:
    case FrameKind::kPlaced:
    case FrameKind::kPlacedHeld:
      return;
  }
  fail("kind of a frame");
}

void Receiver::open_stream() {
  std::uint64_t start;
  std::memcpy(&start, frame().body, sizeof start);
  if (start != stream_read_) throw PeerFault("start of a stream message");
  end_known_ = aborted_ = false;
}

std::uint64_t Receiver::sent_over_socket() const {
  std::uint64_t count;
  std::memcpy(&count, frame().body, sizeof count);
  return count;
}

std::size_t Receiver::stream_available() {
  if (!end_known_) {
    const std::uint64_t written = shared_.written.stream.load(std::memory_order_seq_cst);
    if (written < stream_written_ || written - stream_read_ > peer_.stream_bytes()) {
      throw PeerFault("stream written by the peer");
    }
    stream_written_ = written;
    learn_end(written);
  }
  return static_cast<std::size_t>((end_known_ ? end_ : stream_written_) - stream_read_);
}

// The end is looked at after the position: when it is not there yet, all bytes before the position
// are this message's, since the writer sets the end before it writes a byte of the next.
void Receiver::learn_end(std::uint64_t written) {
  const auto* shared = reinterpret_cast<const StreamShared*>(frame().body);
  const std::uint64_t raw = shared->end.load(std::memory_order_seq_cst);
  if (raw == 0) return;
  aborted_ = (raw & kAbortedStream) != 0;
  end_ = (raw & ~kAbortedStream) - 1;
  // The end may be newer than `written`: then look at the position once more.
  const std::uint64_t now = shared_.written.stream.load(std::memory_order_seq_cst);
  if (end_ < stream_read_ || end_ > now || now < written || now - stream_read_ > peer_.stream_bytes()) {
    throw PeerFault("end of a stream message");
  }
  stream_written_ = now;
  end_known_ = true;
}

bool Receiver::copy_stream(std::span<unsigned char> out) {
  const std::size_t capacity = peer_.stream_bytes();
  const std::size_t at = static_cast<std::size_t>(stream_read_) & (capacity - 1);
  const std::size_t first = std::min(out.size(), capacity - at);
  std::memcpy(out.data(), peer_.stream() + at, first);
  std::memcpy(out.data() + first, peer_.stream(), out.size() - first);
  return skip_stream(out.size());
}

bool Receiver::skip_stream(std::size_t count) {
  stream_read_ += count;
  return acknowledge_stream(false);
}

bool Receiver::acknowledge_stream(bool always) {
  const std::uint64_t unsaid = stream_read_ - stream_acknowledged_;
  if (unsaid == 0 || (!always && unsaid < peer_.stream_bytes() / kAcknowledgePart)) return false;
  stream_acknowledged_ = stream_read_;
  own_.read.stream.store(stream_read_, std::memory_order_seq_cst);
  return true;
}

}  // namespace vmrpc::memory
