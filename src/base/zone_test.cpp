// SPDX-License-Identifier: Apache-2.0
#include "base/zone.hpp"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

Zone zone(std::string_view name) { return Zone::find(name).value(); }

LocalTime local(std::string_view text) { return parse_local_time(text).value(); }

TEST(Zone, AnOrdinaryTimeIsUnique) {
  const LocalLookup found = zone("Asia/Tokyo").to_instant(local("2026-11-22T04:30"));
  EXPECT_EQ(found.kind, LocalTimeKind::unique);
  EXPECT_EQ(format_instant(found.earlier), "2026-11-21T19:30:00.000000Z");
  EXPECT_EQ(found.earlier, found.later);
}

TEST(Zone, SpringForwardLeavesAGap) {
  const LocalLookup found = zone("Europe/Paris").to_instant(local("2026-03-29T02:30"));
  EXPECT_EQ(found.kind, LocalTimeKind::nonexistent);
  EXPECT_EQ(format_instant(found.earlier), "2026-03-29T01:00:00.000000Z");
  EXPECT_EQ(found.earlier, found.later);
}

TEST(Zone, FallBackHappensTwice) {
  const LocalLookup found = zone("Europe/Paris").to_instant(local("2026-10-25T02:30"));
  EXPECT_EQ(found.kind, LocalTimeKind::ambiguous);
  EXPECT_EQ(format_instant(found.earlier), "2026-10-25T00:30:00.000000Z");
  EXPECT_EQ(format_instant(found.later), "2026-10-25T01:30:00.000000Z");
}

TEST(Zone, HalfHourShiftOfLordHowe) {
  const Zone lord_howe = zone("Australia/Lord_Howe");
  EXPECT_EQ(lord_howe.to_instant(local("2026-10-04T02:15")).kind, LocalTimeKind::nonexistent);
  EXPECT_EQ(lord_howe.to_instant(local("2026-10-04T02:45")).kind, LocalTimeKind::unique);
}

TEST(Zone, ADayMayBeginAfterMidnight) {
  // Egypt moved its clocks at midnight, 2026-04-24.
  const Zone cairo = zone("Africa/Cairo");
  const Instant start = cairo.start_of_day(parse_date("2026-04-24").value());
  EXPECT_EQ(format_local_time(cairo.to_local(start)), "2026-04-24T01:00:00");
}

TEST(Zone, InstantToLocalAndOffset) {
  const Zone paris = zone("Europe/Paris");
  const Instant summer = parse_instant("2026-07-01T10:00:00.25Z").value();
  EXPECT_EQ(format_local_time(paris.to_local(summer)), "2026-07-01T12:00:00.250000");
  EXPECT_EQ(paris.offset(summer), std::chrono::hours(2));
}

TEST(Zone, DefaultIsUtc) {
  const Instant instant = parse_instant("2026-07-01T10:00:00Z").value();
  EXPECT_EQ(Zone(), zone("UTC"));
  EXPECT_EQ(Zone().to_instant(Zone().to_local(instant)).earlier, instant);
}

TEST(Zone, UnknownNamesAreRefusedWithASuggestion) {
  EXPECT_EQ(Zone::find("Europe/Pariss").error().message,
            "there is no time zone `Europe/Pariss` (did you mean `Europe/Paris`?)");
  EXPECT_EQ(Zone::find("Europe/Pariss").error().kind, ErrorKind::not_found);
  for (const char* name :
       {"", "..", "../../../etc/passwd", "/etc/passwd", "Europe", "posixrules"}) {
    EXPECT_FALSE(zone_exists(name)) << name;
  }
  EXPECT_TRUE(zone_exists("Etc/UTC"));
  EXPECT_TRUE(zone_exists("US/Eastern"));  // a link of the tz database
}

}  // namespace
}  // namespace gossamer
