// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

using namespace std::chrono_literals;

TEST(Time, ReadsWhatItWrites) {
  const std::string text = "2026-11-22T04:30:00.000000Z";
  const auto instant = parse_instant(text);
  ASSERT_TRUE(instant.has_value());
  EXPECT_EQ(format_instant(*instant), text);
  EXPECT_EQ(instant->time_since_epoch(), 1795321800s);
}

TEST(Time, ReadsOffsetsAndFractions) {
  EXPECT_EQ(format_instant(parse_instant("2026-11-22T04:30:00+09:00").value()),
            "2026-11-21T19:30:00.000000Z");
  EXPECT_EQ(format_instant(parse_instant("2026-11-22 04:30:00.5-03:30").value()),
            "2026-11-22T08:00:00.500000Z");
  EXPECT_EQ(format_instant(parse_instant("1969-12-31T23:59:59.123456789Z").value()),
            "1969-12-31T23:59:59.123456Z");
}

TEST(Time, RefusesWhatIsNoInstant) {
  for (const char* text :
       {"", "2026-11-22", "2026-11-22T04:30Z", "2026-11-22T04:30:00", "2026-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T23:59:60Z", "2026-11-22T04:30:00.Z",
        "2026-11-22T04:30:00Z ", "2026-13-01T00:00:00Z", "26-11-22T04:30:00Z",
        "2026-11-22T04:30:00+9:00", "2026-11-22T04:30:00.1234567890Z"}) {
    const auto instant = parse_instant(text);
    ASSERT_FALSE(instant.has_value()) << text;
    EXPECT_EQ(instant.error().message,
              std::string("`") + text +
                  "` is not a moment in time; write for example 2026-11-22T04:30:00Z or "
                  "2026-11-22T04:30:00+09:00");
  }
}

TEST(Time, Dates) {
  EXPECT_EQ(format_date(parse_date("2024-02-29").value()), "2024-02-29");
  EXPECT_EQ(parse_date("2026-02-29").error().message,
            "`2026-02-29` is not a day of the calendar; write for example 2026-11-22");
  EXPECT_FALSE(parse_date("2026-2-9").has_value());
  EXPECT_FALSE(parse_date("2026-02-09x").has_value());
}

TEST(Time, LocalTimes) {
  EXPECT_EQ(format_local_time(parse_local_time("2026-03-29T01:59").value()), "2026-03-29T01:59:00");
  EXPECT_EQ(format_local_time(parse_local_time("2026-03-29 01:59:07.25").value()),
            "2026-03-29T01:59:07.250000");
  EXPECT_EQ(parse_local_time("2026-03-29T01:59Z").error().message,
            "`2026-03-29T01:59Z` is not a local time; write for example 2026-11-22T04:30");
}

TEST(Time, ReadsDurations) {
  EXPECT_EQ(parse_duration("30s").value(), 30s);
  EXPECT_EQ(parse_duration("10m").value(), 10min);
  EXPECT_EQ(parse_duration("6h").value(), 6h);
  EXPECT_EQ(parse_duration("2d").value(), 48h);
  EXPECT_EQ(parse_duration("1w").value(), 168h);
  EXPECT_EQ(parse_duration("1h30m").value(), 90min);
  EXPECT_EQ(parse_duration("1s250ms").value(), 1250ms);
  EXPECT_EQ(parse_duration("0s").value(), 0s);
}

TEST(Time, SaysWhatIsWrongWithADuration) {
  const auto why = [](std::string_view text) { return parse_duration(text).error().message; };
  const std::string tail = "; write for example 30s, 10m, 6h, 2d, 1w or 1h30m";
  EXPECT_EQ(why(""), "`` is not a duration: it is empty" + tail);
  EXPECT_EQ(why("10"), "`10` is not a duration: a unit is missing behind a number" + tail);
  EXPECT_EQ(why("h"), "`h` is not a duration: a number is missing before a unit" + tail);
  EXPECT_EQ(why("-5s"), "`-5s` is not a duration: a number is missing before a unit" + tail);
  EXPECT_EQ(why("5min"), "`5min` is not a duration: `min` is no unit (w d h m s ms us)" + tail);
  EXPECT_EQ(why("5m 3s"), "`5m 3s` is not a duration: `m ` is no unit (w d h m s ms us)" + tail);
  EXPECT_EQ(why("5s3m"),
            "`5s3m` is not a duration: units go from large to small, each once" + tail);
  EXPECT_EQ(why("5s3s"),
            "`5s3s` is not a duration: units go from large to small, each once" + tail);
  EXPECT_EQ(why("6000w"), "`6000w` is not a duration: it is longer than 100 years" + tail);
  EXPECT_EQ(why("99999999999999999999w"),
            "`99999999999999999999w` is not a duration: a number is too large" + tail);
}

TEST(Time, WritesDurationsThatReadBack) {
  for (const char* text : {"0s", "1h30m", "1w2d3h4m5s6ms7us", "1ms"}) {
    EXPECT_EQ(format_duration(parse_duration(text).value()), text);
  }
  EXPECT_EQ(format_duration(-90s), "-1m30s");
}

}  // namespace
}  // namespace gossamer
