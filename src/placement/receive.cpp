// SPDX-License-Identifier: BSD-3-Clause
// Receiving a placed value by its plan.
//
// One pass over the peer's memory: each word that steers is loaded once, checked, and stored to the
// private copy as it was found or replaced. What stays in place (of a trusted peer) is only checked.
#include "config.h"

#include "placement/receive.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "memory/heap.hpp"
#include "placement/checksum.hpp"
#include "placement/held.hpp"
#include "placement/inspector.hpp"
#include "placement/steps.hpp"

namespace vmrpc::placement {
namespace {

using memory::PeerFault;

[[gnu::cold, gnu::noinline, noreturn]] void fault(const char* what) { throw PeerFault(what); }

inline void require(bool holds, const char* what) {
  if (!holds) fault(what);
}

// The memory of the message, with the two stretches that were used last.
class Source {
 public:
  explicit Source(PeerView& view) : view_(view), recent_{view.likely()} {}

  // Bytes that are readable from there on, at least one. Throws when there are none.
  std::size_t room(std::uintptr_t address, std::size_t align) {
    require((address & (align - 1)) == 0, "a misaligned address");
    if (!recent_[0].holds(address)) look_up(address);
    return recent_[0].end - address;
  }
  // May what room() was last asked for be left there?
  bool stays() const { return recent_[0].stays; }
  // Throws unless [address, address + bytes) is readable.
  void check(std::uintptr_t address, std::size_t bytes, std::size_t align) {
    require(bytes <= room(address, align), "an address outside of shared memory");
  }

 private:
  [[gnu::noinline]] void look_up(std::uintptr_t address) {
    std::swap(recent_[0], recent_[1]);
    if (recent_[0].holds(address)) return;
    recent_[0] = view_.stretch_at(address);
    require(recent_[0].holds(address), "an address outside of shared memory");
  }

  PeerView& view_;
  std::array<Stretch, 2> recent_;
};

// The memory that a value lies in.
class Ranges {
 public:
  explicit Ranges(std::vector<InPlaceValue::Range>& ranges) : ranges_(ranges) { ranges_.clear(); }

  // `kind` 0 or 1: pieces of one kind mostly lie behind or before each other, those of both often in turn.
  [[gnu::always_inline]] void note(std::size_t kind, std::uintptr_t address, std::size_t bytes) {
    const Range range{address, address + bytes};
    if (!extend(recent_[extended_[kind]], range)) note_elsewhere(kind, range);
  }
  // By address.
  void finish() {
    for (const InPlaceValue::Range& range : recent_) put(range);
    if (ranges_.size() < 2) return;
    std::sort(ranges_.begin(), ranges_.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    std::size_t count = 0;
    for (const InPlaceValue::Range& range : ranges_) {
      if (count != 0 && range.begin < ranges_[count - 1].end + kGap)
        ranges_[count - 1].end = std::max(ranges_[count - 1].end, range.end);
      else ranges_[count++] = range;
    }
    ranges_.resize(count);
  }

 private:
  using Range = InPlaceValue::Range;

  // Less than any block takes: nothing of another value is between.
  static constexpr std::uintptr_t kGap = memory::Heap::kUnit;

  // False: they lie apart.
  [[gnu::always_inline]] static bool extend(Range& recent, const Range& range) {
    if (range.begin - recent.end < kGap) recent.end = range.end;
    else if (recent.begin - range.end < kGap) recent.begin = range.begin;
    else return range.begin >= recent.begin && range.end <= recent.end;
    return true;
  }
  [[gnu::noinline]] void note_elsewhere(std::size_t kind, const Range& range) {
    extended_[kind] = 1 - extended_[kind];
    if (extend(recent_[extended_[kind]], range)) return;
    extended_[kind] = kind;
    put(std::exchange(recent_[kind], range));
  }
  void put(const Range& range) {
    if (range.begin != range.end) ranges_.push_back(range);
  }

  std::vector<Range>& ranges_;
  std::array<Range, 2> recent_{};
  std::array<std::size_t, 2> extended_{0, 1};  // which of them, by the last of each kind
};

// Addresses of malloc memory, in blocks that stay small: malloc goes through all that was freed
// before it hands out a large one, and then the pieces themselves cost twice as much.
class Pieces {
 public:
  Pieces() = default;
  Pieces(const Pieces&) = delete;
  ~Pieces() {
    while (last_ != &first_) delete std::exchange(last_, last_->previous);
  }
  void add(void* piece) {  // make_room() comes first
    last_->pieces[count_++] = piece;
  }
  void make_room() {
    if (count_ != kPieces) return;
    auto* const block = new Block;
    block->previous = std::exchange(last_, block);
    count_ = 0;
  }
  void free_all() {
    for (const Block* block = last_; block != nullptr; block = block->previous) {
      std::for_each_n(block->pieces.begin(), count_, std::free);
      count_ = kPieces;
    }
  }

