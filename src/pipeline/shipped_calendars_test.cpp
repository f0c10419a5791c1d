// SPDX-License-Identifier: Apache-2.0
#include "pipeline/shipped_calendars.hpp"

#include <gmock/gmock.h>

#include "pipeline/load.hpp"
#include "pipeline/naive_sql.hpp"

namespace gossamer::pipeline {
namespace {

using ::testing::Contains;
using ::testing::Not;

TEST(ShippedCalendars, KnowSubstituteAndMovedDays) {
  const auto japan = shipped_calendar("jp-business");
  ASSERT_TRUE(japan);
  EXPECT_THAT(japan->holidays, Contains("2026-09-22"));       // between two holidays
  EXPECT_THAT(japan->holidays, Contains("2026-05-06"));       // for a Sunday, behind two others
  EXPECT_THAT(japan->holidays, Contains("2021-07-23"));       // moved for the Olympic Games
  EXPECT_THAT(japan->holidays, Not(Contains("2021-10-11")));  // from here
  const auto america = shipped_calendar("us-business");
  ASSERT_TRUE(america);
  EXPECT_THAT(america->holidays, Contains("2021-12-31"));  // observed in the year before
  EXPECT_THAT(america->holidays, Contains("2021-06-18"));
  EXPECT_THAT(america->holidays, Not(Contains("2020-06-19")));
  EXPECT_FALSE(shipped_calendar("fr-business"));
}

// A pipeline may name one; a file of that name takes its place.
TEST(ShippedCalendars, AreThereWithoutAFile) {
  std::map<std::string, std::string> files{
      {"gossamer.yaml", "workspace: w\ntimezone: Asia/Tokyo\n"},
      {"pipelines/p.yaml",
       "pipeline: p\nschedule: { cron: \"0 6 * * *\", calendar: jp-business }\n"
       "steps: { a: { none: {} } }\n"}};
  const auto loaded = load_files(files, parse_naively, Known{});
  ASSERT_TRUE(loaded.definition);
  EXPECT_THAT(loaded.definition->calendars.at("jp-business").holidays, Contains("2030-01-01"));
  files["calendars/jp.yaml"] = "calendar: jp-business\nholidays: [2030-01-02]\n";
  const auto own = load_files(files, parse_naively, Known{});
  ASSERT_TRUE(own.definition);
  EXPECT_EQ(own.definition->calendars.at("jp-business").holidays,
            std::vector<std::string>{"2030-01-02"});
}

}  // namespace
}  // namespace gossamer::pipeline
