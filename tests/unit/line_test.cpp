// SPDX-License-Identifier: BSD-3-Clause
// Who of several threads' calls has the turn, and what becomes of them when their association ends.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <new>
#include <thread>

#include "client/line.hpp"

namespace vmrpc::client {
namespace {

struct Lines : testing::Test {
  // A call that took that frame, with its number as XID.
  Line::Place& sent(std::uint32_t number) { return sent(number, number); }
  Line::Place& sent(std::uint32_t mark, std::uint32_t number) {
    Line::Place& place = line.join();
    line.note_sent(place, {number, mark, number});
    return place;
  }
  // Whether it may go on at once.
  bool goes_on(const Line::Place& place) const { return place.has_turn() || line.may_be_sent(place); }

  Lines() { line.lock(); }
  ~Lines() override { line.unlock(); }
  Line line;
};

TEST_F(Lines, TheFirstHasTheTurnAndLeavesItToTheNext) {
  Line::Place &first = sent(1), &second = sent(2), &third = sent(3);
  EXPECT_TRUE(first.has_turn());
  EXPECT_FALSE(second.has_turn());
  line.leave(second);
  EXPECT_FALSE(third.has_turn());
  line.leave(first);
  EXPECT_TRUE(third.has_turn());
  line.leave(third);
  EXPECT_TRUE(line.is_empty());
}

TEST_F(Lines, OneMayBeSentBehindThoseThatWere) {
  sent(1);
  Line::Place& next = line.join();
  EXPECT_TRUE(goes_on(next));
  EXPECT_FALSE(next.has_turn());
}

TEST_F(Lines, NobodyOvertakesOneThatWaitsToBeSent) {
  Line::Place& first = sent(1);
  Line::Place& large = line.join();
  line.note_needs_turn(large);
  Line::Place& small = line.join();
  EXPECT_FALSE(goes_on(large));
  EXPECT_FALSE(goes_on(small));
  line.leave(first);
  EXPECT_TRUE(goes_on(large));
  EXPECT_FALSE(goes_on(small));
  line.note_sent(large, {2, 2, 2});
  EXPECT_TRUE(goes_on(small));
}

TEST_F(Lines, TheTurnGoesWithAnAnswerAndComesBack) {
  Line::Place &first = sent(1), &second = sent(2);
  EXPECT_TRUE(line.give_turn(first, 2));
  EXPECT_FALSE(first.has_turn());
  EXPECT_TRUE(second.has_turn());
  line.leave(second);
  EXPECT_TRUE(first.has_turn());
}

TEST_F(Lines, AnAnswerThatIsNobodysStays) {
  Line::Place& first = sent(1);
  Line::Place& unsent = line.join();
  EXPECT_FALSE(line.give_turn(first, 7));
  EXPECT_TRUE(first.has_turn());
  line.leave(unsent);
}

TEST_F(Lines, WhatAPeerThatDiedHadIsLost) {
  Line::Place &first = sent(1), &second = sent(2);
  line.end_association(false, 0);
  EXPECT_EQ(first.fate(), Line::Fate::kLost);
  EXPECT_EQ(second.fate(), Line::Fate::kLost);
}

TEST_F(Lines, WhatAPeerThatLeftDidNotTakeMayBeSentAnew) {
  Line::Place &taken = sent(1), &marked = sent(2, 3), &next = sent(4);
  Line::Place& unsent = line.join();
  line.end_association(true, 2);
  EXPECT_EQ(taken.fate(), Line::Fate::kLost);
  EXPECT_EQ(marked.fate(), Line::Fate::kNotTaken);
  EXPECT_EQ(next.fate(), Line::Fate::kNotTaken);
  EXPECT_EQ(unsent.fate(), Line::Fate::kOpen);
}

// Between them was one that nobody waits for: it is lost, and what came after it must not arrive without it.
TEST_F(Lines, NothingIsSentAnewBehindWhatWasLost) {
  Line::Place &next = sent(1), &later = sent(3);
  line.end_association(true, 1);
  EXPECT_EQ(next.fate(), Line::Fate::kNotTaken);
  EXPECT_EQ(later.fate(), Line::Fate::kLost);
}

// Its answer comes all the same.
TEST_F(Lines, WhatWentOverTheSocketIsNotLostWithTheAssociation) {
  Line::Place& place = line.join();
  line.note_sent(place, {1, 0, 0, false});
  line.end_association(false, 0);
  EXPECT_EQ(place.fate(), Line::Fate::kOpen);
  EXPECT_TRUE(line.expects(1));
}

// However many: a handler's jump leaves one each time.
TEST_F(Lines, ACallThatWasLeftIsKnownAfterManyOthers) {
  struct alignas(Line::Away) Room {
    std::byte bytes[sizeof(Line::Away)];
  };
  std::array<Line, 6> lines;
  std::array<Room, 6> left;
  line.unlock();
  std::thread([&] {
    for (Line& one : lines) {
      one.lock();
      one.join();
      new (&left[static_cast<std::size_t>(&one - lines.data())]) Line::Away(one);  // never ends
      EXPECT_TRUE(one.has_call_here());
    }
  }).join();
  line.lock();
}

}  // namespace
}  // namespace vmrpc::client