 private:
  static constexpr std::size_t kPieces = 120;
  struct Block {
    Block* previous = nullptr;
    std::array<void*, kPieces> pieces;  // left as it is: most values have few
  };
  Block first_;
  Block* last_ = &first_;
  std::size_t count_ = 0;
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
    pieces_.make_room();
    void* const piece = std::malloc(bytes);
    if (piece != nullptr) pieces_.add(piece);
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
    pieces_.free_all();
  }

  bool armed_ = true;
  bool small_is_used_ = false;
  unsigned char* small_memory_ = nullptr;
  std::size_t small_bytes_ = 0;
  std::array<unsigned char, 128> small_;
  Pieces pieces_;
  std::vector<Saved> saved_;
  std::vector<Foreign> foreign_;
};

using Bytes = const unsigned char*;

// Where a value is copied.
struct Where {
  Bytes from;         // as the peer wrote it
  unsigned char* to;
  Bytes old;          // the caller's memory before we wrote to it; null: fresh memory
};

struct Job {
  const Plan* plan;
  Where where;
  std::size_t count;
  std::size_t depth;
  Receiving mode;

  Where take_one() {
    const Where one = where;
    where = {one.from + plan->size, one.to + plan->size, one.old == nullptr ? nullptr : one.old + plan->size};
    --count;
    return one;
  }
};

class Receiver {
 public:
  Receiver(const Placed& message, PeerView& view, Licence licence, const PlacedLimits& limits, InPlaceValue& value)
      : source_(view),
        message_(message),
        licence_(licence),
        mode_(licence.all),
        depth_max_(limits.depth),
        value_(value),
        ranges_(value.ranges),
        inspector_(*this, limits.depth) {
    const std::size_t bytes = std::min<std::uint64_t>(message.bytes, view.mapped_bytes());
    bytes_left_ = bytes * limits.times + limits.slack_bytes;
    nodes_left_ = bytes / limits.bytes_per_node + 1;
  }

  bool run(const Plan& plan, void* objp) {
    auto* const root = static_cast<unsigned char*>(objp);
    const Bytes from = at(message_.root, plan.size, plan.align);
    if (!needs_a_look(plan)) {
      undo_.disarm();
      std::memcpy(objp, from, plan.size);
      return true;
    }
    const Bytes old = plan.has_pointers ? undo_.save(root, plan.size) : nullptr;
    if (!open_foreign() || !chain(plan, {from, root, old}) || !follow()) return tell_why();
    if (pieces_ + stayed_ != 0) deliver(plan, objp);
    undo_.disarm();
    return true;
  }

 private:
  // --- what stays in place, of a trusted peer

  friend class Inspector<Receiver>;
  [[gnu::always_inline]] std::size_t room(bool, Bytes at, std::size_t align) {
    const std::size_t bytes = source_.room(reinterpret_cast<std::uintptr_t>(at), align);
    return source_.stays() ? bytes : 0;
  }
  [[gnu::always_inline]] void take(bool is_string, Bytes at, std::size_t bytes) {
    ranges_.note(is_string ? 1 : 0, reinterpret_cast<std::uintptr_t>(at), bytes);
    ++stayed_;
    stayed_bytes_ += bytes;
  }
  bool is_enough() {
    if (stayed_ > nodes_left_) return !exceeds("bytes-per-node");
    return stayed_bytes_ > bytes_left_ && !exceeds("times");
  }
  bool too_deep() { return exceeds("depth"); }
  [[noreturn]] static bool refuse(const char* what) { fault(what); }

