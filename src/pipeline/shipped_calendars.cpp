// SPDX-License-Identifier: Apache-2.0
#include "pipeline/shipped_calendars.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "base/time.hpp"

namespace gossamer::pipeline {
namespace {

using std::chrono::April;
using std::chrono::August;
using std::chrono::days;
using std::chrono::December;
using std::chrono::February;
using std::chrono::January;
using std::chrono::July;
using std::chrono::June;
using std::chrono::local_days;
using std::chrono::March;
using std::chrono::May;
using std::chrono::Monday;
using std::chrono::month;
using std::chrono::November;
using std::chrono::October;
using std::chrono::Saturday;
using std::chrono::September;
using std::chrono::Sunday;
using std::chrono::Thursday;
using std::chrono::weekday;
using std::chrono::weekday_indexed;
using std::chrono::year;

constexpr int first_year = 2000;
constexpr int last_year = 2035;

using Days = std::set<local_days>;

local_days on(int y, month m, unsigned d) { return local_days(year(y) / m / std::chrono::day(d)); }

local_days nth(int y, month m, weekday_indexed which) { return local_days(year(y) / m / which); }

weekday weekday_of(local_days day_of) { return weekday(day_of); }

// --- Japan -----------------------------------------------------------------------------------

// Day of the month of an equinox, 1980 to 2099. Source: the approximation that the National
// Astronomical Observatory's announcements have followed, E(y) = base + 0.242194 (y - 1980) -
// floor((y - 1980) / 4).
unsigned equinox(int y, double base) {
  const int since = y - 1980;
  const int leap_days = since / 4;
  return static_cast<unsigned>(base + 0.242194 * since - leap_days);
}

// Days that were moved for the Olympic Games of 2020 and 2021.
void add_summer_of_japan(int y, Days& found) {
  if (y == 2020) {
    found.insert({on(y, July, 23), on(y, July, 24), on(y, August, 10)});
    return;
  }
  if (y == 2021) {
    found.insert({on(y, July, 22), on(y, July, 23), on(y, August, 8)});
    return;
  }
  found.insert(y < 2003 ? on(y, July, 20) : nth(y, July, Monday[3]));  // Marine Day
  if (y >= 2016) found.insert(on(y, August, 11));                      // Mountain Day
  found.insert(nth(y, October, Monday[2]));                            // Sports Day
}

Days named_days_of_japan(int y) {
  Days found{
      on(y, January, 1), on(y, February, 11), on(y, April, 29),    on(y, May, 3),
      on(y, May, 5),     on(y, November, 3),  on(y, November, 23), nth(y, January, Monday[2])};
  found.insert(on(y, March, equinox(y, 20.8431)));
  found.insert(on(y, September, equinox(y, 23.2488)));
  found.insert(y < 2003 ? on(y, September, 15) : nth(y, September, Monday[3]));
  if (y >= 2007) found.insert(on(y, May, 4));
  if (y <= 2018) found.insert(on(y, December, 23));  // birthdays of the Emperors
  if (y >= 2020) found.insert(on(y, February, 23));
  if (y == 2019) found.insert({on(y, May, 1), on(y, October, 22)});  // the enthronement
  add_summer_of_japan(y, found);
  return found;
}

// A holiday on a Sunday gives the next day off, since 2007 the next one that is no holiday; a day
// between two holidays is one.
Days holidays_of_japan(int y) {
  const Days named = named_days_of_japan(y);
  Days all = named;
  for (const local_days holiday : named) {
    if (weekday_of(holiday) != Sunday) continue;
    local_days substitute = holiday + days(1);
    while (y >= 2007 && named.contains(substitute))
      substitute += days(1);
    all.insert(substitute);
  }
  for (const local_days holiday : named) {
    const local_days between = holiday + days(1);
    if (named.contains(between + days(1)) && weekday_of(between) != Sunday) all.insert(between);
  }
  return all;
}

// --- United States ---------------------------------------------------------------------------

// What falls on a Saturday is observed on the Friday before, on a Sunday on the Monday after.
void add_observed(local_days holiday, Days& found) {
  found.insert(holiday);
  if (weekday_of(holiday) == Saturday) found.insert(holiday - days(1));
  if (weekday_of(holiday) == Sunday) found.insert(holiday + days(1));
}

Days holidays_of_the_us(int y) {
  Days found{nth(y, January, Monday[3]),    nth(y, February, Monday[3]),
             nth(y, September, Monday[1]),  nth(y, October, Monday[2]),
             nth(y, November, Thursday[4]), local_days(year(y) / May / Monday[std::chrono::last])};
  add_observed(on(y, January, 1), found);
  if (y >= 2021) add_observed(on(y, June, 19), found);
  add_observed(on(y, July, 4), found);
  add_observed(on(y, November, 11), found);
  add_observed(on(y, December, 25), found);
  return found;
}

struct Shipped {
  std::string_view name;
  Days (*holidays)(int year);
};
constexpr std::array all_shipped{Shipped{"jp-business", holidays_of_japan},
                                 Shipped{"us-business", holidays_of_the_us}};

}  // namespace

std::vector<std::string_view> shipped_calendars() {
  std::vector<std::string_view> names;
  for (const Shipped& shipped : all_shipped)
    names.push_back(shipped.name);
  return names;
}

std::optional<Calendar> shipped_calendar(std::string_view name) {
  const auto found = std::ranges::find(all_shipped, name, &Shipped::name);
  if (found == all_shipped.end()) return std::nullopt;
  Calendar calendar;
  calendar.name = name;
  Days holidays;
  // A new year's day may be observed in the year before it.
  for (int y = first_year; y <= last_year + 1; ++y)
    holidays.merge(found->holidays(y));
  for (const local_days holiday : holidays) {
    const Date date(holiday);
    const bool is_within = date.year() >= year(first_year) && date.year() <= year(last_year);
    if (is_within) calendar.holidays.push_back(format_date(date));
  }
  return calendar;
}

}  // namespace gossamer::pipeline
