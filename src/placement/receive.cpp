// SPDX-License-Identifier: BSD-3-Clause
// Receiving a placed value by its plan.
//
// Two kinds of memory are gone through. Private memory holds a copy of what the peer wrote: it is
// checked there, and the peer's addresses in it are replaced. Memory in place (of a trusted peer) is checked
// and left alone; each word of it that steers is loaded once.
#include "config.h"

#include "placement/receive.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "placement/steps.hpp"

namespace vmrpc::placement {
namespace {

using memory::kPageBytes;
using memory::PeerFault;

// The compiler may not load it again from where it came: the peer can have changed that.
template <typename T>
T load_once(const void* from) noexcept {
  T value = load<T>(from);
  asm volatile("" : "+r"(value) : : "memory");
  return value;
}

// Nothing that is read from `to` afterwards may be read from `from` instead.
void copy_once(void* to, const void* from, std::size_t bytes) noexcept {
  copy(to, from, bytes);
  asm volatile("" : : "r"(to) : "memory");
}

void require(bool holds, const char* what) {
  if (!holds) throw PeerFault(what);
}

// The memory of the message, with the two stretches that were used last.
class Source {
 public:
  explicit Source(PeerView& view) : view_(view) {}

  // Throws unless [address, address + bytes) is readable.
  const Stretch& check(std::uintptr_t address, std::size_t bytes, std::size_t align) {
    require((address & (align - 1)) == 0, "a misaligned address");
    const Stretch& stretch = at(address);
    require(bytes <= stretch.end - address, "an address outside of shared memory");
    return stretch;
  }

 private:
  static bool holds(const Stretch& stretch, std::uintptr_t address) {
    return address - stretch.begin < stretch.end - stretch.begin;
  }
  const Stretch& at(std::uintptr_t address) {
    if (holds(recent_[0], address)) return recent_[0];
    std::swap(recent_[0], recent_[1]);
    if (holds(recent_[0], address)) return recent_[0];
    recent_[0] = view_.stretch_at(address);
    require(holds(recent_[0], address), "an address outside of shared memory");
    return recent_[0];
  }

  PeerView& view_;
  std::array<Stretch, 2> recent_{};
};

// The pages that a value lies in.
class Pages {
 public:
  void note(std::uintptr_t address, std::size_t bytes) {
    const std::uintptr_t first = address / kPageBytes;
    const std::uintptr_t last = (address + bytes - 1) / kPageBytes;
    std::uintptr_t& known = known_[first % known_.size()];
    if (known == first && first == last) return;
    known = first;
    ranges_.push_back({first * kPageBytes, (last + 1) * kPageBytes});
  }
  std::vector<InPlaceValue::Range> take() {
    std::sort(ranges_.begin(), ranges_.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    std::size_t count = 0;
    for (const InPlaceValue::Range& range : ranges_) {
      if (count != 0 && range.begin <= ranges_[count - 1].end)
        ranges_[count - 1].end = std::max(ranges_[count - 1].end, range.end);
      else ranges_[count++] = range;
    }
    ranges_.resize(count);
    return std::move(ranges_);
  }

 private:
  std::vector<InPlaceValue::Range> ranges_;
  std::array<std::uintptr_t, 16> known_{};
};

// What has to be undone when a message turns out to be wrong.
class Undo {
 public:
  ~Undo() {
    if (armed_) undo();
  }
  void disarm() noexcept { armed_ = false; }

  // The pieces that libtirpc would have allocated.
  void* allocate(std::size_t bytes) {
    if (pieces_.size() == pieces_.capacity()) pieces_.reserve(2 * pieces_.size() + 16);
    void* const piece = std::malloc(bytes);
    if (piece != nullptr) pieces_.push_back(piece);
    return piece;
  }
  // Memory of the caller's that will be written to, as it was.
  const unsigned char* save(unsigned char* memory, std::size_t bytes) {
    if (bytes <= small_.size() && !small_is_used_) {
      small_is_used_ = true;
      small_memory_ = memory;
      small_bytes_ = bytes;
      std::memcpy(small_.data(), memory, bytes);
      return small_.data();
    }
    saved_.push_back({memory, std::vector<unsigned char>(memory, memory + bytes)});
    return saved_.back().image.data();
  }
  void decoded(xdrproc_t xdr, void* value) { foreign_.push_back({xdr, value}); }

 private:
  struct Saved {
    unsigned char* memory;
    std::vector<unsigned char> image;
  };
  struct Foreign {
    xdrproc_t xdr;
    void* value;
  };

