// SPDX-License-Identifier: Apache-2.0
#include "orchestration/calendar.hpp"

#include <gmock/gmock.h>

#include <string>

namespace gossamer::orchestration {
namespace {

using pipeline::Every;
using release::PartitionKey;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

pipeline::PartitionScheme scheme(Every every, std::string zone, std::string start) {
  pipeline::PartitionScheme scheme;
  scheme.calendar = pipeline::CalendarDimension{every, std::move(zone), std::move(start)};
  return scheme;
}

Partitions partitions(Every every, std::string zone, std::string start = "1970-01-05") {
  return Partitions::make(scheme(every, std::move(zone), std::move(start))).value();
}

Instant at(std::string_view text) { return parse_instant(text).value(); }

std::string slice_of(const Partitions& partitions, std::string_view name) {
  const auto key = partitions.parse(name);
  if (!key) return key.error().message;
  const auto slice = partitions.slice(*key);
  if (!slice) return slice.error().message;
  return format_instant((*slice)->start).substr(0, 16) + "/" +
         format_instant((*slice)->end).substr(0, 16);
}

std::vector<std::string> texts(const std::vector<PartitionKey>& keys) {
  std::vector<std::string> texts;
  for (const auto& key : keys)
    texts.push_back(key.text());
  return texts;
}

// --- Names and moments ---------------------------------------------------------------------------

TEST(Partitions, NameTheirSlices) {
  EXPECT_EQ(slice_of(partitions(Every::day, "Asia/Tokyo"), "2026-11-22"),
            "2026-11-21T15:00/2026-11-22T15:00");
  EXPECT_EQ(slice_of(partitions(Every::week, "UTC"), "week=2026-11-16"),
            "2026-11-16T00:00/2026-11-23T00:00");
  EXPECT_EQ(slice_of(partitions(Every::month, "UTC"), "2026-02-01"),
            "2026-02-01T00:00/2026-03-01T00:00");
  EXPECT_EQ(slice_of(partitions(Every::hour, "Asia/Kolkata"), "2026-11-22T04"),
            "2026-11-21T22:30/2026-11-21T23:30");
}

TEST(Partitions, RefuseNamesThatMeanNothingAndSayWhatIsValid) {
  EXPECT_THAT(slice_of(partitions(Every::week, "UTC"), "2026-11-18"),
              HasSubstr("is a Wednesday: a week is named by its Monday, which is 2026-11-16"));
  EXPECT_THAT(slice_of(partitions(Every::month, "UTC"), "2026-11-22"),
              HasSubstr("write 2026-11-01"));
  EXPECT_THAT(slice_of(partitions(Every::day, "UTC"), "22.11.2026"), HasSubstr("2026-11-22"));
  EXPECT_THAT(slice_of(partitions(Every::day, "UTC"), "2026-02-30"), HasSubstr("is not a day"));
  EXPECT_THAT(slice_of(partitions(Every::hour, "UTC"), "2026-11-22"), HasSubstr("2026-11-22T04"));
  EXPECT_THAT(slice_of(partitions(Every::hour, "UTC"), "2026-11-22T24"), HasSubstr("not an hour"));
  EXPECT_THAT(slice_of(partitions(Every::day, "UTC", "2026-01-01"), "2025-12-31"),
              HasSubstr("before the first day, which is 2026-01-01"));
}

TEST(Partitions, OfAnUnknownZoneOrStartAreNotMade) {
  EXPECT_EQ(Partitions::make(scheme(Every::day, "Asia/Tokio", "2026-01-01")).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(Partitions::make(scheme(Every::day, "UTC", "soon")).error().kind,
            ErrorKind::invalid_input);
}

TEST(Partitions, OfSeveralDimensionsTakeThemInAnyOrderAndGiveThemInTheirs) {
  auto declared = scheme(Every::day, "UTC", "2026-01-01");
  declared.categories = {{"country", {"jp", "us"}}};
  const auto both = Partitions::make(declared).value();
  const std::string expected = "day=2026-11-22/country=jp";
  EXPECT_EQ(both.parse("country=jp/day=2026-11-22")->text(), expected);
  EXPECT_EQ(both.parse("2026-11-22/jp")->text(), expected);
  EXPECT_THAT(both.parse("2026-11-22").error().message, HasSubstr("day=.../country=..."));
  EXPECT_THAT(both.parse("2026-11-22/fr").error().message, HasSubstr("it has jp, us"));
  EXPECT_THAT(both.parse("day=2026-11-22/contry=jp").error().message, HasSubstr("country"));
  EXPECT_THAT(both.parse("day=2026-11-22/day=2026-11-23").error().message, HasSubstr("twice"));
  EXPECT_THAT(texts(both.last_complete(at("2026-11-22T00:00:00Z"))),
              ElementsAre("day=2026-11-21/country=jp", "day=2026-11-21/country=us"));
}

TEST(Partitions, OfNoDimensionAreAll) {
  const auto none = Partitions::make({}).value();
  EXPECT_EQ(none.parse("")->text(), "all");
  EXPECT_EQ(none.parse("all")->text(), "all");
  EXPECT_THAT(none.parse("2026-11-22").error().message, HasSubstr("only the one called all"));
  EXPECT_FALSE(none.slice(PartitionKey{}).value().has_value());
}

// --- Clocks that change --------------------------------------------------------------------------

TEST(Partitions, AreShortAndLongOnDaysWhenClocksChange) {
  const auto paris = partitions(Every::day, "Europe/Paris");
  EXPECT_EQ(slice_of(paris, "2026-03-29"), "2026-03-28T23:00/2026-03-29T22:00");
  EXPECT_EQ(slice_of(paris, "2026-10-25"), "2026-10-24T22:00/2026-10-25T23:00");
  const auto hours = partitions(Every::hour, "Europe/Paris");
  EXPECT_THAT(slice_of(hours, "2026-03-29T02"), HasSubstr("does not exist in Europe/Paris"));
  EXPECT_EQ(slice_of(hours, "2026-10-25T02"), "2026-10-25T00:00/2026-10-25T02:00");
  EXPECT_EQ(hours.previous(hours.parse("2026-03-29T03").value())->text(), "hour=2026-03-29T01");
}

TEST(Partitions, KnowDaysThatAZoneLeftOut) {
  const auto apia = partitions(Every::day, "Pacific/Apia");
  EXPECT_THAT(slice_of(apia, "2011-12-30"), HasSubstr("does not exist"));
  EXPECT_EQ(apia.previous(apia.parse("2011-12-31").value())->text(), "day=2011-12-29");
}

// Over zones whose clocks jump at midnight, by half an hour, by a whole day, and twice a year.
TEST(Partitions, HaveNoGapsAndNoOverlaps) {
  for (const char* zone : {"Europe/Paris", "America/Sao_Paulo", "Australia/Lord_Howe",
                           "Pacific/Apia", "Asia/Tehran", "Africa/Casablanca", "America/Havana"}) {
    for (const Every every : {Every::hour, Every::day, Every::week, Every::month}) {
      const auto slices = partitions(every, zone);
      auto key = slices.containing(at("2019-12-31T12:00:00Z")).front();
      const Instant stop =
          at(every == Every::hour ? "2018-10-01T00:00:00Z" : "2009-12-31T12:00:00Z");
      Window later = slices.slice(key).value().value();
      while (later.start > stop) {
        key = slices.previous(key).value();
        const Window window = slices.slice(key).value().value();
        ASSERT_EQ(window.end, later.start) << zone << " " << key.text();
        ASSERT_LT(window.start, window.end) << zone << " " << key.text();
        ASSERT_EQ(slices.containing(window.start).front(), key) << zone;
        ASSERT_EQ(slices.last_complete(window.end).front(), key) << zone;
        ASSERT_EQ(slices.parse(key.text()).value(), key) << zone;
        later = window;
      }
    }
  }
}

// --- Neighbours, windows, mapping ----------------------------------------------------------------

TEST(Partitions, AreReadAsAnInputSays) {
  const auto days = partitions(Every::day, "UTC", "2026-11-20");
  const PartitionKey key = days.parse("2026-11-22").value();
  EXPECT_THAT(texts(days.read_by(key, pipeline::SamePartition{})), ElementsAre("day=2026-11-22"));
  EXPECT_THAT(texts(days.read_by(key, pipeline::PreviousPartition{})),
              ElementsAre("day=2026-11-21"));
  EXPECT_THAT(texts(days.read_by(key, pipeline::LastPartitions{2})),
              ElementsAre("day=2026-11-21", "day=2026-11-22"));
  EXPECT_THAT(texts(days.read_by(key, pipeline::LastPartitions{30})),
              ElementsAre("day=2026-11-20", "day=2026-11-21", "day=2026-11-22"));
  EXPECT_THAT(days.read_by(key, pipeline::AllPartitions{}), IsEmpty());
  EXPECT_FALSE(days.previous(days.parse("2026-11-20").value()).has_value());
}

TEST(Window, IsTheSliceMovedByTheLag) {
  const auto days = partitions(Every::day, "Europe/Paris");
  const Window slice = days.slice(days.parse("2026-03-30").value()).value().value();
  const Window moved = window_of(slice, std::chrono::days(1), days.zone());
  EXPECT_EQ(moved.start, at("2026-03-28T23:00:00Z"));  // a day of 23 hours
  EXPECT_EQ(moved.end, at("2026-03-29T22:00:00Z"));
  const Window hours = window_of(slice, std::chrono::hours(6), days.zone());
  EXPECT_EQ(slice.end - hours.end, std::chrono::hours(6));
}

std::vector<std::string> mapped(Every from, std::string_view key, Every to) {
  const auto source = partitions(from, "Asia/Tokyo");
  const auto target = partitions(to, "Asia/Tokyo");
  const auto keys = map_partition(source, source.parse(key).value(), target, Instant{});
  return keys ? texts(*keys) : std::vector{keys.error().message};
}

TEST(Mapping, GoesToTheLastCompleteShorterAndTheContainingLonger) {
  EXPECT_THAT(mapped(Every::week, "2026-11-09", Every::day), ElementsAre("day=2026-11-15"));
  EXPECT_THAT(mapped(Every::month, "2026-02-01", Every::day), ElementsAre("day=2026-02-28"));
  EXPECT_THAT(mapped(Every::month, "2026-11-01", Every::week), ElementsAre("week=2026-11-23"));
  EXPECT_THAT(mapped(Every::day, "2026-11-22", Every::month), ElementsAre("month=2026-11-01"));
  EXPECT_THAT(mapped(Every::day, "2026-11-22", Every::week), ElementsAre("week=2026-11-16"));
  EXPECT_THAT(mapped(Every::day, "2026-11-22", Every::day), ElementsAre("day=2026-11-22"));
}

TEST(Mapping, CarriesCategoriesOverAndTakesEachOfOthers) {
  auto declared = scheme(Every::day, "UTC", "2026-01-01");
  declared.categories = {{"country", {"jp", "us"}}};
  const auto both = Partitions::make(declared).value();
  const auto days = partitions(Every::day, "UTC");
  const auto narrow = map_partition(both, both.parse("2026-11-22/us").value(), both, Instant{});
  EXPECT_THAT(texts(narrow.value()), ElementsAre("day=2026-11-22/country=us"));
  const auto wide = map_partition(days, days.parse("2026-11-22").value(), both, Instant{});
  EXPECT_THAT(texts(wide.value()),
              ElementsAre("day=2026-11-22/country=jp", "day=2026-11-22/country=us"));
}

TEST(BusinessTime, CountsBusinessDaysAlone) {
  pipeline::Calendar calendar;
  calendar.holidays = {"2026-11-23"};
  const Zone tokyo = Zone::find("Asia/Tokyo").value();
  const auto due = [&](std::string_view from, Duration after) {
    return format_instant(add_business_time(at(from), after, &calendar, tokyo)).substr(0, 16);
  };
  // Friday 10:00 local; Monday is a holiday.
  EXPECT_EQ(due("2026-11-20T01:00:00Z", std::chrono::days(2)), "2026-11-25T01:00");
  EXPECT_EQ(due("2026-11-20T01:00:00Z", std::chrono::hours(2)), "2026-11-20T03:00");
  EXPECT_EQ(due("2026-11-20T01:00:00Z", std::chrono::hours(16)), "2026-11-23T17:00");
  // Opened on a Saturday, it begins to age on Tuesday.
  EXPECT_EQ(due("2026-11-21T01:00:00Z", std::chrono::hours(2)), "2026-11-23T17:00");
  // Without a calendar a day is a day of the zone.
  const Zone paris = Zone::find("Europe/Paris").value();
  EXPECT_EQ(add_business_time(at("2026-03-28T12:00:00Z"), std::chrono::days(1), nullptr, paris),
            at("2026-03-29T11:00:00Z"));
}

}  // namespace
}  // namespace gossamer::orchestration
