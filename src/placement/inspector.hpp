// SPDX-License-Identifier: BSD-3-Clause
// Going through a value that stays where it is: in our own heap, or in the peer's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "placement/plan.hpp"
#include "placement/steps.hpp"

namespace vmrpc::placement {

// What the compiler may not load again from where it came: a peer can have changed that.
template <typename T>
T load_once(const void* from) noexcept {
  T value = load<T>(from);
  asm volatile("" : "+r"(value));
  return value;
}

// Memory says what may stay:
//   std::size_t room(bool is_string, const unsigned char* at, std::size_t align)  bytes from there on; 0: none
//   void take(bool is_string, const unsigned char* at, std::size_t bytes)  one more piece
//   bool is_enough()                                              too much was taken, as in a cycle
//   bool refuse(const char* what)                                 no valid value: false, or it throws
//   bool too_deep()                                               false
template <typename Memory>
class Inspector {
 public:
  Inspector(Memory& memory, std::size_t depth_max) : memory_(memory), depth_max_(depth_max) {}

  // Values of one type, one behind the other, whose own bytes were taken already, and all that hangs on them.
  bool inspect(const Plan& plan, const unsigned char* from, std::size_t count, std::size_t depth) {
    jobs_.clear();
    for (; count != 0; --count, from += plan.size) {
      depth_ = depth;
      if (!chain(plan, from) || !follow()) return false;
    }
    return true;
  }

 private:
  struct Job {
    const Plan* plan;
    const unsigned char* from;
    std::size_t count;
    std::size_t depth;
  };

  bool follow() {
    while (!jobs_.empty()) {
      Job& job = jobs_.back();
      const Plan& type = *job.plan;
      const unsigned char* const from = job.from;
      depth_ = job.depth;
      job.from += type.size;
      if (--job.count == 0) jobs_.pop_back();
      if (!chain(type, from)) return false;
    }
    return true;
  }

  // A value, and those that its link leads to: a list is gone along here, without the stack.
  bool chain(const Plan& type, const unsigned char* from) {
    chain_ = &type;
    for (; from != nullptr; from = next_) {
      next_ = nullptr;
      if (!run_steps(type.steps, from) || memory_.is_enough()) return false;
      if (next_ != nullptr) prefetch_ahead(next_, from);
    }
    return true;
  }

  bool steps(const Steps& steps, const unsigned char* from) { return run_steps(steps, from); }

  [[gnu::always_inline]] bool run_steps(const Steps& steps, const unsigned char* from) {
    const Step* const end = steps.looks.data() + steps.looks.size();
    for (const Step* step = steps.looks.data(); step != end; ++step)
      if (!this->step(*step, from + step->offset)) return false;
    return true;
  }

  [[gnu::always_inline]] bool step(const Step& step, const unsigned char* from) {
    // Most of what lists are made of; a jump by table costs more.
    if (step.kind == Step::Kind::kString) return string(step, load_once<const unsigned char*>(from));
    if (step.kind == Step::Kind::kPointer) return pointer(step, load_once<const unsigned char*>(from));
    return other(step, from);
  }

  [[gnu::always_inline]] bool pointer(const Step& step, const unsigned char* at) {
    if (step.is_link && step.target == chain_) return link(step, at);
    return elements(step, at, at != nullptr);
  }

  [[gnu::noinline]] bool other(const Step& step, const unsigned char* from) {
    switch (step.kind) {
      case Step::Kind::kCopy:
      case Step::Kind::kZero:
        return true;
      case Step::Kind::kBool:
        return booleans(from, step.count);
      case Step::Kind::kEach:
        return each(*step.target, from, step.count);
      case Step::Kind::kChoice:
        return choice(*step.choice, from);
      case Step::Kind::kCounted: {
        const auto count = load_once<std::uint32_t>(from);
        if (count > step.bound) return memory_.refuse("more elements than the bound");
        return elements(step, load_once<const unsigned char*>(from + kElementsOffset), count);
      }
      case Step::Kind::kLicensed:
        return this->step(*step.inner, from);
      default:
        return false;
    }
  }

  bool booleans(const unsigned char* bools, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (load_once<std::uint32_t>(bools + i * sizeof(std::uint32_t)) > 1)
        return memory_.refuse("a boolean that is neither 0 nor 1");
    return true;
  }

  bool each(const Plan& type, const unsigned char* from, std::size_t count) {
    for (; count != 0; --count, from += type.size)
      if (!steps(type.steps, from)) return false;
    return true;
  }

  bool choice(const Choice& choice, const unsigned char* from) {
    alignas(8) unsigned char tag[8] = {};
    std::memcpy(tag, from, choice.tag_bytes);
    asm volatile("" : : "r"(tag) : "memory");  // see load_once()
    const Steps* const arm = arm_of(choice, tag);
    if (arm == nullptr) return memory_.refuse("a discriminant that no arm is for");
    return steps(*arm, from);
  }

  [[gnu::always_inline]] bool string(const Step& step, const unsigned char* at) {
    const std::size_t room = memory_.room(true, at, 1);
    if (room == 0) return false;
    const auto* const text = reinterpret_cast<const char*>(at);
    const std::size_t length = text_length(text, std::min(room, std::size_t{step.bound} + 1));
    prefetch_ahead(text, std::exchange(last_text_, text));
    if (length >= room) return memory_.refuse("a string without an end");
    if (length > step.bound) return memory_.refuse("a string longer than its bound");
    memory_.take(true, at, length + 1);
    return true;
  }

  // The next of a list, or its end.
  [[gnu::always_inline]] bool link(const Step& step, const unsigned char* at) {
    if (at == nullptr) return true;
    const std::size_t room = memory_.room(false, at, step.align);
    if (room < step.bytes) return room != 0 && memory_.refuse("an address outside of shared memory");
    next_ = at;
    memory_.take(false, at, step.bytes);
    return true;
  }

  [[gnu::noinline]] bool elements(const Step& step, const unsigned char* at, std::size_t count) {
    if (count == 0) return at == nullptr || memory_.refuse("an address of nothing");  // who frees the value would free it
    if (step.xdr != nullptr) return false;
    std::size_t all = 0;
    if (__builtin_mul_overflow(count, step.bytes, &all)) return memory_.refuse("more elements than there is memory");
    const std::size_t room = memory_.room(false, at, step.align);
    if (room < all) return room != 0 && memory_.refuse("an address outside of shared memory");
    memory_.take(false, at, all);
    if (step.target == nullptr || !needs_a_look(*step.target)) return true;
    const std::size_t depth = depth_ + (step.is_link ? 0 : 1);
    if (depth > depth_max_) return memory_.too_deep();
    jobs_.push_back({step.target, at, count, depth});
    return true;
  }

  Memory& memory_;
  const std::size_t depth_max_;
  std::vector<Job> jobs_;
  const Plan* chain_ = nullptr;          // the type that is gone along
  const unsigned char* next_ = nullptr;  // and where its link leads to
  const char* last_text_ = nullptr;
  std::size_t depth_ = 0;
};

}  // namespace vmrpc::placement
