// SPDX-License-Identifier: BSD-3-Clause
// Decoding from a region.
#include "config.h"

#include "association/message_reader.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "memory/fault.hpp"

namespace vmrpc::association {

struct ReaderOps {
  static MessageReader& self(XDR* xdrs) { return *static_cast<MessageReader*>(xdrs->x_private); }

  static bool_t get_long(XDR* xdrs, long* value) {
    std::uint32_t word;
    if (!get_bytes(xdrs, reinterpret_cast<char*>(&word), sizeof word)) return FALSE;
    *value = static_cast<std::int32_t>(ntohl(word));
    return TRUE;
  }
  static bool_t get_bytes(XDR* xdrs, char* out, u_int count) {
    MessageReader& r = self(xdrs);
    if (count <= r.window_end_ - r.window_at_) {
      std::memcpy(out, r.window_ + r.window_at_, count);
      r.window_at_ += count;
      return TRUE;
    }
    return r.failure_.guard([&] { return r.get({reinterpret_cast<unsigned char*>(out), count}); });
  }
  static u_int get_position(XDR* xdrs) {
    return static_cast<u_int>(self(xdrs).window_base_ + self(xdrs).window_at_);
  }
  static bool_t set_position(XDR* xdrs, u_int position) { return self(xdrs).set_position(position); }
  static std::int32_t* peek(XDR* xdrs, u_int count) {
    MessageReader& r = self(xdrs);
    const std::int32_t* at = nullptr;
    r.failure_.guard([&] { return (at = r.peek_contiguous(count)) != nullptr; });
    return const_cast<std::int32_t*>(at);
  }
  static bool_t no_put_long(XDR*, const long*) { return FALSE; }
  static bool_t no_put_bytes(XDR*, const char*, u_int) { return FALSE; }
  static void destroy(XDR*) {}
  static bool_t control(XDR* xdrs, int request, void* info) {
    if (request != RPC_VM_XDR) return FALSE;
    MessageReader& r = self(xdrs);
    return r.failure_.guard([&] { return r.offer(*static_cast<rpc_vm_xdr*>(info)); });
  }

