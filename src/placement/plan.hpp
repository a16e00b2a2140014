// SPDX-License-Identifier: BSD-3-Clause
// Plans: type maps (rpc/vm_types.h), checked once and put into the form that placing and receiving
// run through.
//
// A map comes from the program, not from the peer; it is checked so that a stale or hand-written
// one that makes no sense is left to XDR and not followed into the weeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "rpc/vm_types.h"

namespace vmrpc::placement {

struct Plan;
struct Choice;

// One step over the bytes of a value. Steps that neighbour in memory follow each other, and
// together cover the value: what the map does not mention is the gap behind a step, or a kZero step.
struct Step {
  enum class Kind : std::uint8_t {
    kCopy,      // `bytes`, as they are
    kZero,      // `bytes` of padding
    kBool,      // `count` bool_t
    kEach,      // `count` values of `target`, one behind the other
    kChoice,    // a union: `choice`
    kString,    // char *, at most `bound` characters
    kPointer,   // one `target`, or null
    kCounted,   // u_int, then the address of that many, at most `bound`
    kForeign,   // `count` values of `bytes` that only `xdr` knows
    kLicensed,  // `inner`, which may be used where it lies whatever holds for the value
  };
  Kind kind = Kind::kCopy;
  bool is_link = false;         // kPointer: the last field, to the value's own type; no deeper
  std::uint32_t count = 1;
  std::uint32_t bound = 0;
  std::uint32_t gap = 0;  // bytes of padding behind kCopy and kBool
  std::size_t offset = 0;
  std::size_t bytes = 0;        // of kCopy and kZero; of one element otherwise
  std::size_t align = 1;        // of an element
  const Plan* target = nullptr;  // null: plain elements, or those of `xdr`
  const Choice* choice = nullptr;
  xdrproc_t xdr = nullptr;
  const Step* inner = nullptr;
};
struct Steps {
  std::vector<Step> all;
  std::vector<Step> looks;  // those that are more than bytes to be copied
};

struct Choice {
  std::size_t tag_bytes = 0;
  bool tag_is_signed = false;
  bool tag_is_bool = false;
  struct Case {
    std::uint32_t value;
    std::uint32_t arm;  // in `arms`
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  std::vector<Case> cases;  // by value
  std::uint32_t otherwise = kNone;
  std::vector<Steps> arms;  // each covers all of the union behind the tag; offsets from the union's start

  // The steps that hold for a tag, or null: the value is invalid.
  const Steps* arm(std::uint32_t tag) const noexcept;
};

struct Plan {
  std::uint64_t fingerprint = 0;  // see rpc/vm_types.h. Set for what plan_of() returns
  std::size_t size = 0;
  std::size_t align = 1;
  bool has_pointers = false;   // addresses, or values of foreign routines
  bool has_gaps = false;
  bool is_checked = false;     // bools or tags
  bool has_foreigners = false;
  bool in_place = false;       // the author's licence, for all of it
  bool plain() const noexcept { return !has_pointers && !has_gaps && !is_checked; }
  Steps steps;
  std::vector<std::unique_ptr<Choice>> choices;
  std::vector<std::unique_ptr<const Step>> licensed;  // what kLicensed steps are about
  // Some value that can be reached from one of this has no map. Set for what plan_of() returns.
  bool reaches_foreigners = false;
  // Some field that can be reached from one of this is licensed by itself. Set for what plan_of() returns.
  bool reaches_licences = false;

  // The map, and what tells it from another that a later dlopen() put at its address.
  const rpc_vm_map* map = nullptr;
  std::uint64_t shape = 0, layout = 0;
  const rpc_vm_field* fields = nullptr;
  std::uint32_t map_flags = 0;
  bool is_of(const rpc_vm_map& other) const noexcept {
    return map == &other && shape == other.shape && layout == other.layout && fields == other.fields &&
           map_flags == other.flags;
  }
};

// The plan of a map, made at the first use and kept. Null: values of this map are left to XDR
// (another version of maps, or one that makes no sense). Any thread; later calls cost a look at a
// table.
const Plan* plan_of(const rpc_vm_map& map);

// Memory of the plan that was asked for last. For one thread at a time.
class KnownPlan {
 public:
  const Plan* find(const rpc_vm_map& map) {
    if (plan_ == nullptr || !plan_->is_of(map)) plan_ = plan_of(map);
    return plan_;
  }

 private:
  const Plan* plan_ = nullptr;
};

}  // namespace vmrpc::placement
