// SPDX-License-Identifier: Apache-2.0
#include "base/yaml_scalar.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace gossamer {
namespace {

using Kind = YamlNode::Kind;
constexpr std::string_view digits = "0123456789";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

bool all_of(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == std::string_view::npos;
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

std::size_t count_digits(std::string_view text) {
  return std::min(text.find_first_not_of(digits), text.size());
}

// [-+]? ( \.[0-9]+ | [0-9]+(\.[0-9]*)? ) ([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  text = without_sign(text);
  const std::size_t whole = count_digits(text);
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (text.starts_with('.')) {
    fraction = count_digits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole == 0 && fraction == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  return all_of(without_sign(text.substr(1)), digits);
}

// [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?, which YAML 1.1 reads in base 60.
bool looks_like_time(std::string_view text) {
  const std::size_t hours = count_digits(text);
  if (hours == 0 || hours > 2) return false;
  text.remove_prefix(hours);
  const auto takes_part = [&] {
    if (!text.starts_with(':') || count_digits(text.substr(1)) != 2) return false;
    text.remove_prefix(3);
    return true;
  };
  return takes_part() && (text.empty() || (takes_part() && text.empty()));
}

Result<void> set_integer(YamlNode& scalar, std::string_view number, int base) {
  if (number.starts_with('+')) number.remove_prefix(1);
  const auto code =
      std::from_chars(number.data(), number.data() + number.size(), scalar.integer, base).ec;
  if (code != std::errc{}) {
    return invalid_input("`" + scalar.text +
                             "` does not fit a whole number of 64 bits; put it in quotes if it is "
                             "a text",
                         scalar.position());
  }
  scalar.kind = Kind::integer;
  scalar.floating = static_cast<double>(scalar.integer);
  return {};
}

void set_float(YamlNode& scalar, double value) {
  scalar.kind = Kind::floating;
  scalar.floating = value;
}

// from_chars wants no plus, and says out_of_range for both too large and too small.
double read_float(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto code = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  if (code == std::errc::result_out_of_range)
    return std::strtod(std::string(text).c_str(), nullptr);
  return value;
}

}  // namespace

Result<void> resolve_scalar(YamlNode& scalar) {
  const std::string_view text = scalar.text;
  scalar.kind = Kind::string;
  if (scalar.quoted) return {};
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
    scalar.kind = Kind::null;
  } else if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    scalar.kind = Kind::boolean;
    scalar.boolean = text[0] == 't' || text[0] == 'T';
  } else if (all_of(without_sign(text), digits)) {
    return set_integer(scalar, text, 10);
  } else if (text.starts_with("0o") && all_of(text.substr(2), "01234567")) {
    return set_integer(scalar, text.substr(2), 8);
  } else if (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdefABCDEF")) {
    return set_integer(scalar, text.substr(2), 16);
  } else if (is_one_of(without_sign(text), {".inf", ".Inf", ".INF"})) {
    const double infinity = std::numeric_limits<double>::infinity();
    set_float(scalar, text[0] == '-' ? -infinity : infinity);
  } else if (is_one_of(text, {".nan", ".NaN", ".NAN"})) {
    set_float(scalar, std::numeric_limits<double>::quiet_NaN());
  } else if (is_float(text)) {
    set_float(scalar, read_float(text));
  } else {
    scalar.looks_like_time = looks_like_time(text);
  }
  return {};
}

}  // namespace gossamer
