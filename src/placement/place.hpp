// SPDX-License-Identifier: BSD-3-Clause
// Placing: getting a value into memory that the peer reads, with pointers that mean the same there.
//
// What lies in our own heap is passed by address, and so is what lies in a value that the peer
// sent and that is still held; all else is copied. The program's memory is never written to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/settings.hpp"
#include "memory/heap.hpp"
#include "placement/arena.hpp"
#include "placement/plan.hpp"

namespace vmrpc::placement {

// What was received from the peer of this message and still lies in its region.
class Returnable {
 public:
  virtual ~Returnable() = default;
  // Bytes from `address` on that belong to such a value, 0 for none. It stays for as long as this
  // object, or as the implementation says: until the message is over.
  virtual std::size_t keep(const void* address) = 0;
  // Of all values kept so far.
  virtual std::size_t kept_bytes() const = 0;
};

enum class Placing {
  kPlaced,
  kInvalid,    // XDR would refuse it too: a bound, a tag, a missing string
  kElsewhere,  // no room, too deep, or more than a receiver takes: encode it with XDR
};

// What the peer is told about a placed value: the placed descriptor.
struct Placed {
  std::uint64_t root = 0;           // address of the value
  std::uint64_t bytes = 0;          // of all pieces, also those passed by address
  std::uint64_t foreign = 0;        // XDR of the values that have no map, in the order of the walk
  std::uint64_t foreign_bytes = 0;
  std::uint64_t passed_bytes = 0;   // of `bytes`, what was passed by address; the peer is not told
};

// `pins` gets the blocks of our own heap that the message refers to: release() it when the
// call is over. `returnable` may be null. Not kPlaced: forget the arena's and the pins' contents.
// `limits` are a receiver's: of the pieces' bytes, as often as they are referred to, against the memory that they may
// lie in, and of the depth.
Placing place(const Plan& plan, const void* value, Arena& arena, memory::Heap::Pins& pins,
              Returnable* returnable, Placed& result, const PlacedLimits& limits = {});

}  // namespace vmrpc::placement
