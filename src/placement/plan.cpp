// SPDX-License-Identifier: BSD-3-Clause
// Plans: checking a type map and everything that can be reached from it, once.
#include "config.h"

#include "placement/plan.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/boundary.hpp"
#include "base/error.hpp"
#include "placement/fingerprint.hpp"
#include "placement/steps.hpp"

namespace vmrpc::placement {
namespace {

constexpr std::size_t kAlignMax = 4096;
constexpr std::size_t kSizeMax = std::size_t{1} << 40;
constexpr int kNestingMax = 200;          // of types within types, by value
constexpr std::size_t kStepsInlined = 24;  // a nested struct of more is stepped through on its own

// The C of T<bound>.
struct Counted {
  u_int length;
  void* elements;
};

// The map makes no sense.
void require(bool holds) {
  if (!holds) throw RpcError(RPC_CANTENCODEARGS, EINVAL);
}

bool is_head_sane(const rpc_vm_map& map) {
  return map.map_size >= sizeof(rpc_vm_map) && map.version == RPC_VM_MAP_VERSION && map.size != 0 &&
         map.size <= kSizeMax && std::has_single_bit(map.align) && map.align <= kAlignMax &&
         map.size % map.align == 0 && map.fields != nullptr && map.field_count != 0;
}

// Steps in the order of memory; what is not mentioned becomes a gap, or kZero.
class Coverer {
 public:
  Coverer(Steps& steps, std::size_t from) : steps_(steps.all), at_(from) {}

  void add(Step step, std::size_t extent) {
    require(step.offset >= at_);
    fill_to(step.offset);
    at_ = step.offset + extent;
    if (extent == 0) return;
    if (step.kind == Step::Kind::kCopy && !steps_.empty()) {
      Step& last = steps_.back();
      if (last.kind == Step::Kind::kCopy && last.offset + last.bytes == step.offset) {
        last.bytes += step.bytes;
        last.gap = step.gap;
        return;
      }
    }
    steps_.push_back(step);
  }
  void fill_to(std::size_t offset) {
    if (offset <= at_) return;
    const std::size_t bytes = offset - at_;
    const std::size_t from = std::exchange(at_, offset);
    if (bytes <= kGapMax && !steps_.empty() && can_have_a_gap(steps_.back())) {
      steps_.back().gap = static_cast<std::uint32_t>(bytes);
      return;
    }
    Step gap;
    gap.kind = Step::Kind::kZero;
    gap.offset = from;
    gap.bytes = bytes;
    steps_.push_back(gap);
  }

 private:
  static constexpr std::size_t kGapMax = 4096;

  static bool can_have_a_gap(const Step& step) {
    return (step.kind == Step::Kind::kCopy || step.kind == Step::Kind::kBool) && step.gap == 0;
  }

  std::vector<Step>& steps_;
  std::size_t at_;
};

using Plans = std::unordered_map<const rpc_vm_map*, std::unique_ptr<Plan>>;

// Builds the plans of everything that can be reached from one map.
class Builder {
 public:
  explicit Builder(Plans& known) : known_(known) {}

  // Throws RpcError. New plans are the caller's to keep.
  Plan* build(const rpc_vm_map& root) {
    Plan* const plan = reach(root);
    while (!pending_.empty()) {
      Plan* const next = pending_.back();
      pending_.pop_back();
      finish(*next);
    }
    return plan;
  }
  Plans& made() { return made_; }

 private:
  enum class State { kNew, kOpen, kDone };

  Plan* reach(const rpc_vm_map& map) {
    if (const auto known = known_.find(&map); known != known_.end() && known->second->is_of(map))
      return known->second.get();
    std::unique_ptr<Plan>& plan = made_[&map];
    if (plan != nullptr) return plan.get();
    require(is_head_sane(map));
    plan = std::make_unique<Plan>();
    plan->map = &map;
    plan->shape = map.shape;
    plan->layout = map.layout;
    plan->fields = map.fields;
    plan->map_flags = map.flags;
    plan->size = map.size;
    plan->align = map.align;
    plan->in_place = (map.flags & RPC_VM_IN_PLACE) != 0;
    pending_.push_back(plan.get());
    state_[plan.get()] = State::kNew;
    return plan.get();
  }

