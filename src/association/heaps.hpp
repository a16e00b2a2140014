// SPDX-License-Identifier: BSD-3-Clause
// What an association has for placed values: both heaps, who takes what, and what is still in use.
//
// Sending and receiving are for one thread at a time, as the data path is; blocks may be allocated
// and values released by any thread, also after the association has ended.
#pragma once

#include <rpc/rpc.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "association/accepted.hpp"
#include "association/link.hpp"
#include "association/own_heap.hpp"
#include "association/peer_heap.hpp"
#include "association/subject.hpp"
#include "base/settings.hpp"
#include "placement/held.hpp"
#include "placement/place.hpp"
#include "placement/plan.hpp"
#include "placement/receive.hpp"

namespace vmrpc::association {

// What may be done with the values of a message.
struct ReceivePolicy {
  bool in_place = false;            // for all types; a type map may allow it for its own
  const PeerList* trust = nullptr;  // who is believed not to change what it has sent; null: nobody
};
// As VMRPC_TRUST says.
inline ReceivePolicy default_policy() { return {false, &settings().trust}; }

// Moves both regions to the starts of their windows, before anybody has looked at them. Without
// windows they stay where they are, and everything is XDR.
transport::Endpoint move_into_windows(transport::Endpoint endpoint);

// What a value that the program holds needs, also when the association is over.
struct Ground final : placement::Lender {
  Ground(std::shared_ptr<OwnHeap> own_heap, std::shared_ptr<PeerHeap> peer_heap, std::shared_ptr<Releases> its_releases)
      : own(std::move(own_heap)), peer(std::move(peer_heap)), releases(std::move(its_releases)) {}
  void give_back(std::uint32_t number) override { releases->release(number); }

  std::shared_ptr<OwnHeap> own;
  std::shared_ptr<PeerHeap> peer;
  std::shared_ptr<Releases> releases;
};

class Heaps {
 public:
  // Null when there are no windows.
  static std::unique_ptr<Heaps> make(transport::Endpoint& endpoint, Counter& chunks_held);
  ~Heaps();
  Heaps(const Heaps&) = delete;

  memory::Heap& heap() const noexcept { return ground_->own->heap(); }
  // Blocks of the program's may be freed by rpc_vm_free() and xdr_free() from now on.
  void open_to_program();
  std::size_t values_held() const { return placement::Held::instance().messages(ground_->peer.get()); }

  // --- sending ---
  AcceptedByPeer& accepted_by_peer() noexcept { return accepted_by_peer_; }
  // Lets go of what the peer is through with. Throws PeerFault.
  void take_releases() { sent_.take_releases(); }
  bool awaits_releases() const noexcept { return !sent_.empty(); }

  // --- receiving ---
  // What we take.
  Accepted& accepted() noexcept { return accepted_; }
  enum class Received {
    kRefused,  // *objp is as before
    kCopied,   // nobody needs the message any more
    kKept      // the program holds it, and release() is called for it
  };
  // `number` is that of the message's frame, if its writer waits for the release. Throws PeerFault.
  Received receive(const placement::Plan& plan, const placement::Placed& placed, const ReceivePolicy& policy,
                   std::optional<std::uint32_t> number, const placement::Delivery& delivery);
  void release(std::uint32_t number) { ground_->releases->release(number); }

 private:
  friend class Outgoing;
  Heaps(transport::Endpoint& endpoint, memory::Window own, memory::Window peer, Counter& chunks_held);
  std::uintptr_t pair_base() const noexcept { return pair_base_; }
  // How a descriptor names an address in either window.
  std::uint32_t offset_of(std::uintptr_t address) const noexcept {
    return static_cast<std::uint32_t>(address - pair_base_);
  }
  friend class MessageReader;
  friend class MessageWriter;

  class View;

  transport::Endpoint& endpoint_;
  std::uintptr_t pair_base_;
  std::shared_ptr<Ground> ground_;
  placement::InPlaceValue value_;  // where the next is received, with memory from those before
  SentMessages sent_;
  Accepted accepted_;
  AcceptedByPeer accepted_by_peer_;
  bool is_open_to_program_ = false;
};

// One message that is being placed.
class Outgoing {
 public:
  // `frame` is what is left of the frame behind the message's header and the descriptor.
  Outgoing(Heaps& heaps, Link& link, std::span<unsigned char> frame);
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;

  placement::Placing place(const placement::Plan& plan, const void* value);
  memory::PlacedShared descriptor(const placement::Plan& plan) const noexcept;
  std::uint64_t bytes() const noexcept { return placed_.bytes; }
  std::uint64_t copied_bytes() const noexcept { return placed_.bytes - placed_.passed_bytes; }
  std::optional<memory::ForeignShared> foreign() const noexcept;
  // Whether the peer has to say when it is through with the message.
  bool is_held() const noexcept { return arena_.used_heap() || message_->pins.count() != 0 || message_->holds; }
  // It was sent under this number.
  void sent(std::uint32_t number) noexcept;

 private:
  // A peer that sleeps wakes while it is written what it is woken for.
  class WakingArena final : public placement::HeapArena {
   public:
    WakingArena(memory::Heap& heap, std::span<unsigned char> frame, Link& link) : HeapArena(heap, frame), link_(link) {}

   private:
    void before_long_copy() override {
      if (link_.may_spin()) link_.notify();
    }
    Link& link_;
  };

  Heaps& heaps_;
  WakingArena arena_;
  SentMessages::Message message_;  // null: no more of them
  placement::Placed placed_;
};

}  // namespace vmrpc::association
