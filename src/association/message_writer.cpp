// SPDX-License-Identifier: BSD-3-Clause
// Encoding into a region.
#include "config.h"

#include "association/message_writer.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "base/boundary.hpp"

namespace vmrpc::association {

// How much is copied before the peer is told: large enough that telling costs nothing, small
// enough that both copy at the same time.
constexpr std::size_t kStreamPart = std::size_t{32} << 10;

struct WriterOps {
  static MessageWriter& self(XDR* xdrs) { return *static_cast<MessageWriter*>(xdrs->x_private); }

  static bool_t put_long(XDR* xdrs, const long* value) {
    const std::uint32_t word = htonl(static_cast<std::uint32_t>(*value));
    MessageWriter& w = self(xdrs);
    if (MessageWriter::kStageBytes - w.used_ >= sizeof word) {
      std::memcpy(w.stage_ + w.used_, &word, sizeof word);
      w.used_ += sizeof word;
      return TRUE;
    }
    return put_bytes(xdrs, reinterpret_cast<const char*>(&word), sizeof word);
  }
  static bool_t put_bytes(XDR* xdrs, const char* bytes, u_int count) {
    MessageWriter& w = self(xdrs);
    return guarded(w, [&] { return w.put({reinterpret_cast<const unsigned char*>(bytes), count}); });
  }
  static u_int get_position(XDR* xdrs) { return static_cast<u_int>(self(xdrs).position()); }
  static bool_t set_position(XDR* xdrs, u_int position) { return self(xdrs).set_position(position); }
  static std::int32_t* reserve(XDR* xdrs, u_int count) {
    MessageWriter& w = self(xdrs);
    std::int32_t* at = nullptr;
    guarded(w, [&] { return (at = w.reserve(count)) != nullptr; });
    return at;
  }
  static bool_t no_get_long(XDR*, long*) { return FALSE; }
  static bool_t no_get_bytes(XDR*, char*, u_int) { return FALSE; }
  static void destroy(XDR*) {}

  // Exceptions must not cross the xdr_* routines of C programs: remembered, thrown by finish().
  template <typename Body>
  static bool_t guarded(MessageWriter& w, const Body& body) {
    return c_boundary([&]() -> bool_t { return body() ? TRUE : FALSE; },
                      [&](clnt_stat stat, int error) -> bool_t {
                        w.failed_stat_ = stat;
                        w.failed_errno_ = error;
                        return FALSE;
                      });
  }

  static constexpr XDR::xdr_ops kOps = {no_get_long,  put_long, no_get_bytes, put_bytes, get_position,
                                        set_position, reserve,  destroy,      nullptr};
};

MessageWriter::MessageWriter(Link& link) : link_(link) {
  xdr_.x_op = XDR_ENCODE;
  xdr_.x_ops = const_cast<XDR::xdr_ops*>(&WriterOps::kOps);  // libtirpc's struct is not const-correct
  xdr_.x_private = this;
}

void MessageWriter::begin(Nanoseconds patience_ns, bool while_peer_listens) {
  patience_ns_ = patience_ns;
  while_peer_listens_ = while_peer_listens;
  xdr_.x_op = XDR_ENCODE;
  used_ = streamed_ = 0;
  failed_stat_ = RPC_SUCCESS;
}

bool MessageWriter::put(std::span<const unsigned char> bytes) {
  if (bytes.size() <= kStageBytes - used_) {
    std::memcpy(stage_ + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
    return true;
  }
  flush_stage();
  if (bytes.size() <= kStageBytes) return put(bytes);
  stream_out(bytes);
  return true;
}

std::int32_t* MessageWriter::reserve(std::size_t count) {
  if (count > kStageBytes) return nullptr;
  if (count > kStageBytes - used_) flush_stage();
  auto* at = reinterpret_cast<std::int32_t*>(stage_ + used_);
  used_ += count;
  return at;
}

bool MessageWriter::set_position(std::size_t position) {
  if (position < streamed_ || position - streamed_ > kStageBytes) return false;
  used_ = position - streamed_;
  return true;
}

void MessageWriter::flush_stage() {
  const std::size_t count = std::exchange(used_, 0);
  stream_out({stage_, count});
}

void MessageWriter::stream_out(std::span<const unsigned char> bytes) {
  memory::Sender& sender = link_.sender();
  if (!sender.streaming()) {
    sender.begin_stream();
    // A peer on our CPU is better woken when there is a ring full of work for it.
    if (link_.may_spin()) link_.notify();
  }
  streamed_ += bytes.size();
  while (!bytes.empty()) {
    const std::span<unsigned char> room = sender.stream_room();
    if (room.empty()) {
      wait_for_room();
      continue;
    }
    const std::size_t part = std::min({bytes.size(), room.size(), kStreamPart});
    std::memcpy(room.data(), bytes.data(), part);
    sender.advance_stream(part);
    if (link_.may_spin()) link_.notify();
    bytes = bytes.subspan(part);
  }
}

void MessageWriter::wait_for_room() {
  constexpr Nanoseconds kLook = 50'000'000;  // how often to see whether anybody still listens
  link_.notify();
  const auto has_room = [&] { return !link_.sender().stream_room().empty(); };
  for (Nanoseconds waited = 0; waited < patience_ns_; waited += kLook) {
    Deadline look(std::min(kLook, patience_ns_ - waited));
    if (link_.wait(has_room, look) == Woken::kReady) return;
    if (while_peer_listens_ && !link_.peer_listens()) break;
  }
  throw RpcError(RPC_TIMEDOUT);
}

void MessageWriter::finish() {
  if (failed_stat_ != RPC_SUCCESS) throw RpcError(failed_stat_, failed_errno_);
  memory::Sender& sender = link_.sender();
  const std::span<const unsigned char> staged(stage_, used_);
  link_.counters().bytes_placed.add(streamed_ + used_);
  if (sender.streaming()) {
    stream_out(staged);
    sender.end_stream();
  } else if (used_ <= memory::kFrameBodyBytes) {
    sender.publish_inline(staged);
  } else if (!sender.publish_stream(staged)) {
    stream_out(staged);
    sender.end_stream();
  }
  link_.notify();
}

bool MessageWriter::abandon() noexcept {
  if (!link_.sender().streaming()) return false;
  link_.sender().abort_stream();
  link_.notify();
  return true;
}

}  // namespace vmrpc::association
