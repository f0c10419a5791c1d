// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace gossamer {
namespace {

using namespace std::chrono_literals;

TEST(Clock, ManualStandsStillUntilTold) {
  ManualClock clock(Instant(100s));
  EXPECT_EQ(clock.now(), clock.now());
  const SteadyInstant before = clock.steady();
  clock.advance(5s);
  EXPECT_EQ(clock.now(), Instant(105s));
  EXPECT_EQ(clock.steady() - before, 5s);
}

TEST(Clock, AJumpOfTheTimeOfDayLeavesTheSteadyClockAlone) {
  ManualClock clock(Instant(100s));
  const SteadyInstant before = clock.steady();
  clock.set(Instant(40s));
  EXPECT_EQ(clock.now(), Instant(40s));
  EXPECT_EQ(clock.steady(), before);
}

TEST(Clock, SystemIsOfThisCentury) {
  const SystemClock clock;
  EXPECT_GT(clock.now(), parse_instant("2024-01-01T00:00:00Z").value());
  EXPECT_LE(clock.steady(), clock.steady());
}

TEST(Waiter, SaysThatThePauseIsOver) {
  Waiter waiter;
  EXPECT_TRUE(waiter.wait(0s));
}

TEST(Waiter, IsEndedByAnotherThreadAndStaysSo) {
  Waiter waiter;
  std::thread other([&] { waiter.interrupt(); });
  EXPECT_FALSE(waiter.wait(std::chrono::hours(1)));
  other.join();
  EXPECT_FALSE(waiter.wait(0s));
}

}  // namespace
}  // namespace gossamer