  // --- limits

  // False, and the key of VMRPC_PLACED_LIMITS.
  [[gnu::cold]] bool exceeds(const char* limit) {
    exceeded_ = limit;
    return false;
  }
  [[gnu::cold]] bool tell_why() const {
    if (exceeded_ != nullptr && log_enabled(LogLevel::kInfo))
      log_line(LogLevel::kInfo, std::string("a placed value is refused: VMRPC_PLACED_LIMITS, ") + exceeded_);
    return false;
  }

  // --- copies

  Bytes at(std::uint64_t address, std::size_t bytes, std::size_t align) {
    source_.check(address, bytes, align);
    return reinterpret_cast<Bytes>(address);
  }

  void deliver(const Plan& plan, const void* objp) {
    ranges_.finish();
    value_.arena = std::move(arena_);
    value_.pieces = pieces_ + stayed_;
    value_.is_mixed = is_mixed_ || licence_.all == Receiving::kCopy;
    if (!value_.is_mixed) value_.hash = hash_of(objp, plan.size, value_.arena.get());
  }

  // See Placer::follow(): the order is the same, which values without a map rely on.
  bool follow() {
    while (!jobs_.empty()) {
      Job& job = jobs_.back();
      const Plan& type = *job.plan;
      const Where where = job.take_one();
      depth_ = job.depth;
      mode_ = job.mode;
      if (job.count == 0) jobs_.pop_back();
      if (!chain(type, where)) return false;
    }
    return true;
  }

  // A value, and those that its link leads to.
  bool chain(const Plan& type, const Where& first) {
    chain_ = &type;
    go_to(first);
    while (next_ != nullptr) {
      const Bytes from = std::exchange(next_, nullptr);
      unsigned char* const to = next_to_;
      if (old_ != nullptr || next_old_ != nullptr) take_presets(to);
      if (!run_steps(type.steps, from, to)) return false;
      if (next_ != nullptr) prefetch_ahead(next_, from);
    }
    return true;
  }

  void go_to(const Where& next) {
    next_ = next.from;
    next_to_ = next.to;
    next_old_ = next.old;
  }
  void take_presets(unsigned char* to) {
    old_ = std::exchange(next_old_, nullptr);
    old_to_ = to;
  }
  // What the caller wants what is at `to` to be decoded to.
  template <typename T>
  T preset(const unsigned char* to) const {
    return old_ == nullptr ? T{} : load<T>(old_ + (to - old_to_));
  }

  // The same, to be written to. What an earlier value left there in place, in a variable that is used again, is not.
  template <typename T>
  T wanted(const unsigned char* slot) const {
    return old_ == nullptr ? nullptr : static_cast<T>(wanted_by_caller(slot));
  }
  [[gnu::cold, gnu::noinline]] void* wanted_by_caller(const unsigned char* slot) const {
    void* const memory = preset<void*>(slot);
    return memory == nullptr || Held::instance().holds(memory) ? nullptr : memory;
  }

  bool steps(const Steps& steps, Bytes from, unsigned char* to) { return run_steps(steps, from, to); }

  [[gnu::always_inline]] bool run_steps(const Steps& steps, Bytes from, unsigned char* to) {
    const Step* const end = steps.all.data() + steps.all.size();
    for (const Step* step = steps.all.data(); step != end; ++step)
      if (!this->step(*step, from + step->offset, to + step->offset)) return false;
    return true;
  }

  [[gnu::always_inline]] bool step(const Step& step, Bytes from, unsigned char* to) {
    // Most of what lists are made of; a jump by table costs more.
    if (step.kind == Step::Kind::kCopy) return copy_step(step, to, from), true;
    if (step.kind == Step::Kind::kString) return string(step, load_once<std::uint64_t>(from), to);
    if (step.kind == Step::Kind::kPointer) return pointer(step, load_once<std::uint64_t>(from), to);
    if (step.kind == Step::Kind::kCounted) return counted(step, from, to);
    return other(step, from, to);
  }

