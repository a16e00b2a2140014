// SPDX-License-Identifier: BSD-3-Clause
// Values of every kind of type, placed and received in each way, compared by their XDR form.
#include "config.h"

#include "placing.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "placed_types.h"
#include "placement/held.hpp"
#include "placement/releasing.hpp"

namespace vmrpc::placement {
namespace {

constexpr int kSamplesPerType = 12;

const Plan& plan_for(const placed_type& type) {
  const Plan* const plan = plan_of(*type.map);
  if (plan == nullptr) throw std::runtime_error(std::string(type.name) + " has no plan");
  return *plan;
}

// Calls `body(type, value)` for values of all types, made of random bytes.
template <typename Body>
void for_many_values(Body body) {
  std::mt19937_64 random(20261122);
  for (const placed_type* type = placed_types; type->name != nullptr; ++type)
    for (int i = 0; i < kSamplesPerType; ++i) {
      TestValue value(*type);
      ASSERT_TRUE(value.make_up(random)) << type->name;
      body(*type, value);
      if (testing::Test::HasFatalFailure()) FAIL() << type->name;
    }
}

TEST(Placement, EveryTypeHasAPlan) {
  for (const placed_type* type = placed_types; type->name != nullptr; ++type) {
    const Plan* const plan = plan_of(*type->map);
    ASSERT_NE(plan, nullptr) << type->name;
    EXPECT_EQ(plan, plan_of(*type->map));
    EXPECT_EQ(plan->has_pointers, (type->map->flags & RPC_VM_POINTERS) != 0) << type->name;
    EXPECT_EQ(plan->is_checked, (type->map->flags & RPC_VM_CHECKED) != 0) << type->name;
  }
}

TEST(Placement, CopiesAreEqualForEveryType) {
  Sender sender;
  for_many_values([&](const placed_type& type, TestValue& value) {
    const Plan& plan = plan_for(type);
    ASSERT_EQ(sender.place(plan, value.get()), Placing::kPlaced);
    TestValue copy(type);
    TestView view = sender.view();
    ASSERT_TRUE(receive_copy(plan, sender.placed, view, copy.get()));
    ASSERT_EQ(copy.encode(), value.encode());
  });
  sender.arena.release();
  EXPECT_EQ(sender.heap.use().blocks, 0u);
}

TEST(Placement, CopiesOutOfAFrameAreEqualToo) {
  Sender sender(64, 200);
  for_many_values([&](const placed_type& type, TestValue& value) {
    HeapArena arena(sender.heap, sender.frame);
    const Plan& plan = plan_for(type);
    ASSERT_EQ(place(plan, value.get(), arena, sender.pins, nullptr, sender.placed), Placing::kPlaced);
    TestView view = sender.view();
    for (const Licence& licence : kLicences) {
      TestValue copy(type);
      InPlaceValue in_place;
      if (copies_all(licence)) {
        ASSERT_TRUE(receive_copy(plan, sender.placed, view, copy.get()));
      } else {
        ASSERT_TRUE(receive_in_place(plan, sender.placed, view, licence, copy.get(), in_place));
        Held::instance().keep(std::move(in_place), plan, copy.get(), nullptr, Loan{});
      }
      ASSERT_EQ(copy.encode(), value.encode());
    }
  });
  EXPECT_EQ(Held::instance().messages(), 0u);
}

// Both in-place modes; freed piece by piece through libtirpc, or at once.
void stays_in_place(const Licence& licence, bool at_once) {
  Sender sender;
  int released = 0, kept = 0;
  for_many_values([&](const placed_type& type, TestValue& value) {
    const Plan& plan = plan_for(type);
    ASSERT_EQ(sender.place(plan, value.get()), Placing::kPlaced);
    TestValue received(type);
    TestView view = sender.view();
    InPlaceValue in_place;
    ASSERT_TRUE(receive_in_place(plan, sender.placed, view, licence, received.get(), in_place));
    ++kept;
    const bool is_mixed = in_place.is_mixed;
    const bool has_pieces = in_place.pieces != 0;
    Held::instance().keep(std::move(in_place), plan, received.get(), nullptr, lent([&] { ++released; }));
    ASSERT_EQ(received.encode(), value.encode());
    ASSERT_EQ(released, has_pieces ? kept - 1 : kept);
    if (at_once) {
      ASSERT_EQ(Held::instance().release_all(received.get()), has_pieces && !is_mixed);
    }
    received.free();
    ASSERT_EQ(released, kept) << "the last piece releases the message";
  });
  EXPECT_EQ(Held::instance().messages(), 0u);
}

TEST(Placement, SpinesAreEqualAndFreedPieceByPiece) { stays_in_place(Receiving::kSpine, false); }
TEST(Placement, SpinesAreFreedAtOnce) { stays_in_place(Receiving::kSpine, true); }
TEST(Placement, ValuesInPlaceAreEqualAndFreedPieceByPiece) { stays_in_place(Receiving::kInPlace, false); }
TEST(Placement, ValuesInPlaceAreFreedAtOnce) { stays_in_place(Receiving::kInPlace, true); }
TEST(Placement, LicensedSpinesAreEqualAndFreed) { stays_in_place({Receiving::kCopy, Receiving::kSpine}, false); }
TEST(Placement, LicensedFieldsAreEqualAndFreed) { stays_in_place({Receiving::kCopy, Receiving::kInPlace}, false); }

// A value built in the heap: received copies give one whose pieces all lie there.
void* rebuild_in_heap(Sender& sender, const Plan& plan, const void* value) {
  HeapArena arena(sender.heap);
  memory::Heap::Pins pins(sender.heap);
  Placed placed;
  if (place(plan, value, arena, pins, nullptr, placed) != Placing::kPlaced) return nullptr;
  arena.take_blocks();
  return reinterpret_cast<void*>(placed.root);
}

TEST(Placement, WhatLiesInTheHeapIsPassedByAddress) {
  Sender sender;
  for_many_values([&](const placed_type& type, TestValue& value) {
    const Plan& plan = plan_for(type);
    if (plan.reaches_foreigners) return;  // always copied
    void* const in_heap = rebuild_in_heap(sender, plan, value.get());
    ASSERT_NE(in_heap, nullptr);
    const std::size_t blocks = sender.heap.use().blocks;
    ASSERT_EQ(sender.place(plan, in_heap), Placing::kPlaced);
    ASSERT_EQ(sender.heap.use().blocks, blocks) << "nothing is copied";
    ASSERT_EQ(reinterpret_cast<void*>(sender.placed.root), in_heap);
    ASSERT_GT(sender.pins.count(), 0u);
    TestValue copy(type);
    TestView view = sender.view();
    ASSERT_TRUE(receive_copy(plan, sender.placed, view, copy.get()));
    ASSERT_EQ(copy.encode(), value.encode());
  });
}

// --- values built by hand

entry* make_entry(int number, const char* label, entry* next) {
  auto* const made = static_cast<entry*>(std::malloc(sizeof(entry)));
  *made = {number, ::strdup(label), next};
  return made;
}

entry* make_list(int count) {
  entry* list = nullptr;
  for (int i = count; i > 0; --i) list = make_entry(i, ("entry " + std::to_string(i)).c_str(), list);
  return list;
}

struct ByHand : testing::Test {
  Sender sender{512};
  const placed_type& entry_type = type_named("entry");
  const placed_type& record_type = type_named("record");
  const Plan& entry_plan = plan_for(entry_type);
  const Plan& record_plan = plan_for(record_type);

