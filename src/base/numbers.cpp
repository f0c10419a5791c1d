// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"

namespace gossamer {

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = end == text.data() + text.size();
  if (code == std::errc::invalid_argument || !whole) {
    return invalid_input(fmt::format("`{}` is not a whole number", text));
  }
  if (code == std::errc::result_out_of_range || number < least || number > most) {
    return invalid_input(fmt::format("`{}` is not between {} and {}", text, least, most));
  }
  return number;
}

Result<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc::result_out_of_range) {
    return invalid_input(fmt::format("`{}` is too large or too small for a number", text));
  }
  if (code != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
    return invalid_input(fmt::format("`{}` is not a number", text));
  }
  return number;
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  const auto refuse = [&] {
    return invalid_input(
        fmt::format("`{}` is not a size; write for example 512, 64KB, 2GB or 1.5GiB", text));
  };
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_number(text.substr(0, digits));
  if (!number) return refuse();
  std::string unit = lower_case(trimmed(text.substr(digits)));
  if (!unit.empty() && unit.back() == 'b') unit.pop_back();
  double base = 1000;
  if (unit.size() == 2 && unit.back() == 'i') {
    base = 1024;
    unit.pop_back();
  }
  constexpr std::string_view powers = "kmgt";
  if (unit.size() > 1 || (!unit.empty() && powers.find(unit[0]) == std::string_view::npos)) {
    return refuse();
  }
  const double power = unit.empty() ? 0 : static_cast<double>(powers.find(unit[0]) + 1);
  const double bytes = *number * std::pow(base, power);
  if (bytes >= 9.2e18) {
    return invalid_input(fmt::format("`{}` is more than any disk holds", text));
  }
  return static_cast<std::int64_t>(std::floor(bytes));
}

std::string shortest(double number) {
  if (std::isnan(number)) return "nan";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

std::string format_count(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string format_bytes(std::int64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  constexpr std::array units = {"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999.95 and more would be shown as 1000.0.
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string format_seconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return fmt::format("{} s", shortest(seconds));
  if (seconds < 9.9995) return fmt::format("{:.3f} s", seconds);
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string format_significant(double number, int digits) {
  if (!std::isfinite(number)) return shortest(number);
  if (number == 0) return "0";
  const double size = std::fabs(number);
  if (size < 1e-4 || size >= 1e15) return fmt::format("{:.{}g}", number, digits);
  const int exponent = static_cast<int>(std::floor(std::log10(size)));
  const int decimals = std::max(0, digits - 1 - exponent);
  std::string text = fmt::format("{:.{}f}", number, decimals);
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

}  // namespace gossamer
