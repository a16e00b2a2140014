// SPDX-License-Identifier: BSD-3-Clause
// Publishing frames and stream bytes.
#include "config.h"

#include "memory/sender.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "memory/fault.hpp"

namespace vmrpc::memory {

std::uint32_t Sender::refresh_frames_read() {
  // Pairs with Receiver::release(): what the peer has read may be overwritten.
  const std::uint32_t claimed = peer_.read.frames.load(std::memory_order_acquire) + 1;
  if (claimed - frames_read_ > next_ - frames_read_) throw PeerFault("frames read by the peer");
  return frames_read_ = claimed;
}

std::uint64_t Sender::refresh_stream_read() {
  // Pairs with Receiver::acknowledge_stream().
  const std::uint64_t claimed = peer_.read.stream.load(std::memory_order_acquire);
  if (claimed < stream_read_ || claimed > stream_written_) throw PeerFault("stream read by the peer");
  return stream_read_ = claimed;
}

void Sender::publish_placed(std::span<const unsigned char> message, bool held) {
  std::memcpy(next_frame().body, message.data(), message.size());
  publish(held ? FrameKind::kPlacedHeld : FrameKind::kPlaced, message.size());
}

void Sender::publish_socket_mark(std::uint64_t sent_over_socket) {
  std::memcpy(next_frame().body, &sent_over_socket, sizeof sent_over_socket);
  publish(FrameKind::kSocket, sizeof sent_over_socket);
}

bool Sender::publish_stream(std::span<const unsigned char> message) {
  const std::size_t capacity = own_.stream_bytes();
  if (capacity - static_cast<std::size_t>(stream_written_ - refresh_stream_read()) < message.size()) {
    return false;
  }
  const std::uint64_t start = stream_written_;
  const std::size_t at = static_cast<std::size_t>(start) & (capacity - 1);
  const std::size_t first = std::min(message.size(), capacity - at);
  std::memcpy(own_.stream() + at, message.data(), first);
  std::memcpy(own_.stream(), message.data() + first, message.size() - first);
  stream_written_ += message.size();
  shared_.written.stream.store(stream_written_, std::memory_order_release);
  new (next_frame().body) StreamShared{start, {stream_written_ + 1}};
  publish(FrameKind::kStream, sizeof(StreamShared));
  return true;
}

void Sender::begin_stream() {
  stream_frame_ = new (next_frame().body) StreamShared{stream_written_, {0}};
  publish(FrameKind::kStream, sizeof(StreamShared));
}

std::span<unsigned char> Sender::stream_room() {
  const std::size_t capacity = own_.stream_bytes();
  std::size_t room = capacity - static_cast<std::size_t>(stream_written_ - stream_read_);
  if (room < capacity / 4) {
    room = capacity - static_cast<std::size_t>(stream_written_ - refresh_stream_read());
  }
  const std::size_t at = static_cast<std::size_t>(stream_written_) & (capacity - 1);
  return {own_.stream() + at, std::min(room, capacity - at)};
}

void Sender::advance_stream(std::size_t count) {
  stream_written_ += count;
  shared_.written.stream.store(stream_written_, std::memory_order_seq_cst);
}

void Sender::end_stream() {
  stream_frame_->end.store(stream_written_ + 1, std::memory_order_seq_cst);
  stream_frame_ = nullptr;
}

void Sender::abort_stream() {
  stream_frame_->end.store(kAbortedStream | (stream_written_ + 1), std::memory_order_seq_cst);
  stream_frame_ = nullptr;
}

}  // namespace vmrpc::memory
