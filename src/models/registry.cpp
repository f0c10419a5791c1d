// SPDX-License-Identifier: Apache-2.0
#include "models/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/numbers.hpp"

namespace gossamer::models {
namespace {

bool is_word(std::string_view text) {
  constexpr std::size_t length_max = 128;
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  // A name becomes a folder: "." and ".." and hidden ones must not.
  return !text.empty() && text.size() <= length_max && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, is_allowed);
}

}  // namespace

Result<Name> Name::parse(std::string_view text) {
  const auto wrong = [&](std::string_view what) {
    return invalid_input(fmt::format(
        "`{}` is no model: {}; write `name/7` for a version or `name@champion` for an alias", text,
        what));
  };
  const std::size_t mark = text.find_first_of("/@");
  Name name;
  name.model = text.substr(0, mark);
  if (!is_word(name.model)) {
    return wrong(
        "a name has letters, digits, `_`, `-` and `.`, at most 128, and begins with a "
        "letter, a digit or `_`");
  }
  if (mark == std::string_view::npos) return name;
  const std::string_view rest = text.substr(mark + 1);
  if (text[mark] == '@') {
    if (!is_word(rest)) return wrong("behind `@` stands the name of an alias");
    name.alias = rest;
    return name;
  }
  const auto version = parse_integer(rest, 1, std::numeric_limits<int>::max());
  if (!version || rest.front() == '0') return wrong("behind `/` stands a version, counted from 1");
  name.version = static_cast<int>(*version);
  return name;
}

std::string Name::text() const {
  if (version) return fmt::format("{}/{}", model, *version);
  if (!alias.empty()) return fmt::format("{}@{}", model, alias);
  return model;
}

}  // namespace gossamer::models
