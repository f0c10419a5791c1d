// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/statements.hpp"

#include <cassert>

#include "base/text.hpp"
#include "store/embedded.hpp"

namespace gossamer::store::sqlite {

namespace {

constexpr std::string_view folder = "sqlite/statements/";
constexpr std::string_view heading = "-- name: ";

}  // namespace

Statements::Statements() {
  for (const std::string_view path : embedded_paths()) {
    if (!path.starts_with(folder)) continue;
    const std::string_view text = embedded_text(path);
    std::size_t at = text.find(heading);
    while (at != std::string_view::npos) {
      const std::size_t line_end = text.find('\n', at);
      const std::size_t next = text.find(heading, line_end);
      const std::string_view name =
          trimmed(text.substr(at + heading.size(), line_end - at - heading.size()));
      const std::string_view body = next == std::string_view::npos
                                        ? text.substr(line_end)
                                        : text.substr(line_end, next - line_end);
      by_name_.emplace(name, trimmed(body));
      at = next;
    }
  }
}

std::string_view Statements::operator[](std::string_view name) const {
  const auto found = by_name_.find(name);
  assert(found != by_name_.end() && "no statement has this name");
  return found == by_name_.end() ? std::string_view() : found->second;
}

}  // namespace gossamer::store::sqlite