  [[gnu::always_inline]] bool pointer(const Step& step, std::uint64_t address, unsigned char* to) {
    if (step.is_link && address != 0 && old_ == nullptr && step.target == chain_) return link(step, address, to);
    return elements(step, address, address != 0, to);
  }

  [[gnu::noinline]] bool other(const Step& step, Bytes from, unsigned char* to) {
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
        return foreign_field(step, to);
      case Step::Kind::kLicensed:
        return licensed(*step.inner, from, to);
      default:
        return false;
    }
  }

  // What hangs on it is a job, which goes on with the licence.
  bool licensed(const Step& step, Bytes from, unsigned char* to) {
    const Receiving around = std::exchange(mode_, licence_.fields);
    const bool done = this->step(step, from, to);
    mode_ = around;
    return done;
  }

  static bool_t boolean(Bytes from) { return load_once<bool_t>(from) == FALSE ? FALSE : TRUE; }

  static void booleans(const Step& step, Bytes from, unsigned char* to) {
    const std::size_t bytes = step.count * sizeof(bool_t);
    for (std::size_t at = 0; at < bytes; at += sizeof(bool_t)) store(to + at, boolean(from + at));
    clear(to + bytes, step.gap);
  }

  bool each(const Plan& type, Bytes from, unsigned char* to, std::size_t count) {
    for (; count != 0; --count, from += type.size, to += type.size)
      if (!steps(type.steps, from, to)) return false;
    return true;
  }

  bool choice(const Choice& choice, Bytes from, unsigned char* to) {
    alignas(8) unsigned char tag[8];
    std::memcpy(tag, from, choice.tag_bytes);
    asm volatile("" : : "r"(tag) : "memory");  // see load_once()
    if (choice.tag_is_bool) store(tag, boolean(tag));
    const Steps* const arm = arm_of(choice, tag);
    require(arm != nullptr, "a discriminant that no arm is for");
    std::memcpy(to, tag, choice.tag_bytes);
    return steps(*arm, from, to);
  }

  // The next of a list. `slot`: where our copy has the address.
  [[gnu::always_inline]] bool link(const Step& step, std::uint64_t address, unsigned char* slot) {
    source_.check(address, step.bytes, step.align);
    const auto from = reinterpret_cast<Bytes>(address);
    if (mode_ == Receiving::kInPlace && source_.stays()) return leave(step, from, 1, step.bytes, slot);
    if (!another_node()) return false;
    next_ = from;
    next_to_ = static_cast<unsigned char*>(allocate(step.bytes, step.align, true));
    store(slot, next_to_);
    return next_to_ != nullptr;
  }

  [[gnu::always_inline]] bool string(const Step& step, std::uint64_t address, unsigned char* slot) {
    const std::size_t room = source_.room(address, 1);
    const auto* const text = reinterpret_cast<const char*>(address);
    const std::size_t length = text_length(text, std::min(room, std::size_t{step.bound} + 1));
    prefetch_ahead(text, std::exchange(last_text_, text));
    require(length < room, "a string without an end");
    require(length <= step.bound, "a string longer than its bound");
    char* const own = wanted<char*>(slot);
    if (mode_ == Receiving::kInPlace && source_.stays() && own == nullptr) {
      store(slot, address);
      take(true, reinterpret_cast<Bytes>(text), length + 1);
      return !is_enough();
    }
    if (!another_node()) return false;
    char* const to = own != nullptr ? mixed(own) : static_cast<char*>(allocate(length + 1, 1, false));
    if (to == nullptr) return false;
    // The peer may have taken the end away by now: ours is where it was seen.
    copy_text(to, text, length);
    to[length] = 0;
    store(slot, to);
    return true;
  }

