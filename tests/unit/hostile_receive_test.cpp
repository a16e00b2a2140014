// SPDX-License-Identifier: BSD-3-Clause
// A peer that lies: every word of a placed value set to values that ought not to be there, before and
// while it is received. Nothing is read or written out of place, nothing loops, nothing leaks.
#include "config.h"

#include "placing.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "placed_types.h"
#include "placement/held.hpp"

namespace vmrpc::placement {
namespace {

// Receives in one way, and frees what it got.
bool is_taken(const placed_type& type, const Plan& plan, const Placed& placed, TestView& view, const Licence& licence,
              const PlacedLimits& limits = {}) {
  TestValue value(type);
  InPlaceValue in_place;
  if (copies_all(licence)) return receive_copy(plan, placed, view, value.get(), limits);
  if (!receive_in_place(plan, placed, view, licence, value.get(), in_place, limits)) return false;
  Held::instance().keep(std::move(in_place), plan, value.get(), nullptr, Loan{});
  return true;
}

// Receives what may be nonsense, in all ways. True when some way accepted it.
bool receive_all_ways(const placed_type& type, const Plan& plan, const Placed& placed, TestView& view) {
  bool accepted = false;
  for (const Licence& licence : kLicences) {
    try {
      accepted |= is_taken(type, plan, placed, view, licence);
    } catch (const memory::PeerFault&) {
      // The value is as it was, and freed as it is.
    }
  }
  EXPECT_EQ(Held::instance().messages(), 0u) << type.name;
  return accepted;
}

struct HostileReceive : testing::Test {
  template <typename Body>
  void for_placed_values(int samples, Body body) {
    for (const placed_type* type = placed_types; type->name != nullptr; ++type) {
      for (int i = 0; i < samples; ++i) {
        TestValue value(*type);
        ASSERT_TRUE(value.make_up(random)) << type->name;
        const Plan& plan = *plan_of(*type->map);
        ASSERT_EQ(sender.place(plan, value.get()), Placing::kPlaced);
        body(*type, plan);
      }
    }
  }
  // Values that a field might be set to by somebody who means harm.
  std::uint64_t evil_word() {
    const auto base = reinterpret_cast<std::uintptr_t>(sender.window.base());
    switch (random() % 10) {
      case 0: return 0;
      case 1: return 1;
      case 2: return 0xffffffffu;
      case 3: return ~std::uint64_t{0};
      case 4: return base - 8;
      case 5: return base + sender.window.bytes() - 1;
      case 6: return base + memory::kChunkBytes - 8;
      case 7: return sender.placed.root;  // a cycle
      case 8: return base + random() % (2 * memory::kChunkBytes);
      default: return random();
    }
  }
  // Somewhere in the message, which starts at the root.
  unsigned char* somewhere() {
    const std::uint64_t offset = random() % (sender.placed.bytes + 16);
    auto* const at = reinterpret_cast<unsigned char*>(sender.placed.root + offset / 4 * 4);
    const Stretch stretch = sender.window.stretch_at(reinterpret_cast<std::uintptr_t>(at) + 7);
    return stretch.end == 0 ? reinterpret_cast<unsigned char*>(sender.placed.root) : at;
  }

