// SPDX-License-Identifier: Apache-2.0
// The names of enums. Inside the library only.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/suggest.hpp"

namespace gossamer::orchestration {

// The names of an enum in the order of its values.
template <std::size_t Count>
using Names = std::array<std::string_view, Count>;

template <class Enum, std::size_t Count>
Result<Enum> parse_name(const Names<Count>& names, std::string_view text, std::string_view what) {
  for (std::size_t i = 0; i < Count; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  const std::vector<std::string> known(names.begin(), names.end());
  return invalid_input(fmt::format("unknown {} '{}'{}: it is one of {}", what, text,
                                   did_you_mean(text, known), fmt::join(known, ", ")));
}

template <class Enum, std::size_t Count>
std::string_view name_in(const Names<Count>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace gossamer::orchestration
