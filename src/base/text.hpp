// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer {

// "a,,b" gives "a", "", "b"; an empty text gives one empty part.
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
// Without blanks, tabs and line ends at both sides.
std::string_view trimmed(std::string_view text);
// ASCII letters only.
std::string lower_case(std::string_view text);
bool is_utf8(std::string_view text);
// Where the first byte stands that belongs to no character; nothing in good UTF-8.
std::optional<std::size_t> find_not_utf8(std::string_view text);
// Cut to at most `limit` bytes between characters, with "..." where something was cut.
std::string abbreviated(std::string_view text, std::size_t limit);

}  // namespace gossamer
