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

TEST(YieldBudget, LooksAfterEachYieldUntilItIsReady) {
  YieldBudget budget(true);
  int looks = 0;
  EXPECT_TRUE(budget.until([&] { return ++looks == 2; }));
  EXPECT_EQ(looks, 2);
  EXPECT_FALSE(budget.until([] { return false; }));
}

TEST(YieldBudget, IsNotUsedWhenItIsOff) {
  YieldBudget budget(false);
  EXPECT_FALSE(budget.until([] { return true; }));
}

int rest_of(YieldBudget& budget) {
  int waits = 0;
  while (!budget.may_try()) ++waits;
  return waits;
}

TEST(YieldBudget, RestsAfterALongYieldAndLongerAfterTheNext) {
  YieldBudget budget(true);
  budget.note(10'000);
  EXPECT_EQ(rest_of(budget), 0);
  budget.note(1'000'000);
  EXPECT_EQ(rest_of(budget), 1024);
  budget.note(1'000'000);
  EXPECT_EQ(rest_of(budget), 2048);
}

TEST(YieldBudget, RestsLessAfterManyShortOnes) {
  YieldBudget budget(true);
  budget.note(1'000'000);
  budget.note(1'000'000);
  rest_of(budget);
  for (int i = 0; i < 1024; ++i) budget.note(10'000);
  budget.note(1'000'000);
  EXPECT_EQ(rest_of(budget), 2048);
}

}  // namespace
}  // namespace vmrpc::wait
