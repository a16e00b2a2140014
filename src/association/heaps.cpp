// SPDX-License-Identifier: BSD-3-Clause
// Placing and receiving values over an association.
#include "config.h"

#include "association/heaps.hpp"

#include "memory/fault.hpp"

namespace vmrpc::association {
namespace {

// Values that a program may hold in all, each of which may keep an association's memory mapped; more are copied.
constexpr std::size_t kMostHeld = 256;

// A released value that the peer sent; its memory stays mapped until then.
struct Keep {
  std::shared_ptr<PeerHeap> peer;
  std::shared_ptr<Releases> releases;
  std::shared_ptr<memory::Heap::Pins> own_pins;
  std::shared_ptr<OwnHeap> own;
  std::optional<std::uint32_t> number;
  void operator()() const {
    if (number) releases->release(*number);
  }
};

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

std::unique_ptr<Heaps> Heaps::make(transport::Endpoint& endpoint) {
  if (endpoint.chunks == nullptr || !endpoint.windows) return nullptr;
  transport::Windows windows = std::move(*endpoint.windows);
  endpoint.windows.reset();
  if (!endpoint.chunks->children_inherit()) windows.peer.keep_from_children();
  return std::unique_ptr<Heaps>(new Heaps(endpoint, std::move(windows.own), std::move(windows.peer)));
}

Heaps::Heaps(transport::Endpoint& endpoint, memory::Window own, memory::Window peer)
    : endpoint_(endpoint),
      pair_base_(std::min(own.base(), peer.base())),
      own_(std::make_shared<OwnHeap>(std::move(own), *endpoint.chunks, endpoint.own->shared().chunks)),
      peer_(std::make_shared<PeerHeap>(std::move(peer))),
      releases_(std::make_shared<Releases>(endpoint.own->shared().releases, endpoint.peer->shared().taken)),
      sent_(own_->heap(), endpoint.peer->shared().releases, endpoint.own->shared().taken),
      accepted_(endpoint.own->shared().accepted) {}

Heaps::~Heaps() {
  sent_.forget_all();
  releases_->close();
  own_->close();
  if (!endpoint_.chunks->children_inherit()) peer_->let_go();
  if (is_open_to_program_) placement::Held::instance().retire_heap(own_->heap());
}

void Heaps::open_to_program() {
  if (std::exchange(is_open_to_program_, true)) return;
  placement::Held::instance().add_heap(std::shared_ptr<memory::Heap>(own_, &own_->heap()));
}

// --- receiving ---

// The peer's frames, its chunks, and blocks of our own that come back.
class Heaps::View final : public placement::PeerView {
 public:
  explicit View(Heaps& heaps) : heaps_(heaps) {
    heaps_.peer_->sync(*heaps_.endpoint_.chunks, heaps_.endpoint_.peer->shared().chunks);
  }

  placement::Stretch stretch_at(std::uintptr_t address) override {
    const memory::PeerRegion& region = *heaps_.endpoint_.peer;
    const auto begin = reinterpret_cast<std::uintptr_t>(&region.shared());
    if (address - begin < region.bytes()) return {begin, begin + region.bytes(), false};
    if (const placement::Stretch chunk = heaps_.peer_->stretch_at(address); chunk.begin != chunk.end) return chunk;
    if (own_pins_ == nullptr) own_pins_ = std::make_shared<memory::Heap::Pins>(heaps_.own_->heap());
    const std::size_t ours = own_pins_->pin(reinterpret_cast<const void*>(address));
    return {address, address + ours, true};
  }
  std::size_t mapped_bytes() const override {
    return heaps_.endpoint_.peer->bytes() + heaps_.peer_->mapped_bytes() + heaps_.own_->heap().use().mapped_bytes;
  }
  std::shared_ptr<memory::Heap::Pins> own_pins() const { return own_pins_; }

 private:
  Heaps& heaps_;
  std::shared_ptr<memory::Heap::Pins> own_pins_;  // null: nothing of ours came back
};

Heaps::Received Heaps::receive(const placement::Plan& plan, const placement::Placed& placed,
                               const ReceivePolicy& policy, std::optional<std::uint32_t> number, void* objp) {
  View view(*this);
  const bool in_place = (policy.in_place || plan.in_place) && plan.has_pointers && placement::Held::instance().messages() < kMostHeld;
  if (!in_place) return receive_copy(plan, placed, view, objp) ? Received::kCopied : Received::kRefused;
  placement::InPlaceValue value;
  const bool trusted = policy.trust != nullptr && is_trusted(endpoint_, *policy.trust);
  const auto mode = trusted ? placement::Receiving::kInPlace : placement::Receiving::kSpine;
  if (!receive_in_place(plan, placed, view, mode, objp, value)) return Received::kRefused;
  if (value.pieces == 0) return Received::kCopied;
  placement::Held::instance().keep(std::move(value), plan, objp, peer_.get(),
                                   Keep{peer_, releases_, view.own_pins(), own_, number},
                                   endpoint_.chunks->children_inherit());
  return Received::kKept;
}

// --- sending ---

Outgoing::Outgoing(Heaps& heaps, std::span<unsigned char> frame)
    : heaps_(heaps), arena_(heaps.heap(), frame), pins_(heaps.heap()) {
  if (!heaps.sent_.empty()) heaps.sent_.take_releases();
  auto& held = placement::Held::instance();
  if (!held.empty()) holds_ = std::make_unique<placement::Held::Holds>(held, heaps.peer_.get());
}

placement::Placing Outgoing::place(const placement::Plan& plan, const void* value) {
  return placement::place(plan, value, arena_, pins_, holds_.get(), placed_);
}

memory::PlacedShared Outgoing::descriptor(const placement::Plan& plan) const noexcept {
  return {heaps_.offset_of(placed_.root), static_cast<std::uint32_t>(plan.fingerprint),
          placed_.bytes | (placed_.foreign_bytes != 0 ? memory::kHasForeign : 0)};
}

std::optional<memory::ForeignShared> Outgoing::foreign() const noexcept {
  if (placed_.foreign_bytes == 0) return std::nullopt;
  return memory::ForeignShared{placed_.foreign - heaps_.pair_base(), placed_.foreign_bytes};
}

void Outgoing::sent(std::uint32_t number) {
  heaps_.sent_.add(number, SentMessage{arena_.take_blocks(), std::move(pins_), std::move(holds_)});
}

}  // namespace vmrpc::association
