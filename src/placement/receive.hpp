// SPDX-License-Identifier: BSD-3-Clause
// Receiving: getting a placed value from a peer that may lie, and may change any byte at any time.
//
// Everything that steers is read once into private memory, checked there and used from there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/settings.hpp"
#include "memory/fault.hpp"
#include "placement/arena.hpp"
#include "placement/place.hpp"
#include "placement/plan.hpp"

namespace vmrpc::placement {

// A range of addresses that stays mapped and readable while the message is in use.
struct Stretch {
  std::uintptr_t begin = 0, end = 0;
  // May parts of it be left in place after the call? Not in a frame, which is used again. In our own region
  // (a value that came back) when the view keeps the block pinned.
  bool stays = false;

  bool holds(std::uintptr_t address) const noexcept { return address - begin < end - begin; }
};

// The memory that a message may refer to.
class PeerView {
 public:
  virtual ~PeerView() = default;
  // Where it most likely lies.
  std::array<Stretch, 2> likely() const noexcept { return likely_; }
  // The longest stretch around the address, an empty one when it is not mapped. Asked once per
  // stretch, mostly.
  virtual Stretch stretch_at(std::uintptr_t address) = 0;
  // Of all stretches together: what a message can be made of.
  virtual std::size_t mapped_bytes() const = 0;

 protected:
  std::array<Stretch, 2> likely_{};
};

enum class Receiving {
  kCopy,     // each piece from malloc, as libtirpc does it
  kSpine,    // what steers in one private arena, bulk in place
  kInPlace,  // from a trusted peer: checked once, everything in place
};

// What may stay where it lies: of all of the value, and of those fields that are licensed by themselves.
struct Licence {
  constexpr Licence(Receiving both) noexcept : Licence(both, both) {}
  constexpr Licence(Receiving of_all, Receiving of_fields) noexcept : all(of_all), fields(of_fields) {}
  Receiving all, fields;
};

// What a program has of a message that was not copied; to be given to Held::keep().
struct InPlaceValue {
  std::unique_ptr<PrivateArena> arena;  // null: nothing was copied
  struct Range {
    std::uintptr_t begin, end;
  };
  // Where it lies outside of the arena, by address. To the byte: small values of other messages may lie on the same page.
  std::vector<Range> ranges;
  std::size_t pieces = 0;      // pointers that the program is to free
  std::uint64_t hash = 0;      // as delivered, when it is not mixed: see hash_of()
  // Some pieces come from malloc, made by XDR routines, or are the caller's own: to be freed one by one.
  bool is_mixed = false;

  // As new, but for memory that can be filled once more.
  void clear() noexcept;
};

// Of the bytes of a root, and of all that lies in private memory with it and may be an address: to see whether
// the program has changed one, as it does when it takes a piece out.
std::uint64_t hash_of(const void* root, std::size_t bytes, const PrivateArena* arena) noexcept;

// Fills *objp (plan.size bytes; its non-null pointers are honoured as XDR does: copied to).
// True: done. False: this value cannot be had here (no memory, the limits, a foreign routine
// refused). Throws memory::PeerFault when no honest peer can have sent it. In both cases *objp is as
// before and nothing is left allocated.
bool receive_copy(const Plan& plan, const Placed& message, PeerView& view, void* objp,
                  const PlacedLimits& limits = {});

// The same where something may stay. When `value.pieces` is 0, nothing of the message is in use.
// A type with values that only XDR routines know is received by kSpine at most.
bool receive_in_place(const Plan& plan, const Placed& message, PeerView& view, Licence licence,
                      void* objp, InPlaceValue& value, const PlacedLimits& limits = {});

}  // namespace vmrpc::placement
