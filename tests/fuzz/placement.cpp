// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: receiving a placed value. A peer's frame and heap hold anything, the type map is one of rpcgen-vm's
// or makes little sense. Out comes a value that can be encoded, sent on and freed, or a refusal; all ways of
// receiving that take a value agree on it.
#include "config.h"

#include <rpc/rpc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "placed_value.hpp"
#include "placement/held.hpp"
#include "placement/place.hpp"
#include "placement/releasing.hpp"
#include "placement/steps.hpp"
#include "tests/unit/placing.hpp"

namespace vmrpc::fuzz {
namespace {

using placement::Placed;
using placement::Plan;
using placement::Licence;

void require(bool holds) {
  if (!holds) std::abort();
}

// --- the peer's memory ---

unsigned char* map_at(std::uintptr_t address, std::size_t bytes) {
  void* const memory = ::mmap(reinterpret_cast<void*>(address), bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  require(memory == reinterpret_cast<void*>(address));
  return static_cast<unsigned char*>(memory);
}

class PeerMemory final : public placement::PeerView {
 public:
  // What does not fit is left out.
  void fill(std::string_view frame, std::string_view heap) {
    fill(frame_, kFrameBytes, frame, frame_used_);
    fill(heap_, kHeapBytes, heap, heap_used_);
  }
  placement::Stretch stretch_at(std::uintptr_t address) override {
    if (address - kFrame < kFrameBytes) return {kFrame, kFrame + kFrameBytes, false};
    if (address - kHeap < kHeapBytes) return {kHeap, kHeap + kHeapBytes, true};
    return {};
  }
  std::size_t mapped_bytes() const override { return kFrameBytes + kHeapBytes; }

 private:
  static void fill(unsigned char* to, std::size_t room, std::string_view from, std::size_t& used) {
    const std::size_t bytes = std::min(room, from.size());
    std::copy_n(from.begin(), bytes, to);
    if (used > bytes) std::memset(to + bytes, 0, used - bytes);
    used = bytes;
  }

  unsigned char* const frame_ = map_at(kFrame, kFrameBytes);
  unsigned char* const heap_ = map_at(kHeap, kHeapBytes);
  std::size_t frame_used_ = 0, heap_used_ = 0;
};

// --- type maps of the input ---

// Bounded: libtirpc allocates what a length asks for before it looks whether that is there.
bool_t xdr_short_string(XDR* xdrs, char** text, u_int) { return ::xdr_string(xdrs, text, 255); }

// The maps lie where the last input's lay, with another shape: as when one library takes another's place.
class MadeUpMaps {
 public:
  const rpc_vm_map& make(const MapText (&texts)[kMaps]) {
    const std::string_view all(reinterpret_cast<const char*>(texts), sizeof texts);
    for (std::size_t i = 0; i < kMaps; ++i) make(texts[i], std::hash<std::string_view>{}(all), i);
    return maps_[0];
  }

 private:
  void make(const MapText& text, std::size_t shape, std::size_t index) {
    for (std::size_t i = 0; i < kFields; ++i) {
      fields_[index][i] = field(text.fields[i]);
      arms_[index][i] = {text.arms[i].value, text.arms[i].field == 255 ? RPC_VM_VOID : text.arms[i].field};
    }
    const std::size_t align = std::size_t{1} << text.log2_align % 8;
    const u_int fields = text.field_count % (kFields + 1), arms = text.arm_count % (kFields + 1);
    maps_[index] = {sizeof(rpc_vm_map), RPC_VM_MAP_VERSION, text.flags, text.size, align, fields_[index],
                    arms != 0 ? arms_[index] : nullptr, fields, arms,
                    text.default_field == 255 ? RPC_VM_NO_FIELD : text.default_field, shape, index, "made up"};
  }
  rpc_vm_field field(const FieldText& text) {
    const xdrproc_t word = reinterpret_cast<xdrproc_t>(xdr_u_int);
    const xdrproc_t string = reinterpret_cast<xdrproc_t>(xdr_short_string);
    const bool has_map = text.map < kMaps;
    const xdrproc_t xdr = text.xdr % 4 == 1 ? word : text.xdr % 4 == 2 ? string : nullptr;
    const std::size_t size = has_map ? maps_[text.map].size : xdr == word ? 4 : xdr == string ? 8 : text.size;
    return {text.kind, text.flags, text.offset, size, text.count, text.bound, has_map ? &maps_[text.map] : nullptr, xdr};
  }

  rpc_vm_map maps_[kMaps] = {};
  rpc_vm_field fields_[kMaps][kFields];
  rpc_vm_arm arms_[kMaps][kFields];
};

// --- values ---

// Frees a value as generated code would, without knowing more of it than the plan.
class Freer {
 public:
  void free(const Plan& plan, unsigned char* value) {
    steps(plan.steps, value);
    while (!pieces_.empty()) {
      const Piece piece = pieces_.back();
      pieces_.pop_back();
      for (std::size_t i = 0; piece.target != nullptr && i < piece.count; ++i)
        steps(piece.target->steps, piece.at + i * piece.target->size);
      pieces_in_order_.push_back(piece.at);
    }
    for (unsigned char* const at : pieces_in_order_) placement::release(at);
    pieces_in_order_.clear();
  }

 private:
  struct Piece {
    unsigned char* at;
    std::size_t count;
    const Plan* target;
  };

  void steps(const placement::Steps& steps, unsigned char* value) {
    for (const placement::Step& step : steps.looks) this->step(step, value + step.offset);
  }
  void step(const placement::Step& step, unsigned char* at) {
    using Kind = placement::Step::Kind;
    switch (step.kind) {
      case Kind::kEach:
        for (std::size_t i = 0; i < step.count; ++i) steps(step.target->steps, at + i * step.bytes);
        break;
      case Kind::kChoice:
        if (const placement::Steps* const arm = arm_of(*step.choice, at)) steps(*arm, at);
        break;
      case Kind::kString:
        piece(at, 1, step);
        break;
      case Kind::kPointer:
        piece(at, 1, step);
        break;
      case Kind::kCounted:
        if (placement::load<u_int>(at) != 0) piece(at + placement::kElementsOffset, placement::load<u_int>(at), step);
        break;
      case Kind::kForeign:
        foreign(step, at, step.count);
        break;
      case Kind::kLicensed:
        this->step(*step.inner, at);
        break;
      default:
        break;
    }
  }
  void piece(unsigned char* slot, std::size_t count, const placement::Step& step) {
    auto* const at = placement::load<unsigned char*>(slot);
    if (at == nullptr) return;
    if (step.xdr != nullptr) foreign(step, at, count);
    pieces_.push_back({at, count, step.kind == placement::Step::Kind::kString ? nullptr : step.target});
  }
  static void foreign(const placement::Step& step, unsigned char* at, std::size_t count) {
    XDR xdrs{};
    xdrs.x_op = XDR_FREE;
    for (std::size_t i = 0; i < count; ++i) step.xdr(&xdrs, at + i * step.bytes, placement::kNoBound);
  }

  std::vector<Piece> pieces_;
  std::vector<unsigned char*> pieces_in_order_;
};

// A received value, released as its program would.
class Value {
 public:
  explicit Value(const Plan& plan) : plan_(plan), bytes_((plan.size + 15) / 16 * 2) {}
  ~Value() {
    if (!placement::Held::instance().release_all(get())) Freer().free(plan_, get());
    require(placement::Held::instance().messages() == 0);
  }
  Value(const Value&) = delete;
  unsigned char* get() { return reinterpret_cast<unsigned char*>(bytes_.data()); }

 private:
  const Plan& plan_;
  std::vector<std::uint64_t> bytes_;
};

// Empty: XDR refuses it.
std::string encode(const placed_type& type, Value& value) {
  static std::vector<char> output(1 << 18);
  XDR xdrs{};
  ::xdrmem_create(&xdrs, output.data(), static_cast<u_int>(output.size()), XDR_ENCODE);
  return {output.data(), type.xdr(&xdrs, value.get()) != FALSE ? xdr_getpos(&xdrs) : 0};
}

bool receive(const Plan& plan, const Placed& placed, PeerMemory& memory, const Licence& licence, Value& value) {
  try {
    if (placement::copies_all(licence)) return receive_copy(plan, placed, memory, value.get());
    placement::InPlaceValue in_place;
    if (!receive_in_place(plan, placed, memory, licence, value.get(), in_place)) return false;
    placement::Held::instance().keep(std::move(in_place), plan, value.get(), &memory, placement::Loan{});
    return true;
  } catch (const memory::PeerFault&) {
    return false;
  }
}

// `type` is null for a map that is made up.
void receive_all_ways(const Plan& plan, const placed_type* type, const Placed& placed, PeerMemory& memory) {
  static auto& onwards = *new placement::Sender(64);
  std::string first;
  bool any = false;
  for (const Licence& licence : placement::kLicences) {
    Value value(plan);
    if (!receive(plan, placed, memory, licence, value)) continue;
    const auto sent_on = onwards.place(plan, value.get());
    require(plan.reaches_foreigners || sent_on != placement::Placing::kInvalid);
    if (type == nullptr) continue;
    const std::string encoded = encode(*type, value);
    require(!any || encoded == first);
    first = encoded;
    any = true;
  }
}

}  // namespace
}  // namespace vmrpc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmrpc::fuzz;
  static auto& memory = *new PeerMemory;
  static auto& maps = *new MadeUpMaps;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto take = [&](void* to, std::size_t bytes) {
    std::memset(to, 0, bytes);
    const std::size_t there = input.copy(static_cast<char*>(to), bytes);
    input.remove_prefix(there);
  };
  Head head;
  take(&head, sizeof head);
  const rpc_vm_map* map;
  const placed_type* type = nullptr;
  if (head.type == kMadeUp) {
    MapText texts[kMaps];
    take(texts, sizeof texts);
    map = &maps.make(texts);
  } else {
    std::size_t count = 0;
    while (placed_types[count].name != nullptr) ++count;
    type = &placed_types[head.type % count];
    map = type->map;
  }
  const auto* const plan = vmrpc::placement::plan_of(*map);
  if (plan == nullptr) return 0;
  const std::size_t frame_bytes = std::min<std::size_t>(head.frame_bytes, input.size());
  memory.fill(input.substr(0, frame_bytes), input.substr(frame_bytes));
  receive_all_ways(*plan, type, {head.root, head.bytes, head.foreign, head.foreign_bytes, 0}, memory);
  return 0;
}
