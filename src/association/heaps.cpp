// SPDX-License-Identifier: BSD-3-Clause
// Placing and receiving values over an association.
#include "config.h"

#include "association/heaps.hpp"

#include "memory/fault.hpp"
#include "placement/fence.hpp"

namespace vmrpc::association {
namespace {

// Values that a program may hold in all, each of which may keep an association's memory mapped; more are copied.
constexpr std::size_t kMostHeld = 256;

bool is_trusted(const transport::Endpoint& peer, const PeerList& trust) {
  return (peer.peer_uid && trust.allows_uid(*peer.peer_uid)) || (peer.peer_domid && trust.allows_domid(*peer.peer_domid));
}

}  // namespace

transport::Endpoint move_into_windows(transport::Endpoint endpoint) {
  if (!endpoint.windows) return endpoint;
  transport::Windows& windows = *endpoint.windows;
  if (!windows.own.take_in(*endpoint.own) || !windows.peer.take_in(*endpoint.peer)) endpoint.windows.reset();
  return endpoint;
}

std::unique_ptr<Heaps> Heaps::make(transport::Endpoint& endpoint, Counter& chunks_held) {
  if (endpoint.chunks == nullptr || !endpoint.windows) return nullptr;
  transport::Windows windows = std::move(*endpoint.windows);
  endpoint.windows.reset();
  if (!endpoint.chunks->children_inherit()) windows.peer.keep_from_children();
  return std::unique_ptr<Heaps>(new Heaps(endpoint, std::move(windows.own), std::move(windows.peer), chunks_held));
}

Heaps::Heaps(transport::Endpoint& endpoint, memory::Window own, memory::Window peer, Counter& chunks_held)
    : endpoint_(endpoint),
      pair_base_(std::min(own.base(), peer.base())),
      ground_(std::make_shared<Ground>(
          std::make_shared<OwnHeap>(std::move(own), *endpoint.chunks, endpoint.own->shared().chunks, chunks_held),
          std::make_shared<PeerHeap>(std::move(peer)),
          std::make_shared<Releases>(endpoint.own->shared().releases, endpoint.peer->shared().taken))),
      sent_(heap(), endpoint.peer->shared().releases, endpoint.own->shared().taken),
      accepted_(endpoint.own->shared().accepted),
      accepted_by_peer_(endpoint.peer->shared().accepted) {}

Heaps::~Heaps() {
  sent_.forget_all();
  ground_->releases->close();
  ground_->own->close();
  if (!endpoint_.chunks->children_inherit()) ground_->peer->let_go();
  if (is_open_to_program_) placement::Held::instance().retire_heap(heap());
}

void Heaps::open_to_program() {
  if (std::exchange(is_open_to_program_, true)) return;
  placement::Held::instance().add_heap(std::shared_ptr<memory::Heap>(ground_->own, &heap()));
}

// --- receiving ---

// The peer's frames, its chunks, and blocks of our own that come back.
class Heaps::View final : public placement::PeerView {
 public:
  explicit View(Heaps& heaps) : heaps_(heaps) {
    PeerHeap& peer = *heaps_.ground_->peer;
    peer.sync(*heaps_.endpoint_.chunks, heaps_.endpoint_.peer->shared().chunks);
    likely_ = {frames(), may_stay(peer.recent())};
  }

  placement::Stretch stretch_at(std::uintptr_t address) override {
    if (const placement::Stretch all = frames(); all.holds(address)) return all;
    const placement::Stretch chunks = heaps_.ground_->peer->stretch_at(address);
    if (chunks.begin != chunks.end) return may_stay(chunks);
    if (own_pins_ == nullptr) own_pins_ = std::make_shared<memory::Heap::Pins>(heaps_.heap());
    const std::size_t ours = own_pins_->pin(reinterpret_cast<const void*>(address));
    return {address, address + ours, true};
  }
  std::size_t mapped_bytes() const override {
    return heaps_.endpoint_.peer->bytes() + heaps_.ground_->peer->mapped_bytes() + heaps_.heap().mapped_bytes();
  }
  std::shared_ptr<memory::Heap::Pins> own_pins() const { return own_pins_; }

 private:
  placement::Stretch frames() const noexcept {
    const memory::PeerRegion& region = *heaps_.endpoint_.peer;
    const auto begin = reinterpret_cast<std::uintptr_t>(&region.shared());
    return {begin, begin + region.bytes(), false};
  }
  static placement::Stretch may_stay(const placement::Stretch& chunks) {
    return {chunks.begin, chunks.end, !placement::has_fences()};
  }

  Heaps& heaps_;
  std::shared_ptr<memory::Heap::Pins> own_pins_;  // null: nothing of ours came back
};

Heaps::Received Heaps::receive(const placement::Plan& plan, const placement::Placed& placed,
                               const ReceivePolicy& policy, std::optional<std::uint32_t> number,
                               const placement::Delivery& delivery) {
  void* const objp = delivery.objp;
  View view(*this);
  const PlacedLimits& limits = settings().placed_limits;
  const bool all = policy.in_place || plan.in_place;
  const bool in_place = (all || plan.reaches_licences) && plan.has_pointers && placement::Held::instance().messages() < kMostHeld;
  if (!in_place) return receive_copy(plan, placed, view, objp, limits) ? Received::kCopied : Received::kRefused;
  const bool trusted = policy.trust != nullptr && is_trusted(endpoint_, *policy.trust);
  const auto mode = trusted ? placement::Receiving::kInPlace : placement::Receiving::kSpine;
  if (!receive_in_place(plan, placed, view, {all ? mode : placement::Receiving::kCopy, mode}, objp, value_, limits)) return Received::kRefused;
  if (value_.pieces == 0) return Received::kCopied;
  if (value_.arena != nullptr) value_.arena->close();
  placement::Held::instance().keep(std::move(value_), plan, delivery, ground_->peer.get(), {ground_, number, view.own_pins()},
                                   endpoint_.chunks->children_inherit());
  return Received::kKept;
}

// --- sending ---

Outgoing::Outgoing(Heaps& heaps, Link& link, std::span<unsigned char> frame)
    : heaps_(heaps), arena_(heaps.heap(), frame, link) {
  heaps.sent_.take_releases_of_memory();
  message_ = heaps.sent_.make();
  auto& held = placement::Held::instance();
  if (message_ != nullptr && held.messages() != 0) message_->holds.emplace(held, heaps.ground_->peer.get());
}

Outgoing::~Outgoing() {
  if (message_ != nullptr) heaps_.sent_.give_up(std::move(message_));
}

placement::Placing Outgoing::place(const placement::Plan& plan, const void* value) {
  if (message_ == nullptr) return placement::Placing::kElsewhere;
  placement::Returnable* const returnable = message_->holds ? &*message_->holds : nullptr;
  return placement::place(plan, value, arena_, message_->pins, returnable, placed_, settings().placed_limits);
}

memory::PlacedShared Outgoing::descriptor(const placement::Plan& plan) const noexcept {
  return {heaps_.offset_of(placed_.root), static_cast<std::uint32_t>(plan.fingerprint),
          placed_.bytes | (placed_.foreign_bytes != 0 ? memory::kHasForeign : 0)};
}

std::optional<memory::ForeignShared> Outgoing::foreign() const noexcept {
  if (placed_.foreign_bytes == 0) return std::nullopt;
  return memory::ForeignShared{placed_.foreign - heaps_.pair_base(), placed_.foreign_bytes};
}

void Outgoing::sent(std::uint32_t number) noexcept {
  message_->blocks = arena_.take_blocks();
  heaps_.sent_.add(number, std::move(message_));
}

}  // namespace vmrpc::association
