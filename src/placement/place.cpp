// SPDX-License-Identifier: BSD-3-Clause
// Placing a value by its plan.
#include "config.h"

#include "placement/place.hpp"

#include <rpc/rpc.h>

#include <array>
#include <cstring>
#include <vector>

#include "placement/inspector.hpp"
#include "placement/steps.hpp"

namespace vmrpc::placement {
namespace {

// Values of one type, one behind the other, that are still to be gone through.
struct Job {
  const Plan* plan;
  const unsigned char* from;
  unsigned char* to;  // not used when nothing is copied
  std::size_t count;
  std::size_t depth;
};

// Memory of ours, or of a value that the peer sent, that is passed by address.
class Passing {
 public:
  Passing(memory::Heap::Pins& pins, Returnable* returnable)
      : pins_(pins), returnable_(returnable), window_(pins.window()), window_bytes_(pins.window_bytes()) {}

  // Bytes from there on that can be; 0: copy it.
  std::size_t bytes_at(const void* address) {
    return around(address).room(reinterpret_cast<std::uintptr_t>(address));
  }
  // All that can be around it; none: from there on none.
  memory::Extent around(const void* address) {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    if (at - window_ < window_bytes_) return pins_.pin_around(address);
    return {at, returnable_ == nullptr ? 0 : returnable_->keep(address)};
  }
  // Quick: no is certain.
  bool may_hold(const void* address) const {
    return returnable_ != nullptr || reinterpret_cast<std::uintptr_t>(address) - window_ < window_bytes_;
  }
  bool holds(const void* address, std::size_t bytes) { return bytes_at(address) >= bytes; }
  // Of the memory that they are in.
  std::size_t mapped_bytes() const {
    return pins_.mapped_bytes() + (returnable_ == nullptr ? 0 : returnable_->kept_bytes());
  }

 private:
  memory::Heap::Pins& pins_;
  Returnable* returnable_;
  const std::uintptr_t window_;
  const std::size_t window_bytes_;
};

// Of a value passed by address: is all of it, as it is?
class PassedMemory {
 public:
  // `bytes_max`: of pieces before giving up, which ends cycles.
  PassedMemory(Passing& passing, std::size_t bytes_max) : passing_(passing), bytes_max_(bytes_max) {}

  // Pieces of one kind mostly lie beside each other, here as in the peer's memory.
  std::size_t room(bool is_string, const unsigned char* at, std::size_t) {
    memory::Extent& recent = recent_[is_string ? 1 : 0];
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    if (!recent.holds(address)) recent = passing_.around(at);
    return recent.room(address);
  }
  void take(bool, const unsigned char*, std::size_t bytes) {
    ++pieces_;
    bytes_ += bytes;
  }
  bool is_enough() const { return bytes_ > bytes_max_; }
  static bool refuse(const char*) { return false; }
  static bool too_deep() { return false; }

  void begin() { pieces_ = bytes_ = 0; }  // what is pinned stays so
  std::size_t pieces() const { return pieces_; }
  std::size_t bytes() const { return bytes_; }

 private:
  Passing& passing_;
  const std::size_t bytes_max_;
  std::array<memory::Extent, 2> recent_{};
  std::size_t pieces_ = 0, bytes_ = 0;
};

class Placer {
 public:
  Placer(Arena& arena, memory::Heap::Pins& pins, Returnable* returnable, const PlacedLimits& limits)
      : arena_(arena),
        limits_(limits),
        passing_(pins, returnable),
        // Both sides' windows: what is no graph but a tree fits in them.
        passed_memory_(passing_, 2 * pins.window_bytes()),
        inspector_(passed_memory_, limits.depth) {}

  Placing run(const Plan& plan, const void* value, Placed& result) {
    const unsigned char* const root = place_root(plan, static_cast<const unsigned char*>(value));
    if (root == nullptr || !this->value(plan, next_, next_to_) || !follow() || !place_foreign(result)) return failure_;
    if (bytes_ > limits_.slack_bytes && bytes_ / limits_.times > passing_.mapped_bytes()) return Placing::kElsewhere;
    result.root = reinterpret_cast<std::uint64_t>(root);
    result.bytes = bytes_;
    result.passed_bytes = passed_;
    return Placing::kPlaced;
  }

