// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "web/handlers/verbs.hpp"

namespace gossamer::web {

std::vector<Route> garbage_verbs(warehouse::Tables& tables, Collector other) {
  auto collect = [&tables, other = std::move(other)](const Call& call) -> Result<Json> {
    TRY_ASSIGN(const auto dry_run, optional<bool>(call.request.body, "dry_run"));
    const auto mode =
        dry_run.value_or(false) ? warehouse::CollectMode::list : warehouse::CollectMode::remove;
    TRY_ASSIGN(const auto contents, tables.collect(mode));
    TRY_ASSIGN(Json removed, other(mode));
    for (const auto& item : contents) {
      removed.push_back({{"what", fmt::format("{} {}", item.table, item.attempt.value())},
                         {"bytes", item.bytes}});
    }
    return Json{{"removed", std::move(removed)}, {"dry_run", dry_run.value_or(false)}};
  };
  return {{"POST", "/api/v1/garbage", "Remove all files that nothing kept needs", collect}};
}

}  // namespace gossamer::web
