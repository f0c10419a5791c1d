// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gossamer {

// A moment in UTC; everything stored or compared is one of these.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;
// Wall time of some zone, which alone does not name a moment.
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;
using Date = std::chrono::year_month_day;

// RFC 3339, years 0000 to 9999, with an offset or Z; up to 9 digits of a second are read, those
// behind the sixth are cut off. A leap second (:60) is refused.
Result<Instant> parse_instant(std::string_view text);
// Always "2026-11-22T04:30:00.000000Z": sorts as text in order of time.
std::string format_instant(Instant instant);

// "2026-11-22"; a day that does not exist is an error.
Result<Date> parse_date(std::string_view text);
std::string format_date(Date date);

// "2026-11-22T04:30", "2026-11-22T04:30:15" or with a fraction; no offset. "T" may be a space.
Result<LocalTime> parse_local_time(std::string_view text);
// "2026-11-22T04:30:00", with a fraction of 6 digits only where there is one.
std::string format_local_time(LocalTime local);

// One or more of number and unit, from large to small: "30s", "10m", "6h", "2d", "1w", "1h30m",
// "250ms"; a day is 24 hours. Not negative, at most 100 years.
Result<Duration> parse_duration(std::string_view text);
// The shortest text that parse_duration reads back to the same value: "1h30m"; zero is "0s".
std::string format_duration(Duration duration);

}  // namespace gossamer