  bool counted(const Step& step, Bytes from, unsigned char* to) {
    const auto count = load_once<u_int>(from);
    require(count <= step.bound, "more elements than the bound");
    const auto address = load_once<std::uint64_t>(from + kElementsOffset);
    store<std::uint64_t>(to, 0);  // the padding too
    store(to, count);
    return elements(step, address, count, to + kElementsOffset);
  }

  [[gnu::noinline]] bool elements(const Step& step, std::uint64_t address, std::size_t count, unsigned char* slot) {
    if (count == 0) return no_elements(step, slot);
    std::size_t all = 0;
    require(!__builtin_mul_overflow(count, step.bytes, &all), "more elements than there is memory");
    source_.check(address, all, step.align);
    const auto from = reinterpret_cast<Bytes>(address);
    const bool is_bulk = step.xdr == nullptr && (step.target == nullptr || !needs_a_look(*step.target));
    auto* const own = wanted<unsigned char*>(slot);
    if (own == nullptr && source_.stays() && may_stay(step, is_bulk)) return leave(step, from, count, all, slot);
    if (!another_node()) return false;
    if (step.xdr != nullptr) return foreign_elements(step, count, all, slot);
    const bool has_addresses = step.target != nullptr && step.target->has_pointers;
    auto* const to = own != nullptr ? mixed(own) : static_cast<unsigned char*>(allocate(all, step.align, has_addresses));
    if (to == nullptr) return false;
    const Bytes old = own != nullptr && has_addresses ? undo_.save(to, all) : nullptr;
    store(slot, to);
    if (!is_bulk) return go_on(step, {from, to, old}, count);
    copy(to, from, all);
    return true;
  }

  // XDR leaves the address of an empty array as it is, and nulls a pointer.
  bool no_elements(const Step& step, unsigned char* slot) {
    store(slot, step.kind == Step::Kind::kCounted ? preset<void*>(slot) : nullptr);
    return true;
  }

  bool may_stay(const Step& step, bool is_bulk) const {
    return (mode_ == Receiving::kInPlace && step.xdr == nullptr) ||
           (mode_ == Receiving::kSpine && is_bulk && step.kind == Step::Kind::kCounted);
  }

  // Values that stay where the peer put them, with all that hangs on them.
  bool leave(const Step& step, Bytes from, std::size_t count, std::size_t bytes, unsigned char* slot) {
    store(slot, from);
    take(false, from, bytes);
    if (is_enough()) return false;
    if (step.target == nullptr || !needs_a_look(*step.target)) return true;
    return inspector_.inspect(*step.target, from, count, depth_ + (step.is_link ? 0 : 1));
  }

  // What hangs on these values is done later, but for a link, which comes next anyway.
  bool go_on(const Step& step, const Where& where, std::size_t count) {
    if (step.is_link && step.target == chain_) {
      go_to(where);
      return true;
    }
    if (!step.target->has_pointers) return each(*step.target, where.from, where.to, count);
    const std::size_t depth = depth_ + (step.is_link ? 0 : 1);
    if (depth > depth_max_) return too_deep();
    jobs_.push_back({step.target, where, count, depth, mode_});
    return true;
  }

  bool another_node() {
    if (nodes_left_ == 0) return exceeds("bytes-per-node");
    --nodes_left_;
    return true;
  }

  // A piece may be referred to often.
  bool charge(std::size_t bytes) {
    if (bytes > bytes_left_) return exceeds("times");
    bytes_left_ -= bytes;
    return true;
  }

  template <typename T>
  T* mixed(T* preset) {
    is_mixed_ = true;
    return preset;
  }

