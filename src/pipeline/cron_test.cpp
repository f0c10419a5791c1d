// SPDX-License-Identifier: Apache-2.0
#include "pipeline/cron.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gossamer::pipeline {
namespace {

using namespace std::chrono_literals;

template <std::size_t N>
std::vector<std::size_t> members(const std::bitset<N>& set) {
  std::vector<std::size_t> values;
  for (std::size_t value = 0; value < N; ++value) {
    if (set.test(value)) values.push_back(value);
  }
  return values;
}

Cron cron(std::string_view text) {
  const Result<Cron> parsed = parse_cron(text);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << parsed.error().message;
  return parsed.value_or(Cron{});
}

std::string why_not(std::string_view text) {
  const Result<Cron> parsed = parse_cron(text);
  return parsed ? "accepted" : parsed.error().message;
}

using Values = std::vector<std::size_t>;

TEST(Cron, ReadsNumbersRangesStepsAndLists) {
  const Cron read = cron("0,30 8-10 1-10/4 */5 *");
  EXPECT_EQ(members(read.minutes), (Values{0, 30}));
  EXPECT_EQ(members(read.hours), (Values{8, 9, 10}));
  EXPECT_EQ(members(read.days_of_month), (Values{1, 5, 9}));
  EXPECT_EQ(members(read.months), (Values{1, 6, 11}));
  EXPECT_EQ(members(read.days_of_week), (Values{0, 1, 2, 3, 4, 5, 6}));
}

TEST(Cron, AStepAloneGoesToTheEnd) {
  EXPECT_EQ(members(cron("5/20 * * * *").minutes), (Values{5, 25, 45}));
}

TEST(Cron, ReadsNamesInAnyCase) {
  const Cron read = cron("0 0 * Jan,mar-MAY mon-fri");
  EXPECT_EQ(members(read.months), (Values{1, 3, 4, 5}));
  EXPECT_EQ(members(read.days_of_week), (Values{1, 2, 3, 4, 5}));
}

TEST(Cron, SevenIsSunday) {
  EXPECT_EQ(cron("0 0 * * 7"), cron("0 0 * * sun"));
  EXPECT_EQ(members(cron("0 0 * * 5-7").days_of_week), (Values{0, 5, 6}));
}

TEST(Cron, BlanksBetweenFieldsDoNotCount) {
  EXPECT_EQ(cron("  30\t4 *  * mon "), cron("30 4 * * mon"));
}

TEST(Cron, EitherDayIsEnoughWhereBothAreRestricted) {
  const Cron both = cron("0 0 13 * fri");
  EXPECT_TRUE(both.allows(2026y / 2 / 13));   // a Friday the 13th
  EXPECT_TRUE(both.allows(2026y / 2 / 20));   // another Friday
  EXPECT_TRUE(both.allows(2026y / 5 / 13));   // a Wednesday the 13th
  EXPECT_FALSE(both.allows(2026y / 5 / 14));  // neither
}

TEST(Cron, BothDaysCountWhereOneIsAny) {
  EXPECT_FALSE(cron("0 0 13 * *").allows(2026y / 2 / 20));
  EXPECT_FALSE(cron("0 0 * * fri").allows(2026y / 5 / 13));
  EXPECT_TRUE(cron("0 0 */2 * fri").allows(2026y / 2 / 13));
  EXPECT_FALSE(cron("0 0 */2 * fri").allows(2026y / 2 / 20));
}

TEST(Cron, OnlyItsMonthsAreAllowed) {
  EXPECT_TRUE(cron("0 0 29 feb *").allows(2028y / 2 / 29));
  EXPECT_FALSE(cron("0 0 29 feb *").allows(2028y / 3 / 29));
}

TEST(Cron, NonsenseIsRefusedWithTheFieldNamed) {
  EXPECT_EQ(why_not("60 * * * *"), "the minute `60` is not a number from 0 to 59");
  EXPECT_EQ(why_not("* 24 * * *"), "the hour `24` is not a number from 0 to 23");
  EXPECT_EQ(why_not("* * 32 * *"), "the day of the month `32` is not a number from 1 to 31");
  EXPECT_EQ(why_not("* * * 13 *"),
            "the month `13` is not a number from 1 to 12 or a name such as jan");
  EXPECT_EQ(why_not("* * * * 8"),
            "the day of the week `8` is not a number from 0 to 7 or a name such as sun");
  EXPECT_EQ(why_not("-1 * * * *"), "the minute `` is not a number from 0 to 59");
  EXPECT_EQ(why_not("1.5 * * * *"), "the minute `1.5` is not a number from 0 to 59");
  EXPECT_EQ(why_not("*/0 * * * *"), "the minute `*/0` needs a step from 1 to 59 behind the /");
  EXPECT_EQ(why_not("30-10 * * * *"), "the minute `30-10` begins after its end");
  EXPECT_EQ(why_not("1, * * * *"), "the minute `1,` has an empty item in its list");
  EXPECT_EQ(why_not("* * L * *"), "the day of the month `L` is not a number from 1 to 31");
}

TEST(Cron, OtherFormsSayWhatToWrite) {
  EXPECT_EQ(why_not("@hourly"), "write `@hourly` as five fields: `0 * * * *`");
  EXPECT_EQ(why_not(""), "expected 5 fields (minute hour day-of-month month day-of-week), found 0");
  EXPECT_EQ(why_not("0 0 0 * * *"),
            "expected 5 fields (minute hour day-of-month month day-of-week), found 6; there are no "
            "seconds");
}

TEST(Cron, WhatIsNeverDueIsRefused) {
  EXPECT_NE(why_not("0 0 30 feb *"), "accepted");
  EXPECT_NE(why_not("0 0 31 4,6,9,11 *"), "accepted");
  EXPECT_EQ(why_not("0 0 31 4,5 *"), "accepted");
  EXPECT_EQ(why_not("0 0 30 feb mon"), "accepted");
}

}  // namespace
}  // namespace gossamer::pipeline