 private:
  bool fail(Placing why) {
    failure_ = why;
    return false;
  }

  // Mostly on the program's stack.
  const unsigned char* place_root(const Plan& plan, const unsigned char* value) {
    if (passing_.may_hold(value) && is_passed(&plan, value, plan.size, 1, 0)) return value;
    next_ = value;
    next_to_ = static_cast<unsigned char*>(arena_.allocate(plan.size, plan.align));
    bytes_ += plan.size;
    return next_to_;
  }

  // The last pushed goes first, and an array stays below what hangs on its elements: the stack
  // never holds more than a value's depth.
  bool follow() {
    while (!jobs_.empty()) {
      Job& job = jobs_.back();
      const Job now = job;
      job.from += now.plan->size;
      job.to += now.plan->size;
      if (--job.count == 0) jobs_.pop_back();
      depth_ = now.depth;
      if (!value(*now.plan, now.from, now.to)) return false;
    }
    return true;
  }

  // A value, and those that its link leads to: a list is gone along here, without the stack.
  bool value(const Plan& type, const unsigned char* from, unsigned char* to) {
    chain_ = &type;
    for (; from != nullptr; from = next_, to = next_to_) {
      next_ = nullptr;
      ++placed_;
      if (!run_steps(type.steps, from, to)) return false;
      if (next_ != nullptr) prefetch_ahead(next_, from);
    }
    return true;
  }

  bool steps(const Steps& steps, const unsigned char* from, unsigned char* to) { return run_steps(steps, from, to); }

  [[gnu::always_inline]] bool run_steps(const Steps& steps, const unsigned char* from, unsigned char* to) {
    const Step* const end = steps.all.data() + steps.all.size();
    for (const Step* step = steps.all.data(); step != end; ++step)
      if (!this->step(*step, from + step->offset, to + step->offset)) return false;
    return true;
  }

  [[gnu::always_inline]] bool step(const Step& step, const unsigned char* from, unsigned char* to) {
    // Most of what lists are made of; a jump by table costs more.
    if (step.kind == Step::Kind::kCopy) return copy_step(step, to, from), true;
    if (step.kind == Step::Kind::kString) return string(step, load<const char*>(from), to);
    if (step.kind == Step::Kind::kPointer) return pointer(step, load<const unsigned char*>(from), to);
    if (step.kind == Step::Kind::kCounted) return counted(step, from, to);
    return other(step, from, to);
  }

  [[gnu::always_inline]] bool pointer(const Step& step, const unsigned char* from, unsigned char* to) {
    if (step.is_link && step.target == chain_) return link(step, from, to);
    return elements(step, from, from != nullptr, to);
  }

  [[gnu::noinline]] bool other(const Step& step, const unsigned char* from, unsigned char* to) {
    switch (step.kind) {
      case Step::Kind::kZero:
        clear(to, step.bytes);
        return true;
      case Step::Kind::kBool:
        booleans(step, from, to);
        return true;
      case Step::Kind::kEach:
        return each(*step.target, from, to, step.count);
      case Step::Kind::kChoice:
        return choice(*step.choice, from, to);
      case Step::Kind::kForeign:
        std::memset(to, 0, step.bytes * step.count);
        return foreign(step.xdr, from, step.bytes, step.count);
      case Step::Kind::kLicensed:
        return this->step(*step.inner, from, to);
      default:
        return false;
    }
  }

  static void booleans(const Step& step, const unsigned char* from, unsigned char* to) {
    const std::size_t bytes = step.count * sizeof(bool_t);
    for (std::size_t at = 0; at < bytes; at += sizeof(bool_t)) store<bool_t>(to + at, load<bool_t>(from + at) != 0);
    clear(to + bytes, step.gap);
  }

