// SPDX-License-Identifier: Apache-2.0
// Lists in pieces: a piece begins behind the row that the one before it ended with, so that rows
// which come meanwhile move nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "web/request.hpp"

namespace gossamer::web {

// Who leaves out what stands before the cursor: the route's handler, which reads `cursor` and
// `limit`, or whoever has its whole answer.
enum class Cut : std::uint8_t { by_handler, of_the_answer };

struct PagedList {
  std::string_view route;  // method, pattern
  // What names a row, and is its cursor: a field; of a row that needs two, the second.
  std::string_view key;
  std::string_view second_key;
  Cut cut = Cut::of_the_answer;
  std::size_t usual = 0;  // rows of a piece where no `limit` is given; 0: all
};

// Null for a route that is no such list.
const PagedList* paged_list(const Route& route);

// What a caller asked for. Takes `limit` and `cursor` of lists that are cut here out of the
// request. invalid_input for a limit that is none.
struct Page {
  const PagedList* list = nullptr;
  std::size_t limit = 0;  // 0: all
  std::string cursor;
};
Result<std::optional<Page>> page_of(const Route& route, Request& request);

// Leaves the page in `rows`; the cursor of the next one, empty where this is the last.
// invalid_input where the cursor's row is not there any more.
Result<std::string> cut_page(const Page& page, Json& rows);

}  // namespace gossamer::web
