// SPDX-License-Identifier: BSD-3-Clause
// Encoding into a region.
#include "config.h"

#include "association/message_writer.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "base/signals.hpp"
#include "memory/fault.hpp"

namespace vmrpc::association {

// How much is copied before the peer is told: large enough that telling costs nothing, small
// enough that both copy at the same time.
constexpr std::size_t kStreamPart = std::size_t{16} << 10;

struct WriterOps {
  static MessageWriter& self(XDR* xdrs) { return *static_cast<MessageWriter*>(xdrs->x_private); }

  static bool_t put_long(XDR* xdrs, const long* value) {
    const std::uint32_t word = htonl(static_cast<std::uint32_t>(*value));
    return put_bytes(xdrs, reinterpret_cast<const char*>(&word), sizeof word);
  }
  static bool_t put_bytes(XDR* xdrs, const char* bytes, u_int count) {
    MessageWriter& w = self(xdrs);
    if (count <= MessageWriter::kStageBytes - w.used_ && !w.is_placed_) {
      std::memcpy(w.stage_ + w.used_, bytes, count);
      w.used_ += count;
      return TRUE;
    }
    return w.failure_.guard([&] { return w.put({reinterpret_cast<const unsigned char*>(bytes), count}); });
  }
  static u_int get_position(XDR* xdrs) { return static_cast<u_int>(self(xdrs).position()); }
  static bool_t set_position(XDR* xdrs, u_int position) { return self(xdrs).set_position(position); }
  static std::int32_t* reserve(XDR* xdrs, u_int count) {
    MessageWriter& w = self(xdrs);
    std::int32_t* at = nullptr;
    w.failure_.guard([&] { return (at = w.reserve(count)) != nullptr; });
    return at;
  }
  static bool_t no_get_long(XDR*, long*) { return FALSE; }
  static bool_t no_get_bytes(XDR*, char*, u_int) { return FALSE; }
  static void destroy(XDR*) {}
  static bool_t control(XDR* xdrs, int request, void* info) {
    if (request != RPC_VM_XDR) return FALSE;
    MessageWriter& w = self(xdrs);
    // What has failed is not tried in XDR: the message is not sent.
    return w.failure_.guard([&] { return w.offer(*static_cast<rpc_vm_xdr*>(info)); }) || w.has_failed();
  }

  static constexpr XDR::xdr_ops kOps = {no_get_long,  put_long, no_get_bytes, put_bytes, get_position,
                                        set_position, reserve,  destroy,      control};
};

MessageWriter::MessageWriter(Link& link, Heaps* heaps) : link_(link), heaps_(heaps) {
  xdr_.x_op = XDR_ENCODE;
  xdr_.x_ops = const_cast<XDR::xdr_ops*>(&WriterOps::kOps);  // libtirpc's struct is not const-correct
  xdr_.x_private = this;
}

void MessageWriter::begin_again() {
  begin(subject_, patience_ns_, while_peer_listens_, whole_);
  xdr_.x_base = nullptr;
}

// One value of a message is placed: the first that is offered, which is all of the arguments or results.
bool MessageWriter::offer(rpc_vm_xdr& value) {
  xdr_.x_base = nullptr;
  const placement::Plan* const plan = plan_.find(*value.map);
  constexpr std::size_t kDescriptor = sizeof(memory::PlacedShared) + sizeof(memory::ForeignShared);
  if (plan == nullptr || streamed_ != 0 || link_.sender().streaming() || used_ + kDescriptor > memory::kFrameBodyBytes ||
      !heaps_->accepted_by_peer().has(subject_, *plan)) {
    return false;
  }
  if (plan->plain() && place_in_frame(*plan, value)) return true;
  placed_limit_ = used_ + kDescriptor;
  outgoing_.emplace(*heaps_, link_, link_.sender().frame_behind(placed_limit_));
  const placement::Placing placing = outgoing_->place(*plan, value.objp);
  is_placed_ = placing == placement::Placing::kPlaced;
  value.done = is_placed_ && append_placed(*plan);
  if (!is_placed_) outgoing_.reset();
  return placing != placement::Placing::kElsewhere;
}

// What is small and has no pointers is bytes behind the descriptor.
bool MessageWriter::place_in_frame(const placement::Plan& plan, rpc_vm_xdr& value) {
  placed_limit_ = used_ + sizeof(memory::PlacedShared);
  const std::span<unsigned char> rest = link_.sender().frame_behind(placed_limit_);
  const auto begin = reinterpret_cast<std::uintptr_t>(rest.data());
  const std::size_t gap = -begin & (plan.align - 1);
  if (gap + plan.size > rest.size()) return false;
  std::memcpy(rest.data() + gap, value.objp, plan.size);
  const memory::PlacedShared descriptor{heaps_->offset_of(begin + gap), static_cast<std::uint32_t>(plan.fingerprint),
                                        plan.size};
  std::memcpy(stage_ + used_, &descriptor, sizeof descriptor);
  used_ = placed_limit_;
  placed_bytes_ = whole_bytes_ = plan.size;
  value.done = is_placed_ = true;
  return true;
}

bool MessageWriter::append_placed(const placement::Plan& plan) {
  const memory::PlacedShared descriptor = outgoing_->descriptor(plan);
  const auto foreign = outgoing_->foreign();
  placed_bytes_ = outgoing_->copied_bytes();
  whole_bytes_ = outgoing_->bytes();
  return put({reinterpret_cast<const unsigned char*>(&descriptor), sizeof descriptor}) &&
         (!foreign || put({reinterpret_cast<const unsigned char*>(&*foreign), sizeof *foreign}));
}

// What was placed in the frame must not be written over: nothing is published, and the message begins again.
bool MessageWriter::is_full(std::size_t count) noexcept {
  if (!is_placed_ || used_ + count <= placed_limit_) return false;
  too_much_behind_ = true;
  return true;
}

bool MessageWriter::put(std::span<const unsigned char> bytes) {
  if (is_full(bytes.size())) return false;
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
  if (count > kStageBytes || is_full(count)) return nullptr;
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
  if (whole_) {
    const SignalsBlocked blocked;  // it allocates
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    streamed_ += bytes.size();
    return;
  }
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

void MessageWriter::publish_placed(std::span<const unsigned char> staged) {
  memory::Sender& sender = link_.sender();
  const bool held = outgoing_ && outgoing_->is_held();
  if (held) outgoing_->sent(sender.next_number());
  sender.publish_placed(staged, held);
  link_.counters().bytes_placed.add(placed_bytes_);
}

bool MessageWriter::finish_other() {
  failure_.throw_again();
  memory::Sender& sender = link_.sender();
  const std::span<const unsigned char> staged(stage_, used_);
  const std::size_t bytes = streamed_ + used_;
  if (is_placed_) {
    publish_placed(staged);
  } else if (whole_) {
    if (!publish_kept(staged)) return false;
  } else if (sender.streaming() || !sender.publish_stream(staged)) {
    stream_out(staged);
    sender.end_stream();
  }
  link_.counters().bytes_placed.add(bytes);
  link_.notify();
  return true;
}

bool MessageWriter::publish_kept(std::span<const unsigned char> staged) {
  stream_out(staged);
  if (!link_.sender().publish_stream(kept_)) return false;
  kept_.clear();
  return true;
}

bool MessageWriter::abandon() noexcept {
  kept_ = {};
  outgoing_.reset();
  if (!link_.sender().streaming()) return false;
  link_.sender().abort_stream();
  link_.notify();
  return true;
}

}  // namespace vmrpc::association
