// SPDX-License-Identifier: Apache-2.0
#include "web/paging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "web/handlers/handlers.hpp"

namespace gossamer::web {

namespace {

constexpr std::int64_t limit_max = 100'000;

constexpr std::array lists{
    PagedList{"GET /api/v1/runs", "run", "", Cut::by_handler, 50},
    PagedList{"GET /api/v1/switches", "switch", "", Cut::by_handler, 100},
    PagedList{"GET /api/v1/backfills", "plan", "", Cut::by_handler, 50},
    PagedList{"GET /api/v1/audit", "sequence", "", Cut::by_handler, 100},
    PagedList{"GET /api/v1/gates", "gate", ""},
    PagedList{"GET /api/v1/pipelines", "pipeline", ""},
    PagedList{"GET /api/v1/tables", "table", ""},
    PagedList{"GET /api/v1/tables/:table/partitions", "partition", "attempt"},
    PagedList{"GET /api/v1/tables/:table/history", "version", ""},
    PagedList{"GET /api/v1/models", "model", "version"},
    PagedList{"GET /api/v1/settings", "setting", ""},
    PagedList{"GET /api/v1/users", "user", ""},
    PagedList{"GET /api/v1/tokens", "token", ""},
};

std::string text_of(const Json& row, std::string_view key) {
  const auto found = row.find(key);
  if (found == row.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string cursor_of(const PagedList& list, const Json& row) {
  auto first = text_of(row, list.key);
  if (list.second_key.empty()) return first;
  return fmt::format("{} {}", first, text_of(row, list.second_key));
}

}  // namespace

const PagedList* paged_list(const Route& route) {
  const auto name = fmt::format("{} {}", route.method, route.pattern);
  const auto* found = std::ranges::find(lists, name, &PagedList::route);
  return found == lists.end() ? nullptr : found;
}

Result<std::optional<Page>> page_of(const Route& route, Request& request) {
  const auto* list = paged_list(route);
  if (list == nullptr) return std::nullopt;
  const auto usual = static_cast<std::int64_t>(list->usual);
  // How many a handler gives at most is its own affair.
  const auto most = list->cut == Cut::by_handler ? INT64_MAX : limit_max;
  TRY_ASSIGN(const auto limit, query_integer(request, "limit", usual, 1, most));
  Page page{list, static_cast<std::size_t>(limit), query_text(request, "cursor")};
  if (list->cut == Cut::of_the_answer) {
    request.query.erase("limit");
    request.query.erase("cursor");
  }
  return page;
}

Result<std::string> cut_page(const Page& page, Json& rows) {
  if (!rows.is_array()) return std::string();
  if (page.list->cut == Cut::by_handler) {
    const bool may_go_on = page.limit > 0 && rows.size() >= page.limit;
    return may_go_on ? cursor_of(*page.list, rows.back()) : std::string();
  }
  auto from = rows.begin();
  if (!page.cursor.empty()) {
    from = std::ranges::find_if(
        rows, [&](const Json& row) { return cursor_of(*page.list, row) == page.cursor; });
    if (from == rows.end()) {
      return invalid_input("what this cursor stands behind is gone: begin again without it");
    }
    ++from;
  }
  const auto left = static_cast<std::size_t>(rows.end() - from);
  const bool goes_on = page.limit > 0 && left > page.limit;
  const auto until = goes_on ? from + static_cast<std::ptrdiff_t>(page.limit) : rows.end();
  Json piece = Json::array();
  for (auto row = from; row != until; ++row)
    piece.push_back(std::move(*row));
  rows = std::move(piece);
  return goes_on ? cursor_of(*page.list, rows.back()) : std::string();
}

}  // namespace gossamer::web