  void undo() {
    for (auto foreign = foreign_.rbegin(); foreign != foreign_.rend(); ++foreign) {
      XDR xdrs{};
      xdrs.x_op = XDR_FREE;
      (void)foreign->xdr(&xdrs, foreign->value, kNoBound);
    }
    for (auto saved = saved_.rbegin(); saved != saved_.rend(); ++saved)
      std::memcpy(saved->memory, saved->image.data(), saved->image.size());
    if (small_is_used_) std::memcpy(small_memory_, small_.data(), small_bytes_);
    for (void* const piece : pieces_) std::free(piece);
  }

  bool armed_ = true;
  bool small_is_used_ = false;
  unsigned char* small_memory_ = nullptr;
  std::size_t small_bytes_ = 0;
  std::array<unsigned char, 128> small_;
  std::vector<void*> pieces_;
  std::vector<Saved> saved_;
  std::vector<Foreign> foreign_;
};

// Where a value is gone through.
struct Where {
  unsigned char* at;
  const unsigned char* old;  // the caller's memory before we wrote to it; null: fresh memory
  bool in_place;             // not to be written to

  Where operator+(std::size_t bytes) const {
    return {at + bytes, old == nullptr ? nullptr : old + bytes, in_place};
  }
  // What the caller wants the value to be decoded to.
  template <typename T>
  T preset(std::size_t offset = 0) const {
    return old == nullptr ? T{} : load<T>(old + offset);
  }
};

struct Job {
  const Plan* plan;
  Where where;
  std::size_t count;
  std::size_t depth;
};

class Receiver {
 public:
  Receiver(const Placed& message, PeerView& view, Receiving mode, const ReceiveLimits& limits)
      : source_(view), message_(message), mode_(mode), depth_max_(limits.depth) {
    const std::size_t bytes = std::min<std::uint64_t>(message.bytes, view.mapped_bytes());
    private_left_ = bytes * limits.private_factor + limits.private_extra;
    nodes_left_ = bytes / limits.bytes_per_node + 1;
  }

  bool run(const Plan& plan, void* objp, InPlaceValue* value) {
    auto* const root = static_cast<unsigned char*>(objp);
    const void* const from = at(message_.root, plan.size, plan.align);
    if (!needs_a_look(plan)) {
      undo_.disarm();
      std::memcpy(objp, from, plan.size);
      return true;
    }
    const unsigned char* const old = plan.has_pointers ? undo_.save(root, plan.size) : nullptr;
    copy_once(root, from, plan.size);
    if (!open_foreign() || !steps(plan.steps, {root, old, false}) || !follow()) return false;
    if (value != nullptr) deliver(plan, objp, *value);
    undo_.disarm();
    return true;
  }

 private:
  const void* at(std::uint64_t address, std::size_t bytes, std::size_t align) {
    source_.check(address, bytes, align);
    return reinterpret_cast<const void*>(address);
  }

  void deliver(const Plan& plan, const void* objp, InPlaceValue& value) {
    value.arena = std::move(arena_);
    value.ranges = pages_.take();
    value.pieces = pieces_;
    value.root_hash = hash_of(objp, plan.size);
    value.is_mixed = is_mixed_;
  }

  // See Placer::follow(): the order is the same, which values without a map rely on.
  bool follow() {
    while (!jobs_.empty()) {
      Job& job = jobs_.back();
      const Job now = job;
      job.where = job.where + now.plan->size;
      if (--job.count == 0) jobs_.pop_back();
      depth_ = now.depth;
      if (!steps(now.plan->steps, now.where)) return false;
    }
    return true;
  }

  bool steps(const Steps& steps, const Where& where) {
    for (const Step& step : steps)
      if (!this->step(step, where + step.offset)) return false;
    return true;
  }

  bool step(const Step& step, const Where& where) {
    switch (step.kind) {
      case Step::Kind::kCopy:
      case Step::Kind::kZero:
        return true;
      case Step::Kind::kBool:
        for (std::size_t i = 0; i < step.count; ++i) boolean(where + i * sizeof(bool_t));
        return true;
      case Step::Kind::kEach:
        for (std::size_t i = 0; i < step.count; ++i)
          if (!steps(step.target->steps, where + i * step.bytes)) return false;
        return true;
      case Step::Kind::kChoice:
        return choice(*step.choice, where);
      case Step::Kind::kString:
        return string(step, where);
      case Step::Kind::kPointer: {
        const auto address = load_once<std::uint64_t>(where.at);
        return elements(step, address, address != 0, where);
      }
      case Step::Kind::kCounted:
        return counted(step, where);
      case Step::Kind::kForeign:
        return foreign_field(step, where);
    }
    return false;
  }

