// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <array>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

namespace gossamer {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Reads fixed-width fields from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view set) {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<Date> read_date(Reader& in) {
  const auto year = in.digits(4);
  if (!year || !in.take('-')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.take('-')) return std::nullopt;
  const auto day = in.digits(2);
  if (!day) return std::nullopt;
  const Date date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                  std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return date;
}

// ".123" as microseconds; without a dot zero.
std::optional<microseconds> read_fraction(Reader& in) {
  if (!in.take('.')) return microseconds{0};
  std::int64_t value = 0;
  int count = 0;
  while (const auto digit = in.digits(1)) {
    if (++count <= 6) value = value * 10 + *digit;
  }
  if (count == 0 || count > 9) return std::nullopt;
  for (; count < 6; ++count)
    value *= 10;
  return microseconds{value};
}

enum class Seconds : std::uint8_t { required, may_be_left_out };

std::optional<microseconds> read_time_of_day(Reader& in, Seconds need) {
  const auto hour = in.digits(2);
  if (!hour || *hour > 23 || !in.take(':')) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  const microseconds start = hours(*hour) + minutes(*minute);
  if (!in.take(':')) {
    if (need == Seconds::required) return std::nullopt;
    return start;
  }
  const auto second = in.digits(2);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction = read_fraction(in);
  if (!fraction) return std::nullopt;
  return start + seconds(*second) + *fraction;
}

std::optional<minutes> read_offset(Reader& in) {
  if (in.take_any("Zz")) return minutes{0};
  const int sign = in.front() == '-' ? -1 : 1;
  if (!in.take_any("+-")) return std::nullopt;
  const auto hour = in.digits(2);
  if (!hour || *hour > 23 || !in.take(':')) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  return sign * (hours(*hour) + minutes(*minute));
}

std::string format_civil(std::chrono::sys_time<microseconds> moment, bool always_fraction) {
  const auto day = std::chrono::floor<days>(moment);
  const Date date{day};
  const std::chrono::hh_mm_ss time{moment - day};
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", format_date(date), time.hours().count(),
                                 time.minutes().count(), time.seconds().count());
  const auto fraction = time.subseconds().count();
  if (always_fraction || fraction != 0) text += fmt::format(".{:06}", fraction);
  return text;
}

struct Unit {
  std::string_view name;
  microseconds length;
};

// From large to small: the order they must have in a text.
constexpr std::array units = {
    Unit{"w", days(7)},          Unit{"d", days(1)},    Unit{"h", hours(1)},
    Unit{"m", minutes(1)},       Unit{"s", seconds(1)}, Unit{"ms", std::chrono::milliseconds(1)},
    Unit{"us", microseconds(1)},
};
constexpr microseconds longest = days(36'525);

std::unexpected<Error> bad_duration(std::string_view text, std::string_view why) {
  return invalid_input(fmt::format(
      "`{}` is not a duration: {}; write for example 30s, 10m, 6h, 2d, 1w or 1h30m", text, why));
}

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  if (date && in.take_any("Tt ")) {
    const auto time = read_time_of_day(in, Seconds::required);
    const auto offset = time ? read_offset(in) : std::nullopt;
    if (time && offset && in.done()) return Instant(std::chrono::sys_days(*date)) + *time - *offset;
  }
  return invalid_input(
      fmt::format("`{}` is not a moment in time; write for example 2026-11-22T04:30:00Z or "
                  "2026-11-22T04:30:00+09:00",
                  text));
}

std::string format_instant(Instant instant) { return format_civil(instant, true) + 'Z'; }

Result<Date> parse_date(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  if (date && in.done()) return *date;
  return invalid_input(
      fmt::format("`{}` is not a day of the calendar; write for example 2026-11-22", text));
}

std::string format_date(Date date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Result<LocalTime> parse_local_time(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  if (date && in.take_any("T ")) {
    const auto time = read_time_of_day(in, Seconds::may_be_left_out);
    if (time && in.done()) return LocalTime(std::chrono::local_days(*date)) + *time;
  }
  return invalid_input(
      fmt::format("`{}` is not a local time; write for example 2026-11-22T04:30", text));
}

std::string format_local_time(LocalTime local) {
  return format_civil(Instant(local.time_since_epoch()), false);
}

Result<Duration> parse_duration(std::string_view text) {
  microseconds total{0};
  std::string_view rest = text;
  std::size_t next_unit = 0;
  if (rest.empty()) return bad_duration(text, "it is empty");
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0) return bad_duration(text, "a number is missing before a unit");
    if (digits > 17) return bad_duration(text, "a number is too large");
    std::int64_t number = 0;
    for (const char c : rest.substr(0, digits))
      number = number * 10 + (c - '0');
    rest.remove_prefix(digits);
    const std::size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
    const std::string_view name = rest.substr(0, letters);
    rest.remove_prefix(letters);
    if (name.empty()) return bad_duration(text, "a unit is missing behind a number");
    std::size_t unit = 0;
    while (unit < units.size() && units[unit].name != name)
      ++unit;
    if (unit == units.size()) {
      return bad_duration(text, fmt::format("`{}` is no unit (w d h m s ms us)", name));
    }
    if (unit < next_unit) return bad_duration(text, "units go from large to small, each once");
    next_unit = unit + 1;
    if (number > longest / units[unit].length) {
      return bad_duration(text, "it is longer than 100 years");
    }
    total += number * units[unit].length;
  }
  if (total > longest) return bad_duration(text, "it is longer than 100 years");
  return total;
}

std::string format_duration(Duration duration) {
  if (duration < Duration::zero()) return '-' + format_duration(-duration);
  std::string text;
  for (const Unit& unit : units) {
    const auto count = duration / unit.length;
    if (count == 0) continue;
    text += fmt::format("{}{}", count, unit.name);
    duration -= count * unit.length;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace gossamer
