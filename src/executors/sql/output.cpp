// SPDX-License-Identifier: Apache-2.0
#include "executors/sql/output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "executors/failure.hpp"
#include "warehouse/duckdb/written.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::executors {

namespace {

using orchestration::AttemptResult;
using warehouse::quoted_name;
using warehouse::quoted_text;

warehouse::TableRules rules_of(const OutputTarget& target) {
  warehouse::TableRules rules;
  for (const auto& check : target.checks) {
    const auto severity = check.severity == pipeline::Severity::warn
                              ? warehouse::CheckSeverity::warn
                              : warehouse::CheckSeverity::error;
    rules.checks.push_back({check.kind, check.arguments, severity});
  }
  rules.unique = target.unique;
  rules.previous_schema = target.previous_schema;
  rules.schema_may_change = target.schema_may_change;
  return rules;
}

// The end of the run's window, from which freshness counts; now where there is none.
Instant reference_time(const Job& job) {
  if (const auto found = job.parameters.find("window_end"); found != job.parameters.end()) {
    if (const auto end = parse_instant(found->value("value", ""))) return *end;
  }
  return SystemClock().now();
}

// A key's text as a value of the column that carries it; NULL where it cannot be one.
std::string key_literal(const std::string& value, const std::string& type) {
  if (!type.starts_with("TIMESTAMP")) {
    return fmt::format("try_cast({} as {})", quoted_text(value), type);
  }
  return fmt::format("cast(try_strptime({}, ['%Y-%m-%dT%H', '%Y-%m-%d']) as {})",
                     quoted_text(value), type);
}

// A row that says it belongs to another partition is refused: the engine sets the keys.
Result<void> check_keys(warehouse::Session& session, const OutputTarget& target,
                        const std::vector<release::ColumnSchema>& columns) {
  for (const auto& [key, value] : target.key.pairs) {
    const auto carried = std::ranges::find(columns, key, &release::ColumnSchema::name);
    if (carried == columns.end()) continue;
    TRY_ASSIGN(const Batch wrong,
               session.fetch(fmt::format("select cast({0} as varchar) from output where {0} is "
                                         "distinct from {1} limit 1",
                                         quoted_name(key), key_literal(value, carried->type)),
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
  TRY(session.run(
      fmt::format("create or replace temp view output as select * from read_parquet([{}], "
                  "union_by_name = true, hive_partitioning = false)",
                  join(quoted, ", "))));
  TRY_ASSIGN(const auto schema, session.describe("select * from output", {}));
  auto rules = rules_of(target);
  rules.now = reference_time(job);
  if (!rules.schema_may_change) {
    TRY(warehouse::check_schema(target.table, rules.previous_schema, schema));
  }
  TRY(check_keys(session, target, schema));
  TRY_ASSIGN(const auto checks, warehouse::run_checks(session, "output", rules));
  TRY_ASSIGN(const auto facts, warehouse::facts_of_files(session, paths));
  for (const auto& path : paths)
    TRY(fsync_file(path));
  // The folders from the partition's up to the warehouse's: names are data too.
  for (fs::path folder = target.folder; folder.has_relative_path(); folder = folder.parent_path()) {
    TRY(fsync_folder(folder));
    if (folder.filename() == ".data") break;
  }
  WrittenOutput written;
  TRY_ASSIGN(written.publication.content,
             warehouse::content_of({target.table, target.key, job.attempt, target.folder, names},
                                   schema, facts));
  written.checks = warehouse::to_json(checks);
  written.publication.content.checks = written.checks;
  written.publication.visibility = target.visibility;
  written.publication.candidate = target.candidate;
  if (warehouse::has_failed(checks)) {
    written.failure =
        fmt::format("{} {}: {}; nothing was published, the rows are in {}", target.table,
                    target.key.text(), warehouse::summary_of_failures(checks), target.folder);
  }
  written.rows = written.publication.content.rows;
  return written;
}

// Empty, also where an earlier try of the same attempt was killed here.
Result<fs::path> new_file(const Job& job) {
  if (!job.output) {
    return invalid_input(
        fmt::format("step {} writes rows but declares no `output` for them", job.step));
  }
  TRY(remove_tree(job.output->folder));
  TRY(make_folders(job.output->folder));
  return fs::path(job.output->folder) / warehouse::file_name(job.attempt, 0);
}

}  // namespace

Error in_file(Error error, const Job& job, const std::string& key) {
  if (!error.position || !error.position->file.empty() || !job.spec.contains(key)) return error;
  const Json& query = job.spec.at(key);
  if (query.is_object()) error.position->file = query.value("file", "");
  return error;
}

Result<WrittenOutput> write_output(warehouse::Session& session, const Job& job,
                                   const std::string& query, const std::string& spec_key) {
  TRY_ASSIGN(const auto file, new_file(job));
  TRY_ASSIGN(const auto parameters, warehouse::parameters_from_json(job.parameters));
  const auto rows = session.copy_to_parquet(query, parameters, file);
  if (!rows) return std::unexpected(in_file(rows.error(), job, spec_key));
  return judged(session, job, {file.filename().string()});
}

Result<WrittenOutput> adopt_output(warehouse::Session& session, const Job& job,
                                   const std::vector<fs::path>& files) {
  TRY_ASSIGN(const auto file, new_file(job));
  std::vector<std::string> quoted;
  for (const auto& source : files)
    quoted.push_back(quoted_text(source.string()));
  const auto query = fmt::format(
      "select * from read_parquet([{}], union_by_name = true, hive_partitioning = false)",
      join(quoted, ", "));
  TRY(session.copy_to_parquet(query, {}, file));
  return judged(session, job, {file.filename().string()});
}

AttemptResult result_of(const Job& job, WrittenOutput written) {
  AttemptResult result;
  result.attempt = job.attempt;
  if (!written.failure.empty()) {
    result = failed(job.attempt,
                    orchestration::Failure{orchestration::FailureClass::check_failed,
                                           std::move(written.failure), std::nullopt, std::nullopt});
    result.result.report = {{"checks", std::move(written.checks)}};
    return result;
  }
  result.result.rows = written.rows;
  result.result.report = {{"checks", std::move(written.checks)}};
  result.result.publications.push_back(std::move(written.publication));
  return result;
}

}  // namespace gossamer::executors