  static void boolean(const Where& where) {
    const auto value = load_once<bool_t>(where.at);
    if (value == FALSE || value == TRUE) return;
    require(!where.in_place, "a boolean that is neither 0 nor 1");
    store<bool_t>(where.at, TRUE);
  }

  bool choice(const Choice& choice, const Where& where) {
    if (choice.tag_is_bool) boolean(where);
    alignas(8) unsigned char tag[8];
    std::memcpy(tag, where.at, choice.tag_bytes);
    asm volatile("" : : "r"(tag) : "memory");  // see copy_once()
    const Steps* const arm = arm_of(choice, tag);
    require(arm != nullptr, "a discriminant that no arm is for");
    return steps(*arm, where);
  }

  bool string(const Step& step, const Where& where) {
    const auto address = load_once<std::uint64_t>(where.at);
    const Stretch& stretch = source_.check(address, 1, 1);
    const auto* const text = reinterpret_cast<const char*>(address);
    const std::size_t room = stretch.end - address;
    const std::size_t length = ::strnlen(text, std::min(room, std::size_t{step.bound} + 1));
    require(length < room, "a string without an end");
    require(length <= step.bound, "a string longer than its bound");
    if (!another_node()) return false;
    char* const preset = where.preset<char*>();
    if (mode_ == Receiving::kInPlace && stretch.stays && preset == nullptr) return leave(address, length + 1);
    char* const to = preset != nullptr ? mixed(preset) : static_cast<char*>(allocate(length + 1, 1, where));
    if (to == nullptr) return false;
    // The peer may have taken the end away by now: ours is where it was seen.
    copy(to, text, length);
    to[length] = 0;
    store<char*>(where.at, to);
    return true;
  }

  bool counted(const Step& step, const Where& where) {
    const auto count = load_once<u_int>(where.at);
    require(count <= step.bound, "more elements than the bound");
    const Where slot = where + kElementsOffset;
    const auto address = load_once<std::uint64_t>(slot.at);
    if (!where.in_place) store<std::uint32_t>(where.at + sizeof(u_int), 0);
    return elements(step, address, count, slot);
  }

  bool elements(const Step& step, std::uint64_t address, std::size_t count, const Where& slot) {
    const bool is_array = step.kind == Step::Kind::kCounted;
    auto* const preset = slot.preset<unsigned char*>();
    if (count == 0) {
      require(!slot.in_place || address == 0, "an address of nothing");
      // XDR leaves the address of an empty array as it is, and nulls a pointer.
      if (!slot.in_place) store<void*>(slot.at, is_array ? preset : nullptr);
      return true;
    }
    std::size_t all = 0;
    require(!__builtin_mul_overflow(count, step.bytes, &all), "more elements than there is memory");
    const Stretch& stretch = source_.check(address, all, step.align);
    if (!another_node()) return false;
    if (step.xdr != nullptr) return foreign_elements(step, count, all, slot);
    const bool is_bulk = step.target == nullptr || !needs_a_look(*step.target);
    if (preset == nullptr && stretch.stays && mode_ != Receiving::kCopy) {
      if (is_bulk && (is_array || mode_ == Receiving::kInPlace)) return leave(address, all);
      if (mode_ == Receiving::kInPlace) {
        leave(address, all);
        return push(step, {reinterpret_cast<unsigned char*>(address), nullptr, true}, count);
      }
    }
    auto* const to = preset != nullptr ? mixed(preset)
                                       : static_cast<unsigned char*>(allocate(all, step.align, slot));
    if (to == nullptr) return false;
    const unsigned char* const old =
        preset != nullptr && step.target != nullptr && step.target->has_pointers ? undo_.save(to, all) : nullptr;
    copy_once(to, reinterpret_cast<const void*>(address), all);
    store<unsigned char*>(slot.at, to);
    return is_bulk || push(step, {to, old, false}, count);
  }

  // A piece that stays where the peer put it.
  bool leave(std::uintptr_t address, std::size_t bytes) {
    pages_.note(address, bytes);
    ++pieces_;
    return true;
  }

  bool push(const Step& step, const Where& where, std::size_t count) {
    const std::size_t depth = depth_ + (step.is_link ? 0 : 1);
    if (depth > depth_max_) return false;
    // A list's nodes mostly lie one behind the other.
    __builtin_prefetch(where.at + kPrefetchBytes);
    jobs_.push_back({step.target, where, count, depth});
    return true;
  }

  bool another_node() {
    if (nodes_left_ == 0) return false;
    --nodes_left_;
    return true;
  }

  template <typename T>
  T* mixed(T* preset) {
    is_mixed_ = true;
    return preset;
  }