  static constexpr XDR::xdr_ops kOps = {get_long,     no_put_long, get_bytes, no_put_bytes, get_position,
                                        set_position, peek,        destroy,   control};
};

MessageReader::MessageReader(Link& link, Heaps* heaps) : link_(link), heaps_(heaps) {
  xdr_.x_op = XDR_DECODE;
  xdr_.x_ops = const_cast<XDR::xdr_ops*>(&ReaderOps::kOps);
  xdr_.x_private = this;
}

std::uint64_t MessageReader::take_socket_mark() {
  const std::uint64_t count = link_.receiver().sent_over_socket();
  release_frame();
  return count;
}

void MessageReader::open_other() {
  const memory::FrameKind kind = link_.receiver().open();
  frame_open_ = kind == memory::FrameKind::kStream;
  if (frame_open_) return check_length();
  copy_frame();
  must_release_ = kind == memory::FrameKind::kPlacedHeld;
  has_placed_ = true;
  if (heaps_ == nullptr) throw memory::PeerFault("a placed value without a window");
}

// With a limit, nothing of a message is used before it is known to keep to that, as far as it fits in the stream:
// a longer one is looked at as it comes.
void MessageReader::check_length() {
  if (max_bytes_ == 0) return;
  memory::Receiver& receiver = link_.receiver();
  wait_for_stream([&](std::size_t available) {
    return available > max_bytes_ || receiver.stream_ended() || available == receiver.stream_capacity();
  });
}

// Waits until `enough(available)`; the bytes that there are then.
template <typename Enough>
std::size_t MessageReader::wait_for_stream(const Enough& enough) {
  std::size_t available = 0;
  const auto ready = [&] {
    available = link_.receiver().stream_available();
    return enough(available);
  };
  Deadline patience(patience_ns_);
  if (link_.wait(ready, patience) != Woken::kReady) throw RpcError(late_, ETIMEDOUT);
  if (max_bytes_ != 0 && taken_ + available > max_bytes_) throw RpcError(RPC_CANTRECV, EMSGSIZE);
  return available;
}

// The first value of a message is all of the arguments or results.
bool MessageReader::offer(rpc_vm_xdr& value) {
  xdr_.x_base = nullptr;
  const placement::Plan* const plan = plan_.find(*value.map);
  if (!has_placed_) {
    if (plan != nullptr) heaps_->accepted().accept(subject_, *plan);
    return false;
  }
  value.done = plan != nullptr && take_placed(*plan, value.objp);
  return true;
}

bool MessageReader::take_placed(const placement::Plan& plan, void* objp) {
  const auto placed = read_placed(plan);
  if (!placed) return false;
  if (plan.plain() && !must_release_ && take_from_frame(plan, placed->root, objp)) return took_placed_ = true;
  const auto number = must_release_ ? std::optional(link_.receiver().number()) : std::nullopt;
  const auto received = heaps_->receive(plan, *placed, policy_, number, {objp, routine_});
  took_placed_ = received != Heaps::Received::kRefused;
  took_in_place_ = received == Heaps::Received::kKept;
  if (took_in_place_) must_release_ = false;  // the program does, when it frees the value
  else link_.counters().bytes_received.add(placed->bytes);
  release_placed();
  return took_placed_;
}

// What is small and has no pointers is bytes of the frame.
bool MessageReader::take_from_frame(const placement::Plan& plan, std::uintptr_t root, void* objp) {
  const unsigned char* const there = link_.receiver().in_frame(root, plan.size);
  if (there == nullptr) return false;
  std::memcpy(objp, there, plan.size);
  link_.counters().bytes_received.add(plan.size);
  return true;
}

// No value: of another type than the one that is expected. The program decodes such messages as two types, and has
// the next ones in XDR.
std::optional<placement::Placed> MessageReader::read_placed(const placement::Plan& plan) {
  memory::PlacedShared wire;
  memory::ForeignShared foreign{};
  const auto take = [&](void* out, std::size_t bytes) {
    if (window().size() < bytes) throw memory::PeerFault("placed value");
    std::memcpy(out, window().data(), bytes);
    skip(bytes);
  };
  take(&wire, sizeof wire);
  if ((wire.bytes & memory::kHasForeign) != 0) take(&foreign, sizeof foreign);
  if (wire.fingerprint != static_cast<std::uint32_t>(plan.fingerprint)) {
    heaps_->accepted().withdraw(subject_);
    return std::nullopt;
  }
  const std::uintptr_t base = heaps_->pair_base();
  return placement::Placed{base + wire.root, wire.bytes & ~memory::kHasForeign, base + foreign.start, foreign.bytes};
}

void MessageReader::release_placed() {
  if (std::exchange(must_release_, false)) heaps_->release(link_.receiver().number());
}

bool MessageReader::get(std::span<unsigned char> out) {
  const std::size_t ahead = std::min(out.size(), window().size());
  std::memcpy(out.data(), window().data(), ahead);
  window_at_ += ahead;
  out = out.subspan(ahead);
  if (out.empty()) return true;
  if (out.size() >= kWindowBytes / 2) return get_from_stream(out);
  return refill() && get(out);
}

// The window is empty here.
bool MessageReader::get_from_stream(std::span<unsigned char> out) {
  window_base_ += window_at_ + out.size();
  window_at_ = window_end_ = 0;
  while (!out.empty()) {
    const std::size_t part = std::min(wait_for_bytes(), out.size());
    if (part == 0) return false;
    take(out.first(part));
    out = out.subspan(part);
  }
  return true;
}

// Copies out bytes that are there.
void MessageReader::take(std::span<unsigned char> out) {
  taken_ += out.size();
  link_.counters().bytes_received.add(out.size());
  if (link_.receiver().copy_stream(out)) link_.notify();
}

// Moves what is left to the front of the window and adds at least one byte; false at the end.
bool MessageReader::refill() {
  const std::size_t kept = window().size();
  std::memmove(window_, window_ + window_at_, kept);
  window_base_ += window_at_;
  window_at_ = 0;
  window_end_ = kept;
  const std::size_t part = std::min(wait_for_bytes(), kWindowBytes - kept);
  if (part == 0) return false;
  take({window_ + kept, part});
  window_end_ += part;
  return true;
}

const std::int32_t* MessageReader::peek_contiguous(std::size_t count) {
  if (count > kWindowBytes) return nullptr;
  while (window().size() < count) {
    if (!refill()) return nullptr;
  }
  const auto* at = reinterpret_cast<const std::int32_t*>(window_ + window_at_);
  window_at_ += count;
  return at;
}

bool MessageReader::set_position(std::size_t position) {
  if (position < window_base_ || position - window_base_ > window_end_) return false;
  window_at_ = position - window_base_;
  return true;
}

// Bytes of this message in the stream; waits for the first; 0 at the message's end.
std::size_t MessageReader::wait_for_bytes() {
  if (!frame_open_) return 0;
  return wait_for_stream([&](std::size_t available) { return available != 0 || link_.receiver().stream_ended(); });
}

void MessageReader::close_other() {
  if (std::exchange(has_placed_, false)) {
    release_placed();
  } else {
    pass_over_stream();
    frame_open_ = false;
  }
  release_frame();
}

void MessageReader::pass_over_stream() {
  while (const std::size_t part = wait_for_bytes()) {
    taken_ += part;
    if (link_.receiver().skip_stream(part)) link_.notify();
  }
}

}  // namespace vmrpc::association
