// SPDX-License-Identifier: Apache-2.0
#include "executors/sql/output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "warehouse/duckdb/written.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::executors {

namespace {

using warehouse::quoted_name;
using warehouse::quoted_text;

warehouse::TableRules rules_of(const OutputTarget& target) {
  warehouse::TableRules rules;
  for (const auto& check : target.checks) {
    rules.checks.push_back(
        {check.kind, check.arguments, check.severity == pipeline::Severity::warn});
  }
  rules.unique = target.unique;
  rules.previous_schema = target.previous_schema;
  rules.schema_may_change = target.schema_may_change;
  return rules;
}

// A row that says it belongs to another partition is refused: the engine sets the keys.
Result<void> check_keys(warehouse::Session& session, const OutputTarget& target,
                        const std::vector<release::ColumnSchema>& columns) {
  for (const auto& [key, value] : target.key.pairs) {
    const auto carried = std::ranges::find(columns, key, &release::ColumnSchema::name);
    if (carried == columns.end()) continue;
    TRY_ASSIGN(const Batch wrong,
               session.fetch(fmt::format("select cast({0} as varchar) from output where {0} is "
                                         "distinct from cast({1} as {2}) limit 1",
                                         quoted_name(key), quoted_text(value), carried->type),
                             {}));
    if (wrong.rows() == 0) continue;
    return invalid_input(fmt::format(
        "a row has {} {} in the partition {} of {}: leave the column out, the engine sets it", key,
        wrong.columns()[0].text_at(0), target.key.text(), target.table));
  }
  return {};
}

Result<WrittenOutput> judged(warehouse::Session& session, const Job& job,
                             const std::vector<std::string>& names) {
  const OutputTarget& target = *job.output;
  std::vector<fs::path> paths;
  std::vector<std::string> quoted;
  for (const auto& name : names) {
    paths.push_back(fs::path(target.folder) / name);
    quoted.push_back(quoted_text(paths.back().string()));
  }
  TRY(
      session.run(fmt::format("create view output as select * from read_parquet([{}], "
                              "union_by_name = true, hive_partitioning = false)",
                              join(quoted, ", "))));
  TRY_ASSIGN(const auto schema, session.describe("select * from output", {}));
  const auto rules = rules_of(target);
  if (!rules.schema_may_change) {
    TRY(warehouse::check_schema(target.table, rules.previous_schema, schema));
  }
  TRY(check_keys(session, target, schema));
  TRY_ASSIGN(auto checks, warehouse::run_checks(session, "output", rules));
  if (!checks.failed.empty()) {
    return invalid_input(
        fmt::format("checks of {} failed: {}; nothing was published, the rows are "
                    "in {}",
                    target.table, join(checks.failed, "; "), target.folder));
  }
  TRY_ASSIGN(const auto facts, warehouse::facts_of_files(session, paths));
  for (const auto& path : paths)
    TRY(fsync_file(path));
  // The folders from the partition's up to the warehouse's: names are data too.
  for (fs::path folder = target.folder; folder.has_parent_path(); folder = folder.parent_path()) {
    TRY(fsync_folder(folder));
    if (folder.filename() == ".data") break;
  }
  WrittenOutput written;
  TRY_ASSIGN(written.publication.content,
             warehouse::content_of({target.table, target.key, job.attempt, target.folder, names},
                                   schema, facts));
  written.publication.content.checks = checks.results;
  written.publication.visibility = target.visibility;
  written.publication.candidate = target.candidate;
  written.checks = std::move(checks.results);
  written.rows = written.publication.content.rows;
  return written;
}

}  // namespace

Result<WrittenOutput> write_output(warehouse::Session& session, const Job& job,
                                   const std::string& query) {
  if (!job.output) return bug(fmt::format("step {} writes rows but has no output", job.step));
  TRY_ASSIGN(const auto parameters, warehouse::parameters_from_json(job.parameters));
  const auto name = warehouse::file_name(job.attempt, 0);
  TRY(session.copy_to_parquet(query, parameters, fs::path(job.output->folder) / name));
  return judged(session, job, {name});
}

Result<WrittenOutput> adopt_output(warehouse::Session& session, const Job& job,
                                   const std::vector<fs::path>& files) {
  if (!job.output) return bug(fmt::format("step {} adopts rows but has no output", job.step));
  std::vector<std::string> names;
  for (const auto& file : files) {
    names.push_back(warehouse::file_name(job.attempt, names.size()));
    TRY(link_or_copy(file, fs::path(job.output->folder) / names.back()));
  }
  return judged(session, job, names);
}

}  // namespace gossamer::executors
