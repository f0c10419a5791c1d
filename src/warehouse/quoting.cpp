// SPDX-License-Identifier: Apache-2.0
#include "warehouse/quoting.hpp"

namespace gossamer::warehouse {

namespace {

std::string quoted(std::string_view text, char mark) {
  std::string result(1, mark);
  for (const char character : text) {
    if (character == mark) result += mark;
    result += character;
  }
  result += mark;
  return result;
}

}  // namespace

std::string quoted_name(std::string_view name) { return quoted(name, '"'); }
std::string quoted_text(std::string_view text) { return quoted(text, '\''); }

std::string quoted_table(std::string_view table) {
  const std::size_t dot = table.find('.');
  if (dot == std::string_view::npos) return quoted_name(table);
  return quoted_name(table.substr(0, dot)) + '.' + quoted_name(table.substr(dot + 1));
}

}  // namespace gossamer::warehouse