  bool each(const Plan& type, const unsigned char* from, unsigned char* to, std::size_t count) {
    for (; count != 0; --count, from += type.size, to += type.size)
      if (!steps(type.steps, from, to)) return false;
    return true;
  }

  bool choice(const Choice& choice, const unsigned char* from, unsigned char* to) {
    const Steps* const arm = arm_of(choice, from);
    if (arm == nullptr) return fail(Placing::kInvalid);
    copy(to, from, choice.tag_bytes);
    return steps(*arm, from, to);
  }

  [[gnu::always_inline]] bool string(const Step& step, const char* text, unsigned char* to) {
    if (text == nullptr) return fail(Placing::kInvalid);
    const std::size_t room = passing_.bytes_at(text);
    const std::size_t length = room == 0 ? std::strlen(text) : text_length(text, room);
    if (length > step.bound) return fail(Placing::kInvalid);
    bytes_ += length + 1;
    if (length < room) {
      passed_ += length + 1;
      store<const char*>(to, text);
      return true;
    }
    auto* const copied = static_cast<char*>(arena_.allocate(length + 1, 1));
    if (copied == nullptr) return fail(Placing::kElsewhere);
    copy_text(copied, text, length);
    copied[length] = 0;
    store<const char*>(to, copied);
    return true;
  }

  bool counted(const Step& step, const unsigned char* from, unsigned char* to) {
    const auto count = load<u_int>(from);
    if (count > step.bound) return fail(Placing::kInvalid);
    store<std::uint64_t>(to, 0);  // the padding too
    store<u_int>(to, count);
    return elements(step, load<const unsigned char*>(from + kElementsOffset), count, to + kElementsOffset);
  }

  // The next of a list, or its end.
  [[gnu::always_inline]] bool link(const Step& step, const unsigned char* from, unsigned char* to) {
    if (from == nullptr || passing_.may_hold(from)) return elements(step, from, from != nullptr, to);
    auto* const placed = static_cast<unsigned char*>(arena_.allocate(step.bytes, step.align));
    store<const unsigned char*>(to, placed);
    bytes_ += step.bytes;
    next_ = from;
    next_to_ = placed;
    return placed != nullptr || fail(Placing::kElsewhere);
  }

  bool elements(const Step& step, const unsigned char* from, std::size_t count, unsigned char* to) {
    if (count == 0) {
      store<void*>(to, nullptr);
      return true;
    }
    if (from == nullptr) return fail(Placing::kInvalid);
    const unsigned char* const placed = place_elements(step, from, count);
    store<const unsigned char*>(to, placed);
    return placed != nullptr;
  }

  // Where the peer finds them. What hangs on them is done later.
  const unsigned char* place_elements(const Step& step, const unsigned char* from, std::size_t count) {
    std::size_t all = 0;
    if (__builtin_mul_overflow(count, step.bytes, &all)) return refuse();
    const std::size_t depth = depth_ + (step.is_link ? 0 : 1);
    if (step.xdr == nullptr && is_passed(step.target, from, all, count, depth)) return from;
    auto* const to = static_cast<unsigned char*>(arena_.allocate(all, step.align));
    if (depth > limits_.depth || to == nullptr) return refuse();
    bytes_ += all;
    return fill(step, from, to, count, all, depth) ? to : nullptr;
  }

  bool fill(const Step& step, const unsigned char* from, unsigned char* to, std::size_t count, std::size_t all,
            std::size_t depth) {
    const Plan* const type = step.target;
    if (step.is_link && type == chain_) {
      next_ = from;
      next_to_ = to;
      return true;
    }
    if (step.xdr != nullptr) {
      std::memset(to, 0, all);
      return foreign(step.xdr, from, step.bytes, count);
    }
    if (type != nullptr && type->has_pointers) jobs_.push_back({type, from, to, count, depth});
    else if (type != nullptr && !type->plain()) return each(*type, from, to, count);
    else std::memcpy(to, from, all);
    return true;
  }

