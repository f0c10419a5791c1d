// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace gossamer::pipeline {

// Five cron fields, each as the set of values that it allows.
struct Cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days_of_month;  // 1 to 31
  std::bitset<13> months;         // 1 to 12
  std::bitset<7> days_of_week;    // 0 is Sunday
  bool any_day_of_month = false;  // the field was `*` or began with `*/`
  bool any_day_of_week = false;

  // Whether the day fields allow this day. As in every cron: where both the day of the month and
  // the day of the week are restricted, either is enough.
  [[nodiscard]] bool allows(Date date) const;

  bool operator==(const Cron&) const = default;
};

// "minute hour day-of-month month day-of-week": numbers, `*`, ranges `a-b`, steps `*/n` and
// `a-b/n`, lists with commas, names of months and days (jan, mon); 7 is Sunday too. invalid_input
// names the field that is wrong, and refuses what can never be due, such as the 30th of February.
Result<Cron> parse_cron(std::string_view text);

}  // namespace gossamer::pipeline
