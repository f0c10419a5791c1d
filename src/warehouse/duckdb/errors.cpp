// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "warehouse/duckdb/handles.hpp"

namespace gossamer::warehouse {
namespace {

struct Prefix {
  std::string_view text;
  ErrorKind kind;
};
constexpr std::array<Prefix, 8> prefixes{{
    {"Out of Memory Error: ", ErrorKind::unavailable},
    {"IO Error: ", ErrorKind::unavailable},
    {"Permission Error: ", ErrorKind::denied},
    {"INTERRUPT Error: ", ErrorKind::unavailable},
    {"INTERNAL Error: ", ErrorKind::bug},
    {"FATAL Error: ", ErrorKind::bug},
    {"Invalid Input Error: ", ErrorKind::invalid_input},
    {"Invalid Error: ", ErrorKind::bug},
}};

// The line's text in the engine's excerpt may be cut at both ends, marked by "...".
int column_of_caret(std::string_view excerpt, std::size_t caret, std::string_view line) {
  constexpr std::string_view cut = "...";
  std::size_t skipped = 0;
  if (excerpt.starts_with(cut) && !line.starts_with(cut)) {
    std::string_view inner = excerpt.substr(cut.size());
    if (inner.ends_with(cut)) inner.remove_suffix(cut.size());
    const std::size_t found = line.find(inner);
    if (found == std::string_view::npos || caret < cut.size()) return 0;
    skipped = found;
    caret -= cut.size();
  }
  return static_cast<int>(skipped + caret + 1);
}

// Takes "\n\nLINE 2: text\n    ^" off the end of a message.
std::optional<Position> take_position(std::string& message, std::string_view sql) {
  const std::size_t at = message.rfind("\nLINE ");
  if (at == std::string::npos) return std::nullopt;
  const std::string_view tail = std::string_view(message).substr(at + 6);
  const std::size_t colon = tail.find(": ");
  const std::size_t end_of_line = tail.find('\n');
  if (colon == std::string_view::npos || end_of_line == std::string_view::npos ||
      end_of_line < colon) {
    return std::nullopt;
  }
  const auto line = parse_integer(tail.substr(0, colon), 1, 1'000'000'000);
  const std::string_view caret_line = tail.substr(end_of_line + 1);
  const std::size_t caret = caret_line.find('^');
  if (!line || caret == std::string_view::npos) return std::nullopt;

  const std::size_t margin = std::string_view("LINE ").size() + colon + 2;
  const std::string_view excerpt = tail.substr(colon + 2, end_of_line - colon - 2);
  const std::vector<std::string> lines = split(sql, '\n');
  const auto index = static_cast<std::size_t>(*line - 1);
  const std::string_view source = index < lines.size() ? std::string_view(lines[index]) : excerpt;
  Position position;
  position.line = static_cast<int>(*line);
  if (caret >= margin) position.column = column_of_caret(excerpt, caret - margin, source);
  message.resize(at);
  while (message.ends_with('\n'))
    message.pop_back();
  return position;
}

}  // namespace

Error engine_error(std::string_view message, std::string_view sql) {
  Error error{ErrorKind::invalid_input, std::string(message)};
  error.position = take_position(error.message, sql);
  for (const Prefix& prefix : prefixes) {
    if (!error.message.starts_with(prefix.text)) continue;
    error.kind = prefix.kind;
    error.message.erase(0, prefix.text.size());
    return error;
  }
  // "Binder Error: ", "Catalog Error: " and the like say nothing to the author of a query.
  const std::size_t colon = error.message.find(" Error: ");
  if (colon != std::string::npos && colon < 24) error.message.erase(0, colon + 8);
  return error;
}

}  // namespace gossamer::warehouse