  // Sends a record with 50,000 bytes of 3 in its body; receives it in place.
  void receive_large_record(const char* title, record& received, InPlaceValue& in_place) {
    std::vector<char> body(50000, 3);
    std::string text = title;
    record sent{};
    sent.title = text.data();
    sent.body = {static_cast<u_int>(body.size()), body.data()};
    ASSERT_EQ(sender.place(record_plan, &sent), Placing::kPlaced);
    TestView view = sender.view();
    ASSERT_TRUE(receive_in_place(record_plan, sender.placed, view, Receiving::kInPlace, &received, in_place));
  }
};

TEST_F(ByHand, AListOfAHundredThousandIsNoDeeperThanOne) {
  TestValue list(entry_type);
  *static_cast<entry*>(list.get()) = {0, ::strdup("head"), make_list(100000)};
  ASSERT_EQ(sender.place(entry_plan, list.get()), Placing::kPlaced);
  TestView view = sender.view();
  TestValue copy(entry_type);
  ASSERT_TRUE(receive_copy(entry_plan, sender.placed, view, copy.get()));
  int count = 0;
  for (const entry* at = static_cast<entry*>(copy.get()); at != nullptr; at = at->next) ASSERT_EQ(at->number, count++);
  EXPECT_EQ(count, 100001);
}

TEST_F(ByHand, ATreeDeeperThanTheLimitIsLeftToXdr) {
  const placed_type& type = type_named("wide_tree");
  for (const std::size_t depth : {std::size_t{4096}, std::size_t{4097}}) {
    std::vector<wide_tree> nodes(depth + 1);
    char label[] = "x";
    for (std::size_t i = 0; i <= depth; ++i) {
      nodes[i].label = label;
      if (i < depth) nodes[i].kids = {1, &nodes[i + 1]};
    }
    EXPECT_EQ(sender.place(plan_for(type), &nodes[0]), depth == 4096 ? Placing::kPlaced : Placing::kElsewhere);
  }
}

TEST_F(ByHand, BlocksOfTheHeapArePassedBelowStructsThatAreNot) {
  TestValue value(record_type);
  auto& sent = *static_cast<record*>(value.get());
  sent.title = ::strdup("mixed");
  sent.body.body_len = 100000;
  sent.body.body_val = static_cast<char*>(sender.heap.allocate_zeroed(100000));
  std::memset(sent.body.body_val, 7, 100000);
  const std::size_t before = sender.heap.use().bytes;
  ASSERT_EQ(sender.place(record_plan, &sent), Placing::kPlaced);
  EXPECT_LT(sender.heap.use().bytes, before + 20000) << "the body was copied";
  const auto* const root = reinterpret_cast<const record*>(sender.placed.root);
  EXPECT_EQ(root->body.body_val, sent.body.body_val);

  TestView view = sender.view();
  record received{};
  InPlaceValue in_place;
  ASSERT_TRUE(receive_in_place(record_plan, sender.placed, view, Receiving::kSpine, &received, in_place));
  EXPECT_EQ(received.body.body_val, sent.body.body_val) << "bulk stays in place";
  EXPECT_NE(received.title, root->title) << "strings are copied";
  bool released = false;
  Held::instance().keep(std::move(in_place), record_plan, &received, nullptr, lent([&] { released = true; }));
  release(received.body.body_val);
  EXPECT_FALSE(released);
  release(received.title);
  EXPECT_TRUE(released);
  sender.heap.free(sent.body.body_val);
  sent.body = {0, nullptr};
}

TEST_F(ByHand, AFreedBlockStaysWhileAMessageRefersToIt) {
  TestValue value(record_type);
  auto& sent = *static_cast<record*>(value.get());
  sent.title = ::strdup("pinned");
  sent.body.body_len = 100000;
  sent.body.body_val = static_cast<char*>(sender.heap.allocate_zeroed(100000));
  ASSERT_EQ(sender.place(record_plan, &sent), Placing::kPlaced);
  EXPECT_TRUE(sender.heap.free(sent.body.body_val));
  EXPECT_NE(sender.heap.allocate(100000), sent.body.body_val);
  sender.pins.release();
  EXPECT_EQ(sender.heap.allocate(100000), sent.body.body_val);
  sent.body = {0, nullptr};
}

TEST_F(ByHand, AListInTheHeapWithAnOrdinaryTailIsCopiedInLinearTime) {
  constexpr int kCount = 50000;
  auto* const nodes = static_cast<entry*>(sender.heap.allocate_zeroed(kCount * sizeof(entry)));
  auto* const label = static_cast<char*>(sender.heap.allocate_zeroed(16));
  for (int i = 0; i < kCount; ++i) nodes[i] = {i, label, i + 1 < kCount ? &nodes[i + 1] : nullptr};
  entry tail{kCount, label, nullptr};
  nodes[kCount - 1].next = &tail;
  ASSERT_EQ(sender.place(entry_plan, &nodes[0]), Placing::kPlaced);
  EXPECT_NE(reinterpret_cast<entry*>(sender.placed.root), &nodes[0]);
  EXPECT_EQ(nodes[0].next, &nodes[1]) << "the program's memory is not written to";
  TestView view = sender.view();
  TestValue copy(entry_type);
  ASSERT_TRUE(receive_copy(entry_plan, sender.placed, view, copy.get()));
  nodes[kCount - 1].next = nullptr;
}

TEST_F(ByHand, ACycleInTheHeapEnds) {
  Sender small(4);
  auto* const node = static_cast<entry*>(small.heap.allocate_zeroed(sizeof(entry)));
  node->label = static_cast<char*>(small.heap.allocate_zeroed(16));
  node->next = node;
  EXPECT_EQ(small.place(entry_plan, node), Placing::kElsewhere);
}

TEST_F(ByHand, RefusesWhatXdrRefuses) {
  record value{};
  EXPECT_EQ(sender.place(record_plan, &value), Placing::kInvalid) << "no title";
  char title[34] = "a title that is beyond its bounds";
  value.title = title;
  EXPECT_EQ(sender.place(record_plan, &value), Placing::kInvalid) << "33 characters of 32";
  title[32] = 0;
  EXPECT_EQ(sender.place(record_plan, &value), Placing::kPlaced);
  value.body.body_len = 1;
  EXPECT_EQ(sender.place(record_plan, &value), Placing::kInvalid) << "one byte at NULL";
  value.body.body_len = 0;
  by_enum choice{};
  choice.where = static_cast<shape>(3);
  EXPECT_EQ(sender.place(plan_for(type_named("by_enum")), &choice), Placing::kInvalid) << "no such arm";
}

TEST_F(ByHand, WhatDoesNotFitIsLeftToXdr) {
  Sender small(1);
  std::vector<char> body(memory::kChunkBytes + 1);
  char title[] = "";
  record value{};
  value.title = title;
  value.body = {static_cast<u_int>(body.size()), body.data()};
  EXPECT_EQ(small.place(record_plan, &value), Placing::kElsewhere);
  small.arena.release();
  EXPECT_EQ(small.heap.use().blocks, 0u);
}

TEST_F(ByHand, PresetPointersAreCopiedTo) {
  char title[] = "hello";
  char body[] = {1, 2, 3};
  entry only{5, title, nullptr};
  record sent{};
  sent.title = title;
  sent.body = {3, body};
  sent.entries = &only;
  ASSERT_EQ(sender.place(record_plan, &sent), Placing::kPlaced);
  for (const Receiving mode : {Receiving::kCopy, Receiving::kSpine, Receiving::kInPlace}) {
    char title_buffer[33] = "", body_buffer[8] = {}, label_buffer[65] = "";
    entry entry_buffer{0, label_buffer, nullptr};
    record received{};
    received.title = title_buffer;
    received.body.body_val = body_buffer;
    received.entries = &entry_buffer;
    TestView view = sender.view();
    InPlaceValue in_place;
    if (mode == Receiving::kCopy) {
      ASSERT_TRUE(receive_copy(record_plan, sender.placed, view, &received));
    } else {
      ASSERT_TRUE(receive_in_place(record_plan, sender.placed, view, mode, &received, in_place));
      EXPECT_EQ(in_place.pieces, 0u);
    }
    EXPECT_EQ(received.title, title_buffer);
    EXPECT_STREQ(title_buffer, "hello");
    EXPECT_EQ(received.body.body_val, body_buffer);
    EXPECT_EQ(body_buffer[2], 3);
    EXPECT_EQ(received.entries, &entry_buffer);
    EXPECT_EQ(entry_buffer.number, 5);
    EXPECT_STREQ(label_buffer, "hello");
  }
}

TEST_F(ByHand, NothingOfTheSendersMemoryButTheValueIsPlaced) {
  constexpr unsigned char kSecret = 0xa5;
  alignas(16) unsigned char memory[3][sizeof(gap_inside) * 4 + sizeof(by_int) * 2];
  std::memset(memory, kSecret, sizeof memory);
  auto* const some = reinterpret_cast<gap_inside*>(memory[0]);
  auto* const one = reinterpret_cast<gap_inside*>(memory[1]);
  auto* const either = reinterpret_cast<by_int*>(memory[2]);
  for (gap_inside* gap : {some, some + 1, one}) {
    gap->first = gap->third = 1;
    gap->second = 2;
  }
  either[0].kind = 0;
  either[0].by_int_u.number = 1;
  either[1].kind = 77;  // void
  unsigned char root[sizeof(gaps_behind_pointers)];
  std::memset(root, kSecret, sizeof root);
  auto* const value = reinterpret_cast<gaps_behind_pointers*>(root);
  value->some.some_len = 2;
  value->some.some_val = some;
  value->one = one;
  value->either.either_len = 2;
  value->either.either_val = either;
  ASSERT_EQ(sender.place(plan_for(type_named("gaps_behind_pointers")), value), Placing::kPlaced);
  const Stretch all = sender.window.stretch_at(sender.placed.root);
  for (std::uintptr_t at = all.begin; at < all.end; ++at)
    ASSERT_NE(*reinterpret_cast<const unsigned char*>(at), kSecret) << at - sender.placed.root;
}

constexpr unsigned char kSecret = 0xd7;

// Fills memory around and in a value that lies in a window, but for its pointers, and decodes it again to where it was:
// the pattern stays in padding, in arms that are not in use, beside the pieces, and in addresses of nothing.
void surround_with_secret(const TestWindow& window, void* value, const placed_type& type,
                          std::vector<std::uint8_t> bytes) {
  const Stretch all = window.stretch_at(reinterpret_cast<std::uintptr_t>(value));
  auto* const words = reinterpret_cast<std::uint64_t*>(all.begin);
  const std::size_t count = (all.end - all.begin) / sizeof *words;
  std::replace_if(
      words, words + count, [&](std::uint64_t word) { return !all.holds(word); }, 0x0101010101010101ull * kSecret);
  XDR xdrs{};
  ::xdrmem_create(&xdrs, reinterpret_cast<char*>(bytes.data()), static_cast<u_int>(bytes.size()), XDR_DECODE);
  ASSERT_TRUE(type.xdr(&xdrs, value)) << type.name;
}

// Addresses may have any byte.
bool has_secret(const Sender& sender, const unsigned char* begin, std::size_t bytes) {
  for (const unsigned char* at = begin; at < begin + bytes; at += sizeof(std::uintptr_t)) {
    std::uintptr_t word;
    std::memcpy(&word, at, sizeof word);
    const bool is_address = sender.heap.in_window(reinterpret_cast<const void*>(word)) ||
                            word - reinterpret_cast<std::uintptr_t>(sender.frame.data()) < sender.frame.size();
    if (!is_address && std::find(at, at + sizeof word, kSecret) != at + sizeof word) return true;
  }
  return false;
}

// What only XDR routines know is encoded, never copied.
TEST(Placement, NoTypeLeaksWhatIsBesideItsFields) {
  Sender sender(64, 200);
  int count = 0;
  for_many_values([&](const placed_type& type, TestValue& value) {
    const Plan& plan = plan_for(type);
    if (plan.reaches_foreigners) return;
    Sender program(8);  // its memory is ordinary to the other
    void* const secret = rebuild_in_heap(program, plan, value.get());
    ASSERT_NE(secret, nullptr);
    ASSERT_NO_FATAL_FAILURE(surround_with_secret(program.window, secret, type, value.encode()));
    // No halves of addresses that were there.
    std::fill(sender.frame.begin(), sender.frame.end(), 0);
    std::memset(sender.window.base(), 0, sender.heap.mapped_bytes());
    HeapArena arena(sender.heap, sender.frame);
    ASSERT_EQ(place(plan, secret, arena, sender.pins, nullptr, sender.placed), Placing::kPlaced) << type.name;
    ASSERT_FALSE(has_secret(sender, sender.frame.data(), sender.frame.size())) << type.name;
    ASSERT_FALSE(has_secret(sender, sender.window.base(), sender.heap.mapped_bytes())) << type.name;
    TestView view = sender.view();
    TestValue copy(type);
    ASSERT_TRUE(receive_copy(plan, sender.placed, view, copy.get()));
    ASSERT_EQ(copy.encode(), value.encode());
    ++count;
  });
  EXPECT_GT(count, 500) << "all but a few types";
}

TEST_F(ByHand, AValueOfThePeersGoesBackByAddressAndIsHeldMeanwhile) {
  // The peer sent `body`; we hold it in place and send it back from our own side.
  record received{};
  InPlaceValue in_place;
  ASSERT_NO_FATAL_FAILURE(receive_large_record("t", received, in_place));
  bool released = false;
  Held::instance().keep(std::move(in_place), record_plan, &received, &sender, lent([&] { released = true; }));

  Sender ours(64);
  Held::Holds holds(Held::instance(), &sender);
  ASSERT_EQ(place(record_plan, &received, ours.arena, ours.pins, &holds, ours.placed), Placing::kPlaced);
  EXPECT_EQ(reinterpret_cast<record*>(ours.placed.root)->body.body_val, received.body.body_val);
  Held::Holds others(Held::instance(), &ours);
  EXPECT_EQ(others.keep(received.body.body_val), 0u) << "of another association";
  EXPECT_TRUE(Held::instance().release_all(&received));
  EXPECT_FALSE(released) << "our own message refers to it";
  holds.release();
  EXPECT_TRUE(released);
}

// As small results of one server do.
TEST_F(ByHand, PiecesOfValuesOnOnePageCountForTheirOwn) {
  record sent[2]{}, received[2]{};
  bool released[2]{};
  char title[] = "t";
  for (int i = 0; i < 2; ++i) {
    sent[i].title = title;
    sent[i].body = {200, static_cast<char*>(sender.heap.allocate_zeroed(200))};
    ASSERT_EQ(sender.place(record_plan, &sent[i]), Placing::kPlaced);
    TestView view = sender.view();
    InPlaceValue in_place;
    ASSERT_TRUE(receive_in_place(record_plan, sender.placed, view, Receiving::kSpine, &received[i], in_place));
    Held::instance().keep(std::move(in_place), record_plan, &received[i], &sender, lent([&, i] { released[i] = true; }));
  }
  release(received[0].body.body_val);
  release(received[1].title);
  EXPECT_FALSE(released[1]) << "its body is held";
  release(received[0].title);
  EXPECT_TRUE(released[0]);
  release(received[1].body.body_val);
  EXPECT_TRUE(released[1]);
}

// A block that its server keeps is part of all of its results, here beside another of the value's own.
TEST_F(ByHand, ABlockOfTwoValuesCountsOnceForEach) {
  auto* const shared = static_cast<char*>(sender.heap.allocate_zeroed(200));
  entry own[2]{};
  record sent[2]{}, received[2]{};
  bool released[2]{};
  HeapArena arenas[2]{HeapArena(sender.heap), HeapArena(sender.heap)};
  char title[] = "t";
  for (int i = 0; i < 2; ++i) {
    own[i] = {i, title, nullptr};
    sent[i].title = title;
    sent[i].body = {200, shared};
    sent[i].entries = &own[i];
    ASSERT_EQ(place(record_plan, &sent[i], arenas[i], sender.pins, nullptr, sender.placed), Placing::kPlaced);
    TestView view = sender.view();
    InPlaceValue in_place;
    ASSERT_TRUE(receive_in_place(record_plan, sender.placed, view, Receiving::kInPlace, &received[i], in_place));
    Held::instance().keep(std::move(in_place), record_plan, &received[i], &sender, lent([&, i] { released[i] = true; }));
  }
  for (int i = 0; i < 2; ++i) release(shared);
  for (int i = 0; i < 2; ++i) release(received[i].title);
  for (int i = 0; i < 2; ++i) release(received[i].entries->label);
  EXPECT_FALSE(released[0] || released[1]) << "an entry of each is held";
  release(received[0].entries);
  EXPECT_TRUE(released[0]);
  EXPECT_FALSE(released[1]);
  release(received[1].entries);
  EXPECT_TRUE(released[1]);
}

// An answer with a block of the caller's own in it: the caller frees it as a block, and the answer with all of its pieces.
TEST_F(ByHand, AnOwnBlockThatCameBackIsFreedAsAPieceAndAsABlock) {
  auto window = std::make_unique<TestWindow>(4);
  auto heap = std::make_shared<memory::Heap>(window->base(), window->bytes(), *window);
  Held::instance().add_heap(heap);
  void* const block = heap->allocate_zeroed(200);
  char of_the_peer[64] = {};
  InPlaceValue in_place;
  const auto lies_at = [&](const void* at, std::size_t bytes) {
    in_place.ranges.push_back({reinterpret_cast<std::uintptr_t>(at), reinterpret_cast<std::uintptr_t>(at) + bytes});
  };
  lies_at(block, 200);
  lies_at(of_the_peer, sizeof of_the_peer);
  std::ranges::sort(in_place.ranges, {}, &InPlaceValue::Range::begin);
  in_place.pieces = 2;
  bool released = false;
  record root{};
  Held::instance().keep(std::move(in_place), record_plan, &root, &sender, lent([&] { released = true; }));
  for (int i = 0; i < 2; ++i) release(block);
  EXPECT_EQ(heap->use().blocks, 0u);
  EXPECT_FALSE(released) << "the peer's piece is held";
  release(of_the_peer);
  EXPECT_TRUE(released);
  Held::instance().retire_heap(*heap);
}

TEST_F(ByHand, ValuesStayReadableAfterTheirMemoryWent) {
  char title[] = "survivor";
  record sent{};
  sent.title = title;
  ASSERT_EQ(sender.place(record_plan, &sent), Placing::kPlaced);
  TestView view = sender.view();
  record received{};
  InPlaceValue in_place;
  ASSERT_TRUE(receive_in_place(record_plan, sender.placed, view, Receiving::kInPlace, &received, in_place));
  Held::instance().keep(std::move(in_place), record_plan, &received, &sender, Loan{});
  EXPECT_TRUE(Held::instance().is_read_only(received.title));
  replace_by_private_copy(sender.window.base(), memory::kChunkBytes);
  Held::instance().note_copied_out(&sender);
  EXPECT_FALSE(Held::instance().is_read_only(received.title));
  EXPECT_STREQ(received.title, "survivor");
  received.title[0] = 'S';
  EXPECT_TRUE(Held::instance().release_all(&received));
}

TEST_F(ByHand, ForkedChildrenFindCopiesOfWhatTheyDoNotInherit) {
  record received{};
  InPlaceValue in_place;
  ASSERT_NO_FATAL_FAILURE(receive_large_record("inherited", received, in_place));
  Held::instance().keep(std::move(in_place), record_plan, &received, &sender, Loan{}, false);
  ASSERT_EQ(::madvise(sender.window.base(), sender.window.bytes(), MADV_DONTFORK), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool same = std::strcmp(received.title, "inherited") == 0 && received.body.body_val[49999] == 3;
    ::_exit(same && !Held::instance().is_read_only(received.title) ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(Held::instance().is_read_only(received.title)) << "the parent's stays in place";
  EXPECT_TRUE(Held::instance().release_all(&received));
}

TEST_F(ByHand, BlocksOfARetiredHeapLiveUntilFreed) {
  auto window = std::make_unique<TestWindow>(4);
  auto heap = std::make_shared<memory::Heap>(window->base(), window->bytes(), *window);
  Held::instance().add_heap(heap);
  void* const block = heap->allocate_zeroed(100);
  Held::instance().retire_heap(*heap);
  const std::weak_ptr<memory::Heap> alive = heap;
  heap.reset();
  EXPECT_FALSE(alive.expired());
  EXPECT_EQ(Held::instance().heap_of(block), alive.lock());
  char* as_string = static_cast<char*>(block);
  XDR xdrs{};
  xdrs.x_op = XDR_FREE;
  EXPECT_TRUE(::xdr_string(&xdrs, &as_string, 10)) << "libtirpc's way";
  EXPECT_EQ(as_string, nullptr);
  EXPECT_TRUE(alive.expired());
}

}  // namespace
}  // namespace vmrpc::placement
