// SPDX-License-Identifier: Apache-2.0
#include "pipeline/cron.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/numbers.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::pipeline {
namespace {

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> day_names{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};
constexpr std::array<int, 13> longest_month{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

// One of the five, with its bounds and the names that stand for numbers (the first is `name_base`).
struct FieldRule {
  std::string_view name;
  int least;
  int most;
  std::span<const std::string_view> names;
  int name_base;
};

struct Range {
  int first = 0;
  int last = 0;
  int step = 1;
};

std::unexpected<Error> refuse(const FieldRule& rule, std::string_view part, std::string why) {
  return invalid_input(
      fmt::format("the {} `{}` {}", rule.name, abbreviated(part, 30), std::move(why)));
}

Result<int> parse_value(const FieldRule& rule, std::string_view part) {
  const std::string lower = lower_case(part);
  const auto name = std::ranges::find(rule.names, lower);
  if (name != rule.names.end()) return static_cast<int>(name - rule.names.begin()) + rule.name_base;
  const Result<std::int64_t> number = parse_integer(part, 0, 9999);
  if (number && *number >= rule.least && *number <= rule.most) return static_cast<int>(*number);
  std::string why = fmt::format("is not a number from {} to {}", rule.least, rule.most);
  if (!rule.names.empty()) {
    const std::vector<std::string> names(rule.names.begin(), rule.names.end());
    why += fmt::format(" or a name such as {}{}", names.front(), did_you_mean(lower, names));
  }
  return refuse(rule, part, std::move(why));
}

Result<Range> parse_range(const FieldRule& rule, std::string_view part) {
  Range range{rule.least, rule.most, 1};
  std::string_view span = part;
  const std::size_t slash = part.find('/');
  if (slash != part.npos) {
    span = part.substr(0, slash);
    const Result<std::int64_t> step = parse_integer(part.substr(slash + 1), 1, rule.most);
    if (!step) {
      return refuse(rule, part, fmt::format("needs a step from 1 to {} behind the /", rule.most));
    }
    range.step = static_cast<int>(*step);
  }
  if (span == "*") return range;
  const std::size_t hyphen = span.find('-');
  TRY_ASSIGN(range.first, parse_value(rule, span.substr(0, hyphen)));
  // `5/15` means: from 5 to the end, every 15.
  range.last = slash != part.npos ? rule.most : range.first;
  if (hyphen == span.npos) return range;
  TRY_ASSIGN(range.last, parse_value(rule, span.substr(hyphen + 1)));
  if (range.last < range.first) return refuse(rule, part, "begins after its end");
  return range;
}

template <std::size_t N>
Result<std::bitset<N>> parse_field(const FieldRule& rule, std::string_view field) {
  std::bitset<N> values;
  for (const std::string& part : split(field, ',')) {
    if (part.empty()) return refuse(rule, field, "has an empty item in its list");
    TRY_ASSIGN(const Range range, parse_range(rule, part));
    for (int value = range.first; value <= range.last; value += range.step) {
      // Only the day of the week has one value more than its set: 7 is 0.
      values.set(static_cast<std::size_t>(value) % N);
    }
  }
  return values;
}

Result<void> check_possible(const Cron& cron) {
  if (!cron.any_day_of_week) return {};
  for (std::size_t month = 1; month <= 12; ++month) {
    if (!cron.months.test(month)) continue;
    for (int day = 1; day <= longest_month.at(month); ++day) {
      if (cron.days_of_month.test(static_cast<std::size_t>(day))) return {};
    }
  }
  return invalid_input(
      "no month of the month field has a day of the day field; it would "
      "never be due");
}

std::vector<std::string> fields_of(std::string_view text) {
  std::vector<std::string> fields;
  std::string current;
  for (const char c : text) {
    if (c != ' ' && c != '\t') {
      current += c;
    } else if (!current.empty()) {
      fields.push_back(std::exchange(current, {}));
    }
  }
  if (!current.empty()) fields.push_back(std::move(current));
  return fields;
}

std::string_view macro(std::string_view name) {
  if (name == "@hourly") return "0 * * * *";
  if (name == "@daily" || name == "@midnight") return "0 0 * * *";
  if (name == "@weekly") return "0 0 * * sun";
  if (name == "@monthly") return "0 0 1 * *";
  if (name == "@yearly" || name == "@annually") return "0 0 1 jan *";
  return "";
}

}  // namespace

bool Cron::allows(Date date) const {
  if (!months.test(static_cast<unsigned>(date.month()))) return false;
  const bool by_month = days_of_month.test(static_cast<unsigned>(date.day()));
  const std::chrono::weekday weekday{std::chrono::sys_days{date}};
  const bool by_week = days_of_week.test(weekday.c_encoding());
  if (any_day_of_month || any_day_of_week) return by_month && by_week;
  return by_month || by_week;
}

Result<Cron> parse_cron(std::string_view text) {
  const std::vector<std::string> fields = fields_of(text);
  if (fields.size() == 1 && !macro(fields.front()).empty()) {
    return invalid_input(
        fmt::format("write `{}` as five fields: `{}`", fields.front(), macro(fields.front())));
  }
  if (fields.size() != 5) {
    return invalid_input(
        fmt::format("expected 5 fields (minute hour day-of-month month day-of-week), found {}{}",
                    fields.size(), fields.size() == 6 ? "; there are no seconds" : ""));
  }
  const FieldRule minute{"minute", 0, 59, {}, 0};
  const FieldRule hour{"hour", 0, 23, {}, 0};
  const FieldRule day{"day of the month", 1, 31, {}, 0};
  const FieldRule month{"month", 1, 12, month_names, 1};
  const FieldRule weekday{"day of the week", 0, 7, day_names, 0};
  Cron cron;
  TRY_ASSIGN(cron.minutes, parse_field<60>(minute, fields[0]));
  TRY_ASSIGN(cron.hours, parse_field<24>(hour, fields[1]));
  TRY_ASSIGN(cron.days_of_month, parse_field<32>(day, fields[2]));
  TRY_ASSIGN(cron.months, parse_field<13>(month, fields[3]));
  TRY_ASSIGN(cron.days_of_week, parse_field<7>(weekday, fields[4]));
  cron.any_day_of_month = fields[2].starts_with('*');
  cron.any_day_of_week = fields[4].starts_with('*');
  TRY(check_possible(cron));
  return cron;
}

}  // namespace gossamer::pipeline