  // Types by value are needed whole; one that contains itself so cannot be.
  void finish(Plan& plan) {
    const auto state = state_.find(&plan);
    if (state == state_.end() || state->second == State::kDone) return;
    require(state->second == State::kNew && ++nesting_ < kNestingMax);
    state->second = State::kOpen;
    if (plan.map->arms != nullptr) discriminated(plan);
    else structure(plan);
    state_[&plan] = State::kDone;
    --nesting_;
  }

  void structure(Plan& plan) {
    Coverer coverer(plan.steps, 0);
    for (std::uint32_t i = 0; i < plan.map->field_count; ++i)
      field(plan, plan.map->fields[i], coverer, i + 1 == plan.map->field_count);
    coverer.fill_to(plan.size);
    plan.has_gaps |= std::any_of(plan.steps.all.begin(), plan.steps.all.end(), [](const Step& step) {
      return step.kind == Step::Kind::kZero || step.gap != 0;
    });
    note_looks(plan.steps);
  }

  static void note_looks(Steps& steps) {
    std::copy_if(steps.all.begin(), steps.all.end(), std::back_inserter(steps.looks), [](const Step& step) {
      if (step.kind == Step::Kind::kEach) return needs_a_look(*step.target);
      return step.kind != Step::Kind::kCopy && step.kind != Step::Kind::kZero;
    });
  }

  void field(Plan& plan, const rpc_vm_field& field, Coverer& coverer, bool is_last) {
    const bool is_indirect =
        field.kind == RPC_VM_STRING || field.kind == RPC_VM_POINTER || field.kind == RPC_VM_COUNTED;
    require(field.offset <= plan.size && field.count != 0);
    require(field.size <= (is_indirect ? kSizeMax : plan.size / field.count));
    Step step;
    step.offset = field.offset;
    step.bytes = field.size;
    step.count = field.count;
    step.bound = field.bound;
    switch (field.kind) {
      case RPC_VM_BLOCK:
        require(field.count == 1);
        return add(plan, coverer, step, field.size);
      case RPC_VM_BOOL:
        require(field.size == sizeof(bool_t) && field.offset % alignof(bool_t) == 0);
        step.kind = Step::Kind::kBool;
        plan.is_checked = true;
        return add(plan, coverer, step, field.size * field.count);
      case RPC_VM_NESTED:
        return nested(plan, field, step, coverer);
      case RPC_VM_FOREIGN:
        require(field.xdr != nullptr && field.size != 0);
        step.kind = Step::Kind::kForeign;
        step.xdr = field.xdr;
        plan.has_pointers = plan.has_foreigners = true;
        return add(plan, coverer, step, field.size * field.count);
      default:
        require(is_indirect);
        return indirect(plan, field, step, coverer, is_last);
    }
  }

  static void add(const Plan& plan, Coverer& coverer, const Step& step, std::size_t extent) {
    require(step.offset + extent <= plan.size);
    coverer.add(step, extent);
  }

  void nested(Plan& plan, const rpc_vm_field& field, Step step, Coverer& coverer) {
    require(field.map != nullptr && field.map->size == field.size);
    Plan& inner = *reach(*field.map);
    finish(inner);
    require(field.offset % inner.align == 0 && field.offset + field.size * field.count <= plan.size);
    plan.has_pointers |= inner.has_pointers;
    plan.has_gaps |= inner.has_gaps;
    plan.is_checked |= inner.is_checked;
    plan.has_foreigners |= inner.has_foreigners;
    if (inner.plain()) {
      step.kind = Step::Kind::kCopy;
      step.bytes = field.size * field.count;
      return add(plan, coverer, step, step.bytes);
    }
    const bool is_licensed = (field.flags & RPC_VM_IN_PLACE) != 0;
    if (!is_licensed && field.count == 1 && inner.steps.all.size() <= kStepsInlined)
      return inline_steps(inner, field.offset, coverer);
    step.kind = Step::Kind::kEach;
    step.target = &inner;
    if (is_licensed) step = licensed(plan, step);
    add(plan, coverer, step, field.size * field.count);
  }

