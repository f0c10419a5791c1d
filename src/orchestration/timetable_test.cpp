// SPDX-License-Identifier: Apache-2.0
#include "orchestration/timetable.hpp"

#include <gmock/gmock.h>

#include "orchestration/fakes/definitions.hpp"

namespace gossamer::orchestration {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const pipeline::Definition> with(const std::string& partitions,
                                                 const std::string& schedule) {
  return fakes::definition_of({"pipeline: p\n" + partitions + "schedule: " + schedule +
                               "\nsteps: { a: { command: { argv: [\"./a\"] } } }\n"});
}

Timetable table(const pipeline::Definition& definition) {
  return Timetable::make(definition.pipelines.begin()->second, definition).value();
}

std::vector<std::string> moments(const Timetable& table, std::string_view after,
                                 std::string_view until) {
  std::vector<std::string> shown;
  for (const Instant at :
       table.between(parse_instant(after).value(), parse_instant(until).value(), 100)) {
    shown.push_back(format_instant(at).substr(0, 16));
  }
  return shown;
}

constexpr const char* paris =
    "partitions: { every: day, timezone: Europe/Paris, start: 2011-01-01 }\n";

Timetable in_paris(const std::string& schedule) { return table(*with(paris, schedule)); }

TEST(Timetable, ATimeThatDoesNotExistFiresAtTheJump) {
  const auto spring = [](const std::string& dst) {
    return moments(in_paris("{ cron: \"30 2 * * *\", dst: " + dst + " }"), "2026-03-28T00:00:00Z",
                   "2026-03-30T12:00:00Z");
  };
  EXPECT_THAT(spring("once"),
              ElementsAre("2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"));
  EXPECT_EQ(spring("twice"), spring("once"));
  EXPECT_THAT(spring("skip"), ElementsAre("2026-03-28T01:30", "2026-03-30T00:30"));
}

TEST(Timetable, ATimeThatExistsTwiceFiresTheFirstTime) {
  const auto autumn = [](const std::string& dst) {
    return moments(in_paris("{ cron: \"30 2 * * *\", dst: " + dst + " }"), "2026-10-24T12:00:00Z",
                   "2026-10-25T12:00:00Z");
  };
  EXPECT_THAT(autumn("once"), ElementsAre("2026-10-25T00:30"));
  EXPECT_THAT(autumn("twice"), ElementsAre("2026-10-25T00:30", "2026-10-25T01:30"));
}

TEST(Timetable, SeveralTimesThatDoNotExistFireOnce) {
  EXPECT_THAT(moments(in_paris("{ cron: \"*/20 2 * * *\" }"), "2026-03-29T00:00:00Z",
                      "2026-03-29T12:00:00Z"),
              ElementsAre("2026-03-29T01:00"));
}

TEST(Timetable, SecondTimesComeInOrder) {
  EXPECT_THAT(
      moments(in_paris("{ cron: \"0,30 2 * * *\", dst: twice }"), "2026-10-24T12:00:00Z",
              "2026-10-25T12:00:00Z"),
      ElementsAre("2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30"));
}

TEST(Timetable, IntervalsAreElapsedTimeAndWholeDaysLocalOnes) {
  EXPECT_THAT(moments(in_paris("{ interval: 6h }"), "2026-03-29T00:00:00Z", "2026-03-29T13:00:00Z"),
              ElementsAre("2026-03-29T06:00", "2026-03-29T12:00"));
  EXPECT_THAT(moments(in_paris("{ interval: 1d }"), "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"),
              ElementsAre("2026-03-28T23:00", "2026-03-29T22:00"));
}

TEST(Timetable, RareDaysAreFoundAndNothingFiresWithoutATimer) {
  const auto leap = in_paris("{ cron: \"0 12 29 2 *\" }");
  EXPECT_EQ(leap.next(parse_instant("2096-03-01T00:00:00Z").value()),
            parse_instant("2104-02-29T11:00:00Z").value());
  const auto finished =
      fakes::definition_of({"pipeline: p\nsteps: { a: { command: { argv: [\"./a\"] } } }\n"});
  EXPECT_FALSE(table(*finished).next(parse_instant("2026-01-01T00:00:00Z").value()));
}

TEST(Timetable, TheLastMomentIsFoundAcrossLongPauses) {
  const auto weekly = in_paris("{ cron: \"30 4 * * mon\" }");
  const Instant until = parse_instant("2026-11-22T12:00:00Z").value();
  EXPECT_EQ(weekly.last_in(until - std::chrono::days(3000), until),
            parse_instant("2026-11-16T03:30:00Z").value());
  EXPECT_FALSE(weekly.last_in(until - std::chrono::days(2), until));
}

std::vector<std::string> due(const Timetable& table, std::string_view at) {
  std::vector<std::string> names;
  for (const auto& key : table.due_at(parse_instant(at).value()))
    names.push_back(key.text());
  return names;
}

TEST(Timetable, ADailyMomentIsForTheDayThatIsComplete) {
  EXPECT_THAT(due(in_paris("{ cron: \"30 4 * * *\" }"), "2026-11-22T03:30:00Z"),
              ElementsAre("day=2026-11-21"));
}

TEST(Timetable, AMomentMakesUpForTheDaysSinceTheOneBefore) {
  EXPECT_THAT(due(in_paris("{ cron: \"30 4 * * mon-fri\" }"), "2026-11-23T03:30:00Z"),
              ElementsAre("day=2026-11-20", "day=2026-11-21", "day=2026-11-22"));
  EXPECT_THAT(due(in_paris("{ cron: \"30 4 * * mon-fri\" }"), "2026-11-24T03:30:00Z"),
              ElementsAre("day=2026-11-23"));
}

TEST(Timetable, MomentsMoreOftenThanPartitionsRepeatTheLastOne) {
  const auto weekly = table(*with("partitions: { every: week, timezone: UTC, start: 2011-01-03 }\n",
                                  "{ cron: \"0 6 * * *\" }"));
  EXPECT_THAT(due(weekly, "2026-11-25T06:00:00Z"), ElementsAre("week=2026-11-16"));
}

TEST(Timetable, NothingIsDueBeforeTheFirstPartitionIsComplete) {
  EXPECT_THAT(due(in_paris("{ cron: \"30 4 * * *\" }"), "2010-12-31T03:30:00Z"), IsEmpty());
}

// --- Every change of clocks ----------------------------------------------------------------------

// What the rule says of one local day, without the search that next() makes.
Instant expected(const Zone& zone, Date day) {
  return zone.to_instant(LocalTime(std::chrono::local_days(day)) + std::chrono::minutes(150))
      .earlier;
}

void check_around_changes(const std::string& name) {
  const auto zone = Zone::find(name);
  ASSERT_TRUE(zone) << name;
  const auto definition =
      with("partitions: { every: day, timezone: " + name + ", start: 1970-01-01 }\n",
           "{ cron: \"30 2 * * *\" }");
  const Timetable daily = table(*definition);
  auto day = std::chrono::local_days(std::chrono::year(1970) / 1 / 3);
  const auto last = std::chrono::local_days(std::chrono::year(2100) / 1 / 1);
  for (auto offset = zone->offset(expected(*zone, Date(day))); day < last;
       day += std::chrono::days(1)) {
    const auto now = zone->offset(expected(*zone, Date(day)));
    if (now == offset) continue;
    offset = now;
    std::vector<Instant> wanted;
    for (int by = -2; by <= 2; ++by) {
      const Instant moment = expected(*zone, Date(day + std::chrono::days(by)));
      if (wanted.empty() || wanted.back() != moment) wanted.push_back(moment);
    }
    ASSERT_EQ(daily.between(wanted.front() - Duration(1), wanted.back(), 10), wanted)
        << name << " around " << format_date(Date(day));
  }
}

TEST(Timetable, FiresOnceADayAroundEveryChangeOfClocks) {
  for (const char* name : {"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo",
                           "Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Asia/Tehran",
                           "America/Sao_Paulo", "Antarctica/Troll", "Pacific/Kwajalein", "UTC"}) {
    ASSERT_NO_FATAL_FAILURE(check_around_changes(name));
  }
}

}  // namespace
}  // namespace gossamer::orchestration
