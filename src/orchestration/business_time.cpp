// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "orchestration/calendar.hpp"

namespace gossamer::orchestration {
namespace {

using std::chrono::days;

Date date_of(LocalTime local) { return Date(std::chrono::floor<days>(local)); }

}  // namespace

bool is_business_day(Date date, const pipeline::Calendar& calendar) {
  static constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu",
                                                         "fri", "sat", "sun"};
  const std::chrono::weekday weekday{std::chrono::local_days(date)};
  const std::string_view name = names[weekday.iso_encoding() - 1];
  const auto is_named = [&](const std::string& day) { return lower_case(day) == name; };
  if (std::ranges::any_of(calendar.weekend, is_named)) return false;
  return std::ranges::find(calendar.holidays, format_date(date)) == calendar.holidays.end();
}

namespace {

// The start of the first business day that begins after `local`; a year without one is no calendar.
LocalTime next_business_day(LocalTime local, const pipeline::Calendar& calendar) {
  auto day = std::chrono::floor<days>(local) + days(1);
  for (int i = 0; i < 366 && !is_business_day(Date(day), calendar); ++i)
    day += days(1);
  return LocalTime(day);
}

}  // namespace

Instant add_business_time(Instant from, Duration after, const pipeline::Calendar* calendar,
                          const Zone& zone) {
  auto whole_days = std::chrono::duration_cast<days>(after);
  Duration rest = after - whole_days;
  LocalTime local = zone.to_local(from);
  if (calendar == nullptr) return zone.to_instant(local + whole_days).earlier + rest;
  // A gate that opens on a day off begins to age when the next business day begins.
  if (!is_business_day(date_of(local), *calendar)) local = next_business_day(local, *calendar);
  const auto time_of_day = local - std::chrono::floor<days>(local);
  for (; whole_days.count() > 0; whole_days -= days(1)) {
    local = next_business_day(local, *calendar) + time_of_day;
  }
  while (true) {
    const LocalTime midnight = LocalTime(std::chrono::floor<days>(local) + days(1));
    if (rest <= midnight - local) return zone.to_instant(local + rest).earlier;
    rest -= midnight - local;
    local = next_business_day(local, *calendar);
  }
}

}  // namespace gossamer::orchestration