  Sender sender{8};
  std::mt19937_64 random{1122};
};

TEST_F(HostileReceive, AnyWordSetToAnythingIsRefusedOrHarmless) {
  for_placed_values(2, [&](const placed_type& type, const Plan& plan) {
    TestView view = sender.view();
    for (int round = 0; round < 25; ++round) {
      unsigned char* const at = somewhere();
      unsigned char before[8];
      std::memcpy(before, at, 8);
      const std::uint64_t word = evil_word();
      std::memcpy(at, &word, random() % 2 == 0 ? 4 : 8);
      receive_all_ways(type, plan, sender.placed, view);
      std::memcpy(at, before, 8);
    }
    EXPECT_TRUE(receive_all_ways(type, plan, sender.placed, view)) << type.name << " as it was";
  });
}

TEST_F(HostileReceive, ADescriptorThatLiesIsRefused) {
  for_placed_values(2, [&](const placed_type& type, const Plan& plan) {
    TestView view = sender.view();
    for (int round = 0; round < 20; ++round) {
      Placed lie = sender.placed;
      std::uint64_t* const words[] = {&lie.root, &lie.bytes, &lie.foreign, &lie.foreign_bytes};
      *words[random() % 4] = evil_word();
      receive_all_ways(type, plan, lie, view);
    }
  });
}

// A data race on purpose, which ThreadSanitizer would report: the peer writes while we read.
#ifndef __SANITIZE_THREAD__
TEST_F(HostileReceive, BytesThatChangeWhileTheyAreReadDoNoHarm) {
  for_placed_values(1, [&](const placed_type& type, const Plan& plan) {
    if (!plan.has_pointers) return;
    TestView view = sender.view();
    std::atomic<bool> stop{false};
    unsigned char* const targets[] = {somewhere(), somewhere(), somewhere()};
    std::thread flipper([&, seed = random()] {
      std::mt19937_64 own(seed);
      while (!stop.load()) {
        volatile unsigned char* const at = targets[own() % 3];
        at[own() % 8] = static_cast<unsigned char>(own());
      }
    });
    // Not kInPlace: that is for peers that are trusted not to.
    for (int round = 0; round < 30; ++round)
      for (const Licence licence : {Licence(Receiving::kCopy), Licence(Receiving::kSpine), Licence(Receiving::kCopy, Receiving::kSpine)}) {
        TestValue value(type);
        try {
          InPlaceValue in_place;
          if (copies_all(licence)) receive_copy(plan, sender.placed, view, value.get());
          else if (receive_in_place(plan, sender.placed, view, licence, value.get(), in_place))
            Held::instance().keep(std::move(in_place), plan, value.get(), nullptr, Loan{});
        } catch (const memory::PeerFault&) {
        }
      }
    stop = true;
    flipper.join();
    ASSERT_EQ(Held::instance().messages(), 0u);
  });
}
#endif

TEST_F(HostileReceive, ACycleEndsAtTheLimitOfNodes) {
  const Plan& plan = *plan_of(*type_named("entry").map);
  char label[] = "x";
  entry second{2, label, nullptr}, first{1, label, &second};
  ASSERT_EQ(sender.place(plan, &first), Placing::kPlaced);
  auto* const root = reinterpret_cast<entry*>(sender.placed.root);
  root->next->next = root->next;
  TestView view = sender.view();
  for (const Receiving mode : {Receiving::kSpine, Receiving::kInPlace}) {
    entry value{};
    InPlaceValue in_place;
    EXPECT_FALSE(receive_in_place(plan, sender.placed, view, mode, &value, in_place));
    EXPECT_EQ(value.next, nullptr);
  }
  sender.placed.bytes = ~std::uint64_t{0};  // claims to be everything there is
  entry value{};
  EXPECT_FALSE(receive_copy(plan, sender.placed, view, &value));
  EXPECT_EQ(value.label, nullptr);
}

// Each node hangs on the one before by an array, which is no list: depth counts.
Placed make_deep(Sender& sender, std::size_t depth) {
  auto* const nodes = static_cast<wide_tree*>(sender.heap.allocate((depth + 1) * sizeof(wide_tree)));
  auto* const label = static_cast<char*>(sender.heap.allocate_zeroed(16));
  for (std::size_t i = 0; i <= depth; ++i) nodes[i] = {1, {i < depth, i < depth ? &nodes[i + 1] : nullptr}, label};
  return {reinterpret_cast<std::uint64_t>(nodes), (depth + 1) * (sizeof(wide_tree) + 1), 0, 0, 0};
}

TEST_F(HostileReceive, WhatIsDeeperThanTheLimitIsRefusedInEachWay) {
  const placed_type& type = type_named("wide_tree");
  const Plan& plan = *plan_of(wide_tree_vm_map);
  constexpr std::size_t kMost = PlacedLimits{}.depth;
  const Placed deepest = make_deep(sender, kMost), deeper = make_deep(sender, kMost + 1);
  TestView view = sender.view();
  PlacedLimits more, less;
  more.depth = kMost + 1;
  less.depth = kMost - 1;
  for (const Receiving mode : {Receiving::kCopy, Receiving::kSpine, Receiving::kInPlace}) {
    EXPECT_TRUE(is_taken(type, plan, deepest, view, mode));
    EXPECT_FALSE(is_taken(type, plan, deeper, view, mode));
    EXPECT_TRUE(is_taken(type, plan, deeper, view, mode, more));
    EXPECT_FALSE(is_taken(type, plan, deepest, view, mode, less));
  }
  EXPECT_EQ(Held::instance().messages(), 0u);
}

// As above, but half of it is copied before the rest stays.
TEST_F(HostileReceive, DepthCountsFromTheRootAlsoWhereAValueBeginsToStay) {
  const placed_type& type = type_named("wide_tree");
  const Plan& plan = *plan_of(wide_tree_vm_map);
  const Placed deep = make_deep(sender, 100);
  auto* const nodes = reinterpret_cast<wide_tree*>(deep.root);
  std::vector<unsigned char> frame(16 * sizeof(wide_tree));  // of which nothing stays
  auto* const first = reinterpret_cast<wide_tree*>(frame.data());
  std::copy_n(nodes, 16, first);
  for (std::size_t i = 0; i < 15; ++i) first[i].kids.kids_val = &first[i + 1];
  TestView view(sender.window, frame);
  const Placed mixed{reinterpret_cast<std::uint64_t>(first), deep.bytes, 0, 0, 0};
  PlacedLimits exact, less;
  exact.depth = 100;
  less.depth = 99;
  EXPECT_TRUE(is_taken(type, plan, mixed, view, Receiving::kInPlace, exact));
  EXPECT_FALSE(is_taken(type, plan, mixed, view, Receiving::kInPlace, less));
}

TEST_F(HostileReceive, EachLimitIsTheOneThatIsSet) {
  const placed_type& type = type_named("wide_tree");
  const Plan& plan = *plan_of(wide_tree_vm_map);
  const Placed ten = make_deep(sender, 9);
  TestView view = sender.view();
  PlacedLimits nodes, memory;
  nodes.bytes_per_node = ten.bytes / 10;  // each node is two pieces, but for the root
  memory.times = 1;
  memory.slack_bytes = 0;
  for (const Receiving mode : {Receiving::kCopy, Receiving::kSpine, Receiving::kInPlace}) {
    EXPECT_TRUE(is_taken(type, plan, ten, view, mode));
    EXPECT_FALSE(is_taken(type, plan, ten, view, mode, nodes));
    EXPECT_TRUE(is_taken(type, plan, ten, view, mode, memory)) << "no more than it says";
    Placed understated = ten;
    understated.bytes /= 2;
    EXPECT_TRUE(is_taken(type, plan, understated, view, mode)) << "within the slack";
    EXPECT_FALSE(is_taken(type, plan, understated, view, mode, memory));
  }
}

// Ten thousand structs and one string: going through it for each would take time that the peer does not spend.
TEST_F(HostileReceive, WhatIsReferredToOftenIsNotGoneThroughEachTime) {
  constexpr u_int kCount = 10'000;
  constexpr std::size_t kTextBytes = 100'000;
  auto* const text = static_cast<char*>(sender.heap.allocate(kTextBytes));
  auto* const kids = static_cast<wide_tree*>(sender.heap.allocate(kCount * sizeof(wide_tree)));
  auto* const root = static_cast<wide_tree*>(sender.heap.allocate(sizeof(wide_tree)));
  std::memset(text, 'x', kTextBytes - 1);
  text[kTextBytes - 1] = 0;
  std::fill_n(kids, kCount, wide_tree{1, {0, nullptr}, text});
  *root = {0, {kCount, kids}, text};

  const Plan& plan = *plan_of(wide_tree_vm_map);
  EXPECT_EQ(sender.place(plan, root), Placing::kElsewhere);  // nor does an honest peer send it
  TestView view = sender.view();
  const Placed lie{reinterpret_cast<std::uint64_t>(root), kCount * kTextBytes, 0, 0, 0};
  EXPECT_FALSE(receive_all_ways(type_named("wide_tree"), plan, lie, view));
  sender.pins.release();
}

TEST_F(HostileReceive, PresetPointersAreAsBeforeWhenTheValueIsRefused) {
  const Plan& plan = *plan_of(*type_named("record").map);
  char title[] = "t";
  record sent{};
  sent.title = title;
  entry only{1, title, nullptr};
  sent.entries = &only;
  ASSERT_EQ(sender.place(plan, &sent), Placing::kPlaced);
  reinterpret_cast<record*>(sender.placed.root)->entries->label = nullptr;
  char buffer[33] = "", label[65] = "";
  entry own{7, label, nullptr};
  record value{};
  value.title = buffer;
  value.entries = &own;
  TestView view = sender.view();
  EXPECT_THROW(receive_copy(plan, sender.placed, view, &value), memory::PeerFault);
  EXPECT_EQ(value.title, buffer);
  EXPECT_EQ(value.entries, &own);
  EXPECT_EQ(own.label, label);
  EXPECT_EQ(own.number, 7);
}

}  // namespace
}  // namespace vmrpc::placement
