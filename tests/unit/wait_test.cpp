// SPDX-License-Identifier: BSD-3-Clause
// How waits without sleeping are rationed.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/clock.hpp"
#include "wait/spin.hpp"
#include "wait/yield.hpp"

namespace vmrpc::wait {
namespace {

TEST(SpinBudget, IsHalvedByEachLossAndGivenBackByEachGain) {
  SpinBudget budget(100);
  const std::uint32_t all = budget.begin();
  ASSERT_GT(all, 0U);
  budget.lost();
  EXPECT_EQ(budget.begin(), all / 2);
  budget.won(1);
  EXPECT_GE(budget.begin(), all - 1);
}

TEST(SpinBudget, EndsAfterLossesAndIsTriedAgain) {
  SpinBudget budget(100);
  while (budget.begin() != 0) budget.lost();
  int waits = 1;
  while (budget.begin() == 0) ++waits;
  EXPECT_GE(waits, 4);
  EXPECT_LE(waits, 16);
}

TEST(SpinBudget, IsTriedForLongerAndLessOftenWhileThatIsInVain) {
  SpinBudget budget(100);
  const std::uint32_t all = budget.begin();
  std::uint32_t last = 0, spins = 0;
  for (int waits = 0; waits < 10000; ++waits) {
    const std::uint32_t rounds = budget.begin();
    if (rounds == 0) continue;
    last = std::max(last, rounds);
    ++spins;
    budget.lost();
  }
  EXPECT_EQ(last, 3 * all);
  EXPECT_LT(spins, 1000U);
}

TEST(SpinBudget, KeepsUpWithAPeerThatWakesSlowly) {
  SpinBudget budget(100);
  const std::uint32_t all = budget.begin();
  while (budget.begin() != 0) budget.lost();
  while (budget.begin() == 0) continue;
  budget.won(all + all / 5);
  EXPECT_GE(budget.begin(), 2 * all - 1) << "the next wake-up takes as long";
  budget.won(1);
  EXPECT_EQ(budget.begin(), all) << "it is awake";
}

TEST(SpinBudget, IsWorthMoreWhileThePeerHasMuchToGoThrough) {
  SpinBudget budget(100);
  const std::uint32_t all = budget.begin();
  EXPECT_EQ(budget.begin(4096), all);
  EXPECT_GT(budget.begin(1 << 20), 3 * all);
  EXPECT_LE(budget.begin(std::size_t{1} << 30), 7 * all);
  SpinBudget none(0);
  EXPECT_EQ(none.begin(1 << 20), 0U);
}

TEST(SpinBudget, OfNothingNeverSpins) {
  SpinBudget budget(0);
  for (int i = 0; i < 10000; ++i) ASSERT_EQ(budget.begin(), 0U);
}

bool alone() { return false; }
bool in_a_crowd() { return true; }

TEST(YieldBudget, LooksAfterEachYieldUntilItIsReady) {
  YieldBudget budget(true);
  int looks = 0;
  EXPECT_TRUE(budget.until([&] { return ++looks == 2; }, alone));
  EXPECT_EQ(looks, 2);
  EXPECT_FALSE(budget.until([] { return false; }, alone));
}

TEST(YieldBudget, IsNotUsedWhenItIsOff) {
  YieldBudget budget(false);
  EXPECT_FALSE(budget.until([] { return true; }, alone));
}

constexpr Nanoseconds kShort = 10'000, kLong = 1'000'000;

// Notes a yield that began then, and tells for how many times its length there is none after it.
Nanoseconds rest_after(YieldBudget& budget, Nanoseconds begin, Nanoseconds took) {
  budget.note(begin, begin + took, alone);
  Nanoseconds times = 0;
  while (!budget.may_try(begin + took + times * took, alone)) ++times;
  return times;
}

TEST(YieldBudget, RestsAfterALongYieldAndLongerAfterTheNext) {
  YieldBudget budget(true);
  EXPECT_EQ(rest_after(budget, 0, kShort), 0);
  EXPECT_EQ(rest_after(budget, 0, kLong), 8);
  EXPECT_EQ(rest_after(budget, 10 * kLong, kLong), 16);
  for (int i = 0; i < 20; ++i) rest_after(budget, 100 * kLong, kLong);
  EXPECT_EQ(rest_after(budget, 1000 * kLong, kLong), 256) << "at most";
}

TEST(YieldBudget, RestsLessAfterManyShortOnes) {
  YieldBudget budget(true);
  rest_after(budget, 0, kLong);
  rest_after(budget, 100 * kLong, kLong);
  for (int i = 0; i < 128; ++i) budget.note(200 * kLong, 200 * kLong + kShort, alone);
  EXPECT_EQ(rest_after(budget, 300 * kLong, kLong), 16);
}

TEST(YieldBudget, GoesOnInACrowdUnlessThatTakesVeryLong) {
  YieldBudget budget(true);
  budget.note(0, kLong, alone);
  EXPECT_FALSE(budget.may_try(kLong, alone));
  EXPECT_TRUE(budget.may_try(kLong, in_a_crowd));
  budget.note(kLong, 5 * kLong, in_a_crowd);
  EXPECT_TRUE(budget.may_try(5 * kLong, in_a_crowd));
  budget.note(5 * kLong, 25 * kLong, in_a_crowd);
  EXPECT_FALSE(budget.may_try(25 * kLong, in_a_crowd));
}

}  // namespace
}  // namespace vmrpc::wait