  // Null: no memory, or too much of it.
  [[gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t align, bool has_addresses) {
    if (!charge(bytes)) return nullptr;
    if (mode_ == Receiving::kCopy) return undo_.allocate(bytes);
    ++pieces_;
    if (arena_ == nullptr) arena_ = std::make_unique<PrivateArena>();
    return has_addresses ? arena_->allocate(bytes, align) : arena_->allocate_apart(bytes, align);
  }

  // --- values without a map: XDR, in the order of the walk

  bool open_foreign() {
    if (message_.foreign_bytes == 0) return true;
    const std::uint64_t bytes = message_.foreign_bytes;
    const void* const from = at(message_.foreign, bytes, 1);
    if (bytes > UINT_MAX || !charge(bytes)) return false;
    const auto* const start = static_cast<const unsigned char*>(from);
    foreign_.assign(start, start + bytes);
    return true;
  }

  bool foreign_field(const Step& step, unsigned char* to) {
    // What the caller's memory holds are preset pointers.
    const Bytes old = old_ == nullptr ? nullptr : old_ + (to - old_to_);
    if (old == nullptr) std::memset(to, 0, step.bytes * step.count);
    return decode(step, to, step.count, old);
  }

  bool foreign_elements(const Step& step, std::size_t count, std::size_t bytes, unsigned char* slot) {
    auto* to = wanted<unsigned char*>(slot);
    Bytes old = nullptr;
    if (to != nullptr) {
      old = undo_.save(to, bytes);
    } else {
      to = static_cast<unsigned char*>(allocate(bytes, step.align, true));
      if (to == nullptr) return false;
      std::memset(to, 0, bytes);
    }
    store(slot, to);
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

  Source source_;
  const Placed message_;
  const Licence licence_;
  Receiving mode_;  // for the value at hand
  const std::size_t depth_max_;
  Undo undo_;
  InPlaceValue& value_;
  std::unique_ptr<PrivateArena> arena_;
  Ranges ranges_;
  std::vector<Job> jobs_;
  Inspector<Receiver> inspector_;
  const Plan* chain_ = nullptr;          // the type that is gone along
  const char* last_text_ = nullptr;
  // Where its link leads to. Not one struct: that is read as a whole, too early after its parts were written.
  Bytes next_ = nullptr;
  unsigned char* next_to_ = nullptr;
  Bytes next_old_ = nullptr;
  Bytes old_ = nullptr;  // see Where; for what is at old_to_
  unsigned char* old_to_ = nullptr;
  std::vector<unsigned char> foreign_;
  std::size_t foreign_used_ = 0;
  std::size_t bytes_left_, nodes_left_;  // for copies, and the most of what is left in place
  std::size_t stayed_ = 0, stayed_bytes_ = 0;
  std::size_t pieces_ = 0, depth_ = 0;  // pieces: in the arena
  bool is_mixed_ = false;
  const char* exceeded_ = nullptr;  // the limit that the value is beyond
};

}  // namespace

std::uint64_t hash_of(const void* root, std::size_t bytes, const PrivateArena* arena) noexcept {
  constexpr std::size_t kWord = sizeof(std::uint64_t), kFewWords = 8;
  if (arena == nullptr && bytes <= kFewWords * kWord && bytes % kWord == 0) return Checksum::of_words(root, bytes / kWord);
  Checksum sum;
  sum.add(root, bytes);
  // Fenced pages cannot be changed.
  if (arena != nullptr && !arena->is_fenced()) arena->for_each_used([&](const void* at, std::size_t used) { sum.add(at, used); });
  return sum.value();
}

void InPlaceValue::clear() noexcept {
  constexpr std::size_t kKeptRanges = 256;
  if (ranges.capacity() > kKeptRanges) ranges = {};
  arena.reset();
  ranges.clear();
  pieces = 0;
}

bool receive_copy(const Plan& plan, const Placed& message, PeerView& view, void* objp,
                  const PlacedLimits& limits) {
  InPlaceValue nothing;
  return Receiver(message, view, Receiving::kCopy, limits, nothing).run(plan, objp);
}

bool receive_in_place(const Plan& plan, const Placed& message, PeerView& view, Licence licence,
                      void* objp, InPlaceValue& value, const PlacedLimits& limits) {
  if (plan.reaches_foreigners) licence = {std::min(licence.all, Receiving::kSpine), std::min(licence.fields, Receiving::kSpine)};
  value.pieces = 0;
  return Receiver(message, view, licence, limits, value).run(plan, objp);
}

}  // namespace vmrpc::placement
