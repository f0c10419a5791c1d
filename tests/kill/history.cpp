// SPDX-License-Identifier: Apache-2.0
#include "tests/kill/history.hpp"

#include <algorithm>
#include <limits>

#include "app/queries.hpp"
#include "store/sqlite/store.hpp"

namespace gossamer::test {
namespace {

using store::sqlite::Store;

Result<orchestration::Transition> transition_of(Store& store, const RunId& run) {
  orchestration::Transition transition;
  transition.run = run;
  TRY_ASSIGN(const auto state, store.runs().load(run));
  transition.after_run = static_cast<const orchestration::RunHeader&>(state);
  transition.after_run.revision = 1;  // how many there were on the way is not told any more
  TRY_ASSIGN(transition.attempts, store.run_views().attempts(run));
  for (const auto& rows : state.steps) {
    for (const auto& row : rows) {
      transition.steps.push_back(row);
      std::ranges::copy(row.result.publications, std::back_inserter(transition.publications));
    }
  }
  return transition;
}

// part-<attempt>-0.parquet
std::optional<AttemptId> writer_of(const std::string& file) {
  const std::string prefix = "part-";
  const auto end = file.rfind('-');
  if (!file.starts_with(prefix) || end <= prefix.size()) return std::nullopt;
  const auto attempt = AttemptId::parse(file.substr(prefix.size(), end - prefix.size()));
  return attempt ? std::optional(*attempt) : std::nullopt;
}

Result<void> look_at_folders(const fs::path& warehouse, Journal& journal) {
  TRY_ASSIGN(const auto tables, list_folder(warehouse));
  for (const auto& table : tables) {
    if (table.starts_with('.')) continue;
    TRY_ASSIGN(const auto partitions, list_folder(warehouse / table));
    for (const auto& partition : partitions) {
      TRY_ASSIGN(const auto files, list_folder(warehouse / table / partition));
      for (const auto& file : files)
        journal.projected[{table, partition}] = writer_of(file);
    }
  }
  return {};
}

}  // namespace

Result<Journal> history_of(const fs::path& workspace) {
  TRY_ASSIGN(const auto store, Store::open(workspace / ".gossamer/store.db",
                                           store::sqlite::Purpose::look, app::read_definition));
  orchestration::RunFilter all;
  all.limit = std::numeric_limits<std::int32_t>::max();
  TRY_ASSIGN(auto runs, store->run_views().list(all));
  Journal journal;
  std::ranges::reverse(runs);  // the oldest first
  for (const auto& run : runs) {
    TRY_ASSIGN(const auto transition, transition_of(*store, run.id));
    journal.append(transition);
  }
  TRY(look_at_folders(workspace / "warehouse", journal));
  return journal;
}

}  // namespace gossamer::test