  // Null: no memory, too much of it, or it would have to be written into what stays in place.
  void* allocate(std::size_t bytes, std::size_t align, const Where& slot) {
    if (slot.in_place || bytes > private_left_) return nullptr;
    private_left_ -= bytes;
    if (mode_ == Receiving::kCopy) return undo_.allocate(bytes);
    ++pieces_;
    if (arena_ == nullptr) arena_ = std::make_unique<PrivateArena>();
    return arena_->allocate(bytes, align);
  }

  // --- values without a map: XDR, in the order of the walk

  bool open_foreign() {
    if (message_.foreign_bytes == 0) return true;
    const std::uint64_t bytes = message_.foreign_bytes;
    const void* const from = at(message_.foreign, bytes, 1);
    if (bytes > private_left_ || bytes > UINT_MAX) return false;
    private_left_ -= bytes;
    const auto* const start = static_cast<const unsigned char*>(from);
    foreign_.assign(start, start + bytes);
    return true;
  }

  bool foreign_field(const Step& step, const Where& where) {
    const std::size_t bytes = step.bytes * step.count;
    // What the peer wrote here would be taken for preset pointers.
    if (where.old != nullptr) std::memcpy(where.at, where.old, bytes);
    else std::memset(where.at, 0, bytes);
    return decode(step, where.at, step.count, where.old);
  }

  bool foreign_elements(const Step& step, std::size_t count, std::size_t bytes, const Where& slot) {
    auto* const preset = slot.preset<unsigned char*>();
    auto* to = preset;
    const unsigned char* old = nullptr;
    if (preset != nullptr) {
      old = undo_.save(preset, bytes);
    } else {
      to = static_cast<unsigned char*>(allocate(bytes, step.align, slot));
      if (to == nullptr) return false;
      std::memset(to, 0, bytes);
    }
    store<unsigned char*>(slot.at, to);
    return decode(step, to, count, old);
  }

  bool decode(const Step& step, unsigned char* to, std::size_t count, const unsigned char* old) {
    is_mixed_ = true;
    for (std::size_t i = 0; i < count; ++i, to += step.bytes) {
      // With pointers of the caller's own in it, it is restored and not freed.
      const bool is_fresh = old == nullptr || is_zero(old + i * step.bytes, step.bytes);
      if (is_fresh) undo_.decoded(step.xdr, to);
      if (!decode_one(step.xdr, to)) return false;
    }
    return true;
  }

  static bool is_zero(const unsigned char* bytes, std::size_t count) {
    return std::all_of(bytes, bytes + count, [](unsigned char byte) { return byte == 0; });
  }

  bool decode_one(xdrproc_t xdr, void* to) {
    XDR xdrs{};
    ::xdrmem_create(&xdrs, reinterpret_cast<char*>(foreign_.data() + foreign_used_),
                    static_cast<u_int>(foreign_.size() - foreign_used_), XDR_DECODE);
    const bool done = xdr(&xdrs, to, kNoBound) != FALSE;
    foreign_used_ += xdr_getpos(&xdrs);
    xdr_destroy(&xdrs);
    return done;
  }

  static constexpr std::size_t kPrefetchBytes = 640;  // measured: lists of small nodes

  Source source_;
  const Placed message_;
  const Receiving mode_;
  const std::size_t depth_max_;
  Undo undo_;
  std::unique_ptr<PrivateArena> arena_;
  Pages pages_;
  std::vector<Job> jobs_;
  std::vector<unsigned char> foreign_;
  std::size_t foreign_used_ = 0;
  std::size_t private_left_, nodes_left_;
  std::size_t pieces_ = 0, depth_ = 0;
  bool is_mixed_ = false;
};

}  // namespace

std::uint64_t hash_of(const void* value, std::size_t bytes) noexcept {
  const auto* at = static_cast<const unsigned char*>(value);
  std::uint64_t hash = bytes;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 29;
  };
  for (; bytes >= 8; bytes -= 8, at += 8) mix(load<std::uint64_t>(at));
  std::uint64_t rest = 0;
  std::memcpy(&rest, at, bytes);
  mix(rest);
  return hash;
}

bool receive_copy(const Plan& plan, const Placed& message, PeerView& view, void* objp,
                  const ReceiveLimits& limits) {
  return Receiver(message, view, Receiving::kCopy, limits).run(plan, objp, nullptr);
}

bool receive_in_place(const Plan& plan, const Placed& message, PeerView& view, Receiving mode,
                      void* objp, InPlaceValue& value, const ReceiveLimits& limits) {
  if (mode == Receiving::kInPlace && plan.reaches_foreigners) mode = Receiving::kSpine;
  return Receiver(message, view, mode, limits).run(plan, objp, &value);
}

}  // namespace vmrpc::placement