  static void inline_steps(const Plan& inner, std::size_t offset, Coverer& coverer) {
    const std::vector<Step>& steps = inner.steps.all;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      Step step = steps[i];
      const std::size_t end = i + 1 < steps.size() ? steps[i + 1].offset : inner.size;
      const std::size_t extent = end - step.offset;
      step.offset += offset;
      step.is_link = false;
      coverer.add(step, extent);
    }
  }

  void indirect(Plan& plan, const rpc_vm_field& field, Step step, Coverer& coverer, bool is_last) {
    require(field.count == 1 && field.offset % alignof(void*) == 0);
    plan.has_pointers = true;
    std::size_t extent = sizeof(void*);
    if (field.kind == RPC_VM_STRING) {
      step.kind = Step::Kind::kString;
      return add(plan, coverer, step, extent);
    }
    step.kind = field.kind == RPC_VM_POINTER ? Step::Kind::kPointer : Step::Kind::kCounted;
    if (step.kind == Step::Kind::kCounted) extent = sizeof(Counted);
    if (field.map != nullptr) {
      step.target = reach(*field.map);
      require(field.map->size == field.size);
      step.align = step.target->align;
      step.is_link = is_last && field.map == plan.map && step.kind == Step::Kind::kPointer;
    } else if (field.xdr != nullptr) {
      step.xdr = field.xdr;
      step.align = alignof(std::max_align_t);
      plan.has_foreigners = true;
      require(field.size != 0);
    } else {
      require(std::has_single_bit(field.size) && field.size <= 8);
      step.align = field.size;
    }
    if ((field.flags & RPC_VM_IN_PLACE) != 0 && !step.is_link) step = licensed(plan, step);
    add(plan, coverer, step, extent);
  }

  // A list's own link is none of its own: it would have to be licensed for each node.
  static Step licensed(Plan& plan, const Step& inner) {
    plan.licensed.push_back(std::make_unique<const Step>(inner));
    Step step;
    step.kind = Step::Kind::kLicensed;
    step.offset = inner.offset;
    step.inner = plan.licensed.back().get();
    return step;
  }

  void discriminated(Plan& plan) {
    const rpc_vm_map& map = *plan.map;
    const rpc_vm_field& tag = map.fields[0];
    require((tag.kind == RPC_VM_BLOCK || tag.kind == RPC_VM_BOOL) && std::has_single_bit(tag.size) &&
            tag.size <= 8 && tag.offset == 0 && tag.count == 1);
    plan.is_checked = plan.has_gaps = true;
    auto choice = std::make_unique<Choice>();
    choice->tag_bytes = tag.size;
    choice->tag_is_signed = (tag.flags & RPC_VM_SIGNED) != 0;
    choice->tag_is_bool = tag.kind == RPC_VM_BOOL;
    for (std::uint32_t i = 1; i < map.field_count; ++i) choice->arms.push_back(arm(plan, &map.fields[i]));
    choice->arms.push_back(arm(plan, nullptr));
    for (std::uint32_t i = 0; i < map.arm_count; ++i)
      choice->cases.push_back({map.arms[i].value, arm_index(map, map.arms[i].field)});
    std::sort(choice->cases.begin(), choice->cases.end(),
              [](const auto& a, const auto& b) { return a.value < b.value; });
    if (map.default_field != RPC_VM_NO_FIELD) choice->otherwise = arm_index(map, map.default_field);
    Step step;
    step.kind = Step::Kind::kChoice;
    step.bytes = plan.size;
    step.choice = choice.get();
    plan.steps.all.push_back(step);
    note_looks(plan.steps);
    plan.choices.push_back(std::move(choice));
  }

  Steps arm(Plan& plan, const rpc_vm_field* field) {
    Steps steps;
    Coverer coverer(steps, plan.map->fields[0].size);
    if (field != nullptr) this->field(plan, *field, coverer, false);
    coverer.fill_to(plan.size);
    note_looks(steps);
    return steps;
  }

