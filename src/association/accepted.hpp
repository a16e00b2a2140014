// SPDX-License-Identifier: BSD-3-Clause
// Who takes placed values of which type where: learnt from what each end has decoded.
#pragma once

#include <rpc/rpc.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "association/subject.hpp"
#include "memory/layout.hpp"
#include "placement/plan.hpp"

namespace vmrpc::association {

// What the owner of a table has said that it takes. One thread at a time.
class AcceptedByPeer {
 public:
  explicit AcceptedByPeer(const memory::AcceptedShared& table) noexcept : table_(table) {}

  // Whether that are values of this type there.
  bool has(const Subject& subject, const placement::Plan& plan) noexcept {
    if (plan_ == &plan && subject_ == subject && slot_->load(std::memory_order_acquire) == key_) return true;
    return look_up(subject, plan);
  }

 private:
  bool look_up(const Subject& subject, const placement::Plan& plan) noexcept;

  const memory::AcceptedShared& table_;
  // What was found last.
  Subject subject_;
  const placement::Plan* plan_ = nullptr;
  const std::atomic<std::uint64_t>* slot_ = nullptr;
  std::uint64_t key_ = 0;
};

// What this end takes. A placed value can be received as its own type only: what is decoded as two types on one
// association must stay with XDR, which does not care. One thread at a time.
class Accepted {
 public:
  explicit Accepted(memory::AcceptedShared& table) noexcept : table_(table) {}

  // A value of this type was decoded there: the peer may place the next.
  void accept(const Subject& subject, const placement::Plan& plan);
  // The next message of that kind is for this routine. When another one decoded them so far, they are not placed
  // any more; so say it before the peer is asked.
  void expect(const Subject& subject, xdrproc_t routine) {
    Expected& recent = recent_[subject.procedure % recent_.size()];
    if (recent.routine == routine && recent.subject == subject) return;
    expect_other(subject, routine);
    recent = {subject, routine};
  }
  // Nothing is placed there any more.
  void withdraw(const Subject& subject);

 private:
  struct Expected {
    Subject subject;
    xdrproc_t routine = nullptr;
  };
  struct Entry {
    xdrproc_t routine = nullptr;
    bool is_withdrawn = false;
    std::vector<std::atomic<std::uint64_t>*> slots;
  };

  void expect_other(const Subject& subject, xdrproc_t routine);
  Entry& entry_of(const Subject& subject) { return entries_[acceptance_key(subject, 0)]; }

  memory::AcceptedShared& table_;
  std::uint64_t last_accepted_ = 0;
  std::array<Expected, 16> recent_{};
  std::unordered_map<std::uint64_t, Entry> entries_;
};

}  // namespace vmrpc::association
