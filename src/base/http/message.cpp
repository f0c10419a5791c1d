// SPDX-License-Identifier: Apache-2.0
#include "base/http/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace gossamer::http {

namespace {

std::optional<int> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

enum class Plus : std::uint8_t { is_plus, is_space };

Result<std::string> decoded(std::string_view text, Plus plus) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus == Plus::is_space) {
      plain += ' ';
    } else if (text[at] != '%') {
      plain += text[at];
    } else {
      const auto high = at + 2 < text.size() ? hex_value(text[at + 1]) : std::nullopt;
      const auto low = high ? hex_value(text[at + 2]) : std::nullopt;
      if (!low) return invalid_input("the address has a broken %-escape");
      plain += static_cast<char>(*high * 16 + *low);
      at += 2;
    }
  }
  if (plain.find('\0') != std::string::npos) return invalid_input("the address has a zero byte");
  if (!is_utf8(plain)) return invalid_input("the address is no UTF-8");
  return plain;
}

std::string encoded(std::string_view text, std::string_view kept) {
  static constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string safe;
  for (const char byte : text) {
    if (plain.find(byte) != std::string_view::npos || kept.find(byte) != std::string_view::npos) {
      safe += byte;
    } else {
      safe += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return safe;
}

Result<std::string> parse_path(std::string_view text) {
  if (!text.starts_with('/')) return invalid_input("the address has no path");
  std::string path;
  for (const auto& part : split(text.substr(1), '/')) {
    const auto plain = decoded(part, Plus::is_plus);
    if (!plain) return std::unexpected(plain.error());
    if (*plain == "." || *plain == ".." || plain->find('/') != std::string::npos) {
      return invalid_input("the path has a part that leads elsewhere");
    }
    path += '/';
    path += *plain;
  }
  return path;
}

}  // namespace

std::string Request::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string Request::cookie(std::string_view name) const {
  for (const auto& pair : split(header("cookie"), ';')) {
    const auto text = trimmed(pair);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && text.substr(0, equals) == name) {
      return std::string(text.substr(equals + 1));
    }
  }
  return "";
}

std::string Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (lower_case(key) == name) return value;
  }
  return "";
}

Result<Target> parse_target(std::string_view text) {
  Target target;
  const auto mark = text.find('?');
  TRY_ASSIGN(target.path, parse_path(text.substr(0, mark)));
  if (mark == std::string_view::npos) return target;
  for (const auto& pair : split(text.substr(mark + 1), '&')) {
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string_view view(pair);
    TRY_ASSIGN(const auto name, decoded(view.substr(0, equals), Plus::is_space));
    TRY_ASSIGN(auto value, decoded(view.substr(std::min(equals + 1, pair.size())), Plus::is_space));
    target.query[name] = std::move(value);
  }
  return target;
}

std::string format_target(const std::string& path,
                          const std::map<std::string, std::string>& query) {
  std::string text = encoded(path, "/:@");
  char separator = '?';
  for (const auto& [name, value] : query) {
    text += separator + encoded(name, "") + "=" + encoded(value, "");
    separator = '&';
  }
  return text;
}

}  // namespace gossamer::http