  // The last arm is the void one.
  static std::uint32_t arm_index(const rpc_vm_map& map, std::uint32_t field) {
    if (field == RPC_VM_VOID) return map.field_count - 1;
    require(field >= 1 && field < map.field_count);
    return field - 1;
  }

  Plans& known_;
  Plans made_;
  std::vector<Plan*> pending_;
  std::unordered_map<Plan*, State> state_;
  int nesting_ = 0;
};

// Maps that have been asked for, with their plans: found without a lock.
class Table {
 public:
  const Plan* find_or_build(const rpc_vm_map& map) {
    for (std::size_t probe = 0, at = hash(&map); probe < kProbes; ++probe, ++at) {
      const Entry* const entry = entries_[at % kEntries].load(std::memory_order_acquire);
      if (entry == nullptr) break;
      if (entry->map == &map && entry->is_of(map)) return entry->plan;
    }
    return build(map);
  }

 private:
  static constexpr std::size_t kEntries = 4096;
  static constexpr std::size_t kProbes = 64;

  struct Entry {
    const rpc_vm_map* map;
    std::uint64_t shape, layout;
    const rpc_vm_field* fields;
    std::uint32_t flags;
    const Plan* plan;  // null: left to XDR
    bool is_of(const rpc_vm_map& other) const {
      return shape == other.shape && layout == other.layout && fields == other.fields && flags == other.flags;
    }
  };

  static std::size_t hash(const rpc_vm_map* map) {
    return (reinterpret_cast<std::uintptr_t>(map) >> 4) * 0x9e3779b97f4a7c15ull >> 40;
  }

  const Plan* build(const rpc_vm_map& map) {
    const std::lock_guard hold(lock_);
    for (const auto& entry : all_)
      if (entry->map == &map && entry->is_of(map)) return entry->plan;
    const Plan* const plan = try_build(map);
    all_.push_back(std::make_unique<Entry>(Entry{&map, map.shape, map.layout, map.fields, map.flags, plan}));
    publish(*all_.back());
    return plan;
  }

  const Plan* try_build(const rpc_vm_map& map) {
    if (map.map_size < sizeof map || map.version != RPC_VM_MAP_VERSION) return nullptr;
    Builder builder(plans_);
    Plan* const plan = c_boundary([&] { return builder.build(map); },
                                  [](clnt_stat, int) -> Plan* { return nullptr; });
    if (plan == nullptr) return nullptr;
    for (auto& made : builder.made()) {
      // An older map at that address is gone; values being handled may still use its plan.
      if (std::unique_ptr<Plan>& old = plans_[made.first]; old != nullptr) retired_.push_back(std::move(old));
      plans_[made.first] = std::move(made.second);
    }
    const Reach reach = reach_of(map);
    plan->fingerprint = reach.fingerprint;
    plan->reaches_foreigners = reach.foreigners;
    plan->reaches_licences = reach.licences;
    return plan;
  }

  void publish(const Entry& entry) {
    for (std::size_t probe = 0, at = hash(entry.map); probe < kProbes; ++probe, ++at) {
      const Entry* none = nullptr;
      if (entries_[at % kEntries].compare_exchange_strong(none, &entry, std::memory_order_release)) return;
    }
    // Full here: found under the lock.
  }

  std::array<std::atomic<const Entry*>, kEntries> entries_{};
  std::mutex lock_;
  std::vector<std::unique_ptr<Entry>> all_;
  Plans plans_;
  std::vector<std::unique_ptr<Plan>> retired_;
};

Table& table() {
  static Table* const one = new Table;  // never ended: values outlive exit handlers
  return *one;
}

}  // namespace

const Steps* Choice::arm(std::uint32_t tag) const noexcept {
  const auto found = std::lower_bound(cases.begin(), cases.end(), tag,
                                      [](const Case& one, std::uint32_t value) { return one.value < value; });
  const bool is_there = found != cases.end() && found->value == tag;
  const std::uint32_t index = is_there ? found->arm : otherwise;
  return index == kNone ? nullptr : &arms[index];
}

const Plan* plan_of(const rpc_vm_map& map) { return table().find_or_build(map); }

}  // namespace vmrpc::placement