  const unsigned char* refuse() {
    failure_ = Placing::kElsewhere;
    return nullptr;
  }

  bool is_passed(const Plan* type, const unsigned char* from, std::size_t all, std::size_t count,
                 std::size_t depth) {
    if (!passing_.holds(from, all)) return false;
    if (type != nullptr && needs_a_look(*type) && !inspect(*type, from, count, depth)) return false;
    bytes_ += all;
    passed_ += all;
    return true;
  }

  // A value that is not all in the heap is looked at in vain. For a list that would be once per node:
  // no more work is wasted than was done.
  bool inspect(const Plan& type, const unsigned char* from, std::size_t count, std::size_t depth) {
    constexpr std::size_t kFree = 1024;
    if (wasted_ > placed_ + kFree) return false;
    passed_memory_.begin();
    if (inspector_.inspect(type, from, count, depth)) {
      bytes_ += passed_memory_.bytes();
      passed_ += passed_memory_.bytes();
      return true;
    }
    wasted_ += passed_memory_.pieces();
    return false;
  }

  // Values without a map, all of a message in one buffer, as the receiver comes to them.
  bool foreign(xdrproc_t xdr, const unsigned char* from, std::size_t bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (!encode(xdr, const_cast<unsigned char*>(from) + i * bytes)) return fail(Placing::kElsewhere);
    return true;
  }

  bool encode(xdrproc_t xdr, void* value) {
    const std::size_t wanted = ::xdr_sizeof(xdr, value);
    const std::size_t start = foreign_.size();
    if (wanted == 0 || wanted > kForeignBytesMax - start) return wanted == 0 && encodes_nothing(xdr, value);
    foreign_.resize(start + wanted);
    XDR xdrs{};
    ::xdrmem_create(&xdrs, reinterpret_cast<char*>(foreign_.data() + start), static_cast<u_int>(wanted), XDR_ENCODE);
    const bool done = xdr(&xdrs, value, kNoBound) != FALSE && xdr_getpos(&xdrs) == wanted;
    xdr_destroy(&xdrs);
    return done;
  }

  // xdr_sizeof() says 0 for failure as well.
  static bool encodes_nothing(xdrproc_t xdr, void* value) {
    char none[4];
    XDR xdrs{};
    ::xdrmem_create(&xdrs, none, 0, XDR_ENCODE);
    const bool done = xdr(&xdrs, value, kNoBound) != FALSE;
    xdr_destroy(&xdrs);
    return done;
  }

  bool place_foreign(Placed& result) {
    result.foreign = 0;
    result.foreign_bytes = foreign_.size();
    if (foreign_.empty()) return true;
    void* const to = arena_.allocate(foreign_.size(), BYTES_PER_XDR_UNIT);
    if (to == nullptr) return fail(Placing::kElsewhere);
    std::memcpy(to, foreign_.data(), foreign_.size());
    bytes_ += foreign_.size();
    result.foreign = reinterpret_cast<std::uint64_t>(to);
    return true;
  }

  static constexpr std::size_t kForeignBytesMax = std::size_t{1} << 30;

  Arena& arena_;
  const PlacedLimits limits_;
  Passing passing_;
  PassedMemory passed_memory_;
  Inspector<PassedMemory> inspector_;
  std::vector<Job> jobs_;
  const Plan* chain_ = nullptr;          // the type that is gone along
  const unsigned char* next_ = nullptr;  // where its link leads to
  unsigned char* next_to_ = nullptr;
  std::vector<unsigned char> foreign_;
  std::size_t bytes_ = 0, passed_ = 0, depth_ = 0, placed_ = 0, wasted_ = 0;
  Placing failure_ = Placing::kElsewhere;
};

}  // namespace

Placing place(const Plan& plan, const void* value, Arena& arena, memory::Heap::Pins& pins,
              Returnable* returnable, Placed& result, const PlacedLimits& limits) {
  return Placer(arena, pins, returnable, limits).run(plan, value, result);
}

}  // namespace vmrpc::placement
