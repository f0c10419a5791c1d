// SPDX-License-Identifier: Apache-2.0
// Files of others become partitions: read once, cut by key, one file a partition.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "executors/sql/handlers.hpp"
#include "executors/sql/json_lines.hpp"
#include "executors/sql/rows_json.hpp"
#include "warehouse/duckdb/parse.hpp"
#include "warehouse/duckdb/written.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::executors {

namespace {

using orchestration::AttemptResult;
using warehouse::quoted_name;
using warehouse::quoted_text;
using warehouse::Session;

struct ImportSpec {
  std::string table;
  std::vector<std::string> files;
  std::string format;
  std::string select;
  std::string key_column;    // of the table; empty: one partition
  std::string derived_from;  // the column that the key is cut from; empty: the key itself
  std::string every;         // hour day week month, with derived_from
  std::int64_t max_rejects = 0;
  std::string reject_file;
};

Result<ImportSpec> parse(const Json& json) {
  ImportSpec spec;
  TRY_ASSIGN(spec.table, require<std::string>(json, "table", "import"));
  TRY_ASSIGN(spec.files, require<std::vector<std::string>>(json, "files", "import"));
  TRY_ASSIGN(spec.format, require<std::string>(json, "format", "import"));
  TRY_ASSIGN(spec.select, require<std::string>(json, "select", "import"));
  TRY_ASSIGN(spec.key_column, require<std::string>(json, "key_column", "import"));
  TRY_ASSIGN(spec.derived_from, require<std::string>(json, "derived_from", "import"));
  TRY_ASSIGN(spec.every, require<std::string>(json, "every", "import"));
  TRY_ASSIGN(spec.max_rejects, require<std::int64_t>(json, "max_rejects", "import"));
  TRY_ASSIGN(spec.reject_file, require<std::string>(json, "reject_file", "import"));
  return spec;
}

std::string reader(const ImportSpec& spec) {
  std::vector<std::string> files;
  for (const auto& file : spec.files)
    files.push_back(quoted_text(file));
  const auto list = '[' + join(files, ", ") + ']';
  if (spec.format == "parquet") return fmt::format("read_parquet({}, union_by_name = true)", list);
  if (spec.format == "json") return fmt::format("read_json({}, union_by_name = true)", list);
  return fmt::format("read_csv({}, store_rejects = true, rejects_limit = 0)", list);
}

// The text of a row's key, as it names its folder.
std::string key_expression(const ImportSpec& spec) {
  const auto column = quoted_name(spec.derived_from.empty() ? spec.key_column : spec.derived_from);
  if (spec.derived_from.empty()) return fmt::format("cast({} as varchar)", column);
  if (spec.every == "hour") return fmt::format("strftime({}, '%Y-%m-%dT%H')", column);
  return fmt::format("strftime(date_trunc({}, {}), '%Y-%m-%d')", quoted_text(spec.every), column);
}

constexpr const char* key_name = "gossamer_key";

// Rows that could not be read, as a table of file, line, column_name, kind, reason and text.
constexpr const char* csv_rejects =
    "(select s.file_path as file, cast(e.line as bigint) as line, e.column_name as column_name, "
    "cast(e.error_type as varchar) as kind, e.error_message as reason, e.csv_line as text from "
    "reject_errors e join reject_scans s on s.scan_id = e.scan_id and s.file_id = e.file_id)";

// Writes them to the reject file; how many rows they are.
Result<std::uint64_t> write_rejects(Session& session, const ImportSpec& spec,
                                    const std::string& rejects) {
  if (rejects.empty()) return 0;
  TRY_ASSIGN(
      const Batch found,
      session.fetch(
          fmt::format("select count(*) from (select distinct file, line from {})", rejects), {}));
  const auto count = static_cast<std::uint64_t>(found.columns()[0].int64s()[0]);
  if (count == 0) return count;
  TRY_ASSIGN(const Batch rows,
             session.fetch(fmt::format("select file, line, column_name, kind, reason, text from {} "
                                       "order by file, line limit 100000",
                                       rejects),
                           {}));
  Json lines = Json::array();
  append_rows(lines, rows);
  std::string text;
  for (const auto& line : lines)
    text += line.dump() + "\n";
  TRY(make_folders(fs::path(spec.reject_file).parent_path()));
  TRY(write_file_durably(spec.reject_file, text));
  return count;
}

// Thousands of small files are made durable together: one pass over the file system costs less than
// two waits for the disk each.
Result<void> sync_all(const fs::path& folder) {
  TRY_ASSIGN(const auto descriptor, open_file(folder, O_RDONLY | O_DIRECTORY));
  if (::syncfs(descriptor.number()) != 0) {
    return std::unexpected(system_error(errno, "cannot make durable", folder));
  }
  return {};
}

struct Written {
  std::vector<warehouse::WrittenPartition> partitions;
  std::vector<fs::path> paths;
};

Result<release::PartitionKey> key_of_folder(const ImportSpec& spec, const std::string& folder) {
  const std::string prefix = std::string(key_name) + "=";
  if (!folder.starts_with(prefix)) return bug(fmt::format("unexpected folder {}", folder));
  return release::PartitionKey::parse(spec.key_column + "=" + folder.substr(prefix.size()));
}

// Writes `rows` below the output's folder, one folder a partition, named as the catalog names it.
Result<Written> write_partitions(Session& session, const Job& job, const ImportSpec& spec) {
  const fs::path root = job.output->folder;
  Written written;
  if (spec.key_column.empty()) {
    const auto folder = root / release::PartitionKey().text();
    TRY(make_folders(folder));
    const auto name = warehouse::file_name(job.attempt, 0);
    TRY(session.copy_to_parquet("select * from rows", {}, folder / name));
    written.partitions.push_back({spec.table, {}, job.attempt, folder, {name}});
    written.paths.push_back(folder / name);
    return written;
  }
  warehouse::ParquetOptions options;
  options.partition_by = {key_name};
  options.file_stem = fmt::format("part-{}-", job.attempt.value());
  const auto draft = root / "draft";
  TRY(session.copy_to_parquet(
      fmt::format("select *, {} as {} from rows", key_expression(spec), quoted_name(key_name)), {},
      draft, options));
  TRY_ASSIGN(const auto folders, list_folder(draft));
  for (const auto& folder : folders) {
    TRY_ASSIGN(const auto key, key_of_folder(spec, folder));
    const auto home = root / key.text();
    TRY(rename_path(draft / folder, home));
    TRY_ASSIGN(auto names, list_folder(home));
    for (const auto& name : names)
      written.paths.push_back(home / name);
    written.partitions.push_back({spec.table, key, job.attempt, home, std::move(names)});
  }
  TRY(remove_tree(draft));
  return written;
}

// A key must be there and, where it is cut from a time, be one.
Result<void> refuse_bad_keys(Session& session, const ImportSpec& spec) {
  if (spec.key_column.empty()) return {};
  const auto& column = spec.derived_from.empty() ? spec.key_column : spec.derived_from;
  TRY_ASSIGN(const auto columns, session.describe("select * from rows", {}));
  const auto found = std::ranges::find(columns, column, &release::ColumnSchema::name);
  if (found == columns.end()) {
    std::vector<std::string> names;
    for (const auto& known : columns)
      names.push_back(known.name);
    return invalid_input(fmt::format("the rows have no column '{}' to partition by{}", column,
                                     did_you_mean(column, names)));
  }
  TRY_ASSIGN(const Batch all, session.fetch("select count(*) as n from rows", {}));
  const auto rows = all.columns()[0].int64s()[0];
  if (rows == 0) return invalid_input("there are no rows: no partition would be made of them");
  if (!spec.derived_from.empty() && found->type != "DATE" &&
      !found->type.starts_with("TIMESTAMP")) {
    return invalid_input(fmt::format(
        "'{}' has type {}: a date or a time is needed to cut {}s from it; cast it with --select",
        column, found->type, spec.every));
  }
  TRY_ASSIGN(
      const Batch counts,
      session.fetch(
          fmt::format("select count(nullif({}, '')) as n from rows", key_expression(spec)), {}));
  const auto missing = rows - counts.columns()[0].int64s()[0];
  if (missing == 0) return {};
  return invalid_input(fmt::format(
      "{} of {} rows have no {}: leave them out with --select \"... from input where {} is not "
      "null\"",
      missing, rows, column, column));
}

Result<Session> open(const Job& job, JobChannel& context, const ImportSpec& spec) {
  warehouse::SessionOptions options;
  for (const auto& file : spec.files)
    options.readable_files.emplace_back(file);
  options.writable_folders = {job.output->folder};
  options.temporary_folder = fs::path(job.folder) / "temporary";
  options.timezone = job.timezone;
  options.memory_bytes = job.limits.memory_bytes;
  options.threads = job.limits.threads;
  warehouse::Watch watch;
  watch.is_cancelled = [&context] { return context.is_cancelled(); };
  watch.progress = [&context](std::uint64_t done, std::uint64_t total) {
    context.progress(done, total);
  };
  return Session::open(options, std::move(watch));
}

Result<void> check_select(Session& session, const std::string& select) {
  const auto parts = warehouse::parse_query(session, "select " + select);
  if (!parts) return std::unexpected(parts.error().wrapped("--select"));
  if (parts->tables == std::vector<std::string>{"input"}) return {};
  return invalid_input("--select reads `input`, the rows of the files, and nothing else");
}

// Files are read once, into a table that spills: rejects are known before anything is written. The
// table of rejects, empty where the format has none.
Result<std::string> read_rows(Session& session, const ImportSpec& spec) {
  TRY(session.run(fmt::format("create view input as select * from {}", reader(spec))));
  const auto select = spec.select.empty() ? std::string("* from input") : spec.select;
  TRY(check_select(session, select));
  const auto keep = fmt::format("create temp table rows as select {}", select);
  const auto kept = session.run(keep);
  if (kept) return spec.format == "csv" ? csv_rejects : "";
  if (spec.format != "json" || kept.error().kind != ErrorKind::invalid_input) {
    return std::unexpected(kept.error());
  }
  TRY(session.run("drop view input"));
  TRY_ASSIGN(const auto found, read_json_lines(session, spec.files));
  if (found == LinesFound::no) return std::unexpected(kept.error());
  TRY(session.run(keep));
  return "json_rejects";
}

// Unique columns are unique within a partition; all partitions are checked in one pass.
Result<void> check_unique(Session& session, const Job& job, const ImportSpec& spec) {
  if (job.output->unique.empty()) return {};
  std::vector<std::string> columns;
  for (const auto& column : job.output->unique)
    columns.push_back(quoted_name(column));
  const auto key = spec.key_column.empty() ? std::string("'all'") : key_expression(spec);
  TRY_ASSIGN(const Batch twice,
             session.fetch(fmt::format("select {0} as key_, concat_ws(', ', {1}) as shown_, "
                                       "count(*) as count_ from rows group by key_, {1} having "
                                       "count(*) > 1 order by all limit 1",
                                       key, join(columns, ", ")),
                           {}));
  if (twice.rows() == 0) return {};
  return invalid_input(
      fmt::format("{}: ({}) is unique, but {} comes {} times in {}; nothing was imported",
                  spec.table, join(job.output->unique, ", "), twice.columns()[1].text_at(0),
                  twice.columns()[2].text_at(0), twice.columns()[0].text_at(0)));
}

Result<AttemptResult> run_import(const Job& job, JobChannel& context) {
  TRY_ASSIGN(const auto spec, parse(job.spec));
  // Empty, also where an earlier try of the same attempt was killed here.
  TRY(remove_tree(job.output->folder));
  TRY(make_folders(job.output->folder));
  TRY(make_folders(job.folder));
  TRY_ASSIGN(auto session, open(job, context, spec));
  TRY_ASSIGN(const auto rejects, read_rows(session, spec));
  TRY_ASSIGN(const auto rejected, write_rejects(session, spec, rejects));
  if (rejected > static_cast<std::uint64_t>(spec.max_rejects)) {
    return invalid_input(fmt::format(
        "{} rows of {} cannot be read; nothing was imported. Lines and reasons are in {} "
        "(--max-rejects {} would import the others)",
        rejected, spec.files.front(), spec.reject_file, rejected));
  }
  TRY(refuse_bad_keys(session, spec));
  TRY(check_unique(session, job, spec));
  TRY_ASSIGN(const auto written, write_partitions(session, job, spec));
  // As it reads back: Parquet does not have every type.
  TRY_ASSIGN(const auto schema,
             session.describe(fmt::format("from read_parquet({}, hive_partitioning = false)",
                                          quoted_text(written.paths.front().string())),
                              {}));
  if (!job.output->schema_may_change) {
    TRY(warehouse::check_schema(spec.table, job.output->previous_schema, schema));
  }
  TRY_ASSIGN(const auto facts, warehouse::facts_of_files(session, written.paths));
  TRY(sync_all(job.output->folder));
  AttemptResult result;
  result.attempt = job.attempt;
  for (const auto& partition : written.partitions) {
    release::Publication publication;
    TRY_ASSIGN(publication.content, warehouse::content_of(partition, schema, facts));
    result.result.rows += publication.content.rows;
    result.result.publications.push_back(std::move(publication));
  }
  result.result.outputs = {{"rows", result.result.rows},
                           {"partitions", written.partitions.size()},
                           {"rejected", rejected},
                           {"reject_file", rejected > 0 ? Json(spec.reject_file) : Json(nullptr)}};
  return result;
}

}  // namespace

JobHandler import_handler() { return run_import; }

}  // namespace gossamer::executors
