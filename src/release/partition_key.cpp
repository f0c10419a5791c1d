// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "release/publication.hpp"

namespace gossamer::release {

namespace {

constexpr std::string_view hive_null = "__HIVE_DEFAULT_PARTITION__";
constexpr std::size_t name_bytes_max = 255;

bool stays_as_it_is(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80U) return true;
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return std::string_view("-_.~+@,").find(c) != std::string_view::npos;
}

std::string encoded(std::string_view plain) {
  std::string text;
  text.reserve(plain.size());
  for (const char c : plain) {
    if (stays_as_it_is(c)) {
      text.push_back(c);
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Result<std::string> decoded(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain.push_back(text[at]);
      continue;
    }
    const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      return invalid_input(fmt::format(
          "`{}`: `%` must be followed by two hexadecimal digits; write a plain `%` as `%25`",
          text));
    }
    plain.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  if (!is_utf8(plain)) return invalid_input(fmt::format("`{}` is not UTF-8", encoded(plain)));
  if (plain.find('\0') != std::string::npos) {
    return invalid_input(fmt::format("`{}` has a zero byte", encoded(plain)));
  }
  return plain;
}

Result<std::pair<std::string, std::string>> parse_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return invalid_input(fmt::format(
        "`{}` is no partition: write `key=value`, several with `/` between, or `all`", text));
  }
  TRY_ASSIGN(std::string key, decoded(text.substr(0, equals)));
  TRY_ASSIGN(std::string value, decoded(text.substr(equals + 1)));
  if (key.empty()) return invalid_input(fmt::format("`{}` has no key before `=`", text));
  if (value.empty()) return invalid_input(fmt::format("`{}` has no value behind `=`", text));
  if (value == hive_null) {
    return invalid_input(fmt::format("`{}`: a partition's value cannot be NULL", text));
  }
  if (encoded(key).size() + 1 + encoded(value).size() > name_bytes_max) {
    return invalid_input(
        fmt::format("`{}` is longer than the {} bytes that a folder's name may have",
                    abbreviated(text, 60), name_bytes_max));
  }
  return std::pair(std::move(key), std::move(value));
}

}  // namespace

std::string PartitionKey::text() const {
  if (pairs.empty()) return "all";
  std::string text;
  for (const auto& [key, value] : pairs) {
    if (!text.empty()) text.push_back('/');
    text += encoded(key);
    text.push_back('=');
    text += encoded(value);
  }
  return text;
}

Result<PartitionKey> PartitionKey::parse(std::string_view text) {
  PartitionKey key;
  if (text == "all") return key;
  if (text.empty()) return invalid_input("the partition is empty: write `key=value` or `all`");
  for (const std::string& part : split(text, '/')) {
    TRY_ASSIGN(auto pair, parse_pair(part));
    const bool is_known = std::any_of(key.pairs.begin(), key.pairs.end(),
                                      [&](const auto& known) { return known.first == pair.first; });
    if (is_known) {
      return invalid_input(fmt::format("`{}` gives the key `{}` twice", text, pair.first));
    }
    key.pairs.push_back(std::move(pair));
  }
  return key;
}

}  // namespace gossamer::release
