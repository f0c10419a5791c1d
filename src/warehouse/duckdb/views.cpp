// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace gossamer::warehouse {
namespace {

using Columns = std::vector<release::ColumnSchema>;

const release::ColumnSchema* find_column(const Columns& columns, std::string_view name) {
  const auto found = std::ranges::find_if(columns, [&](const release::ColumnSchema& column) {
    return lower_case(column.name) == lower_case(name);
  });
  return found == columns.end() ? nullptr : &*found;
}

std::string file_list(const TableView& view) {
  std::vector<std::string> paths;
  for (const ViewFile& file : view.files)
    paths.push_back(quoted_text(file.path));
  return '[' + join(paths, ", ") + ']';
}

// Keys are text in folders' names; an hour's is a wall time of the session's zone.
std::string key_expression(const std::string& text, const std::string& type) {
  if (type.starts_with("TIMESTAMP")) {
    return fmt::format("CAST(strptime({}, '%Y-%m-%dT%H') AS {})", text, type);
  }
  return fmt::format("CAST({} AS {})", text, type);
}

// True where the engine can read the keys off the paths: each file lies in its key's folders, and
// nothing else in its path looks like one.
bool paths_tell_keys(const TableView& view) {
  return std::ranges::all_of(view.files, [](const ViewFile& file) {
    release::PartitionKey key;
    key.pairs = file.keys;
    const std::string folder = fs::path(file.path).parent_path().string();
    const std::string text = key.text();
    if (!folder.ends_with('/' + text)) return false;
    return folder.find('=') >= folder.size() - text.size();
  });
}

// Keys by path, so that the engine skips files that a filter on a key excludes.
std::string keys_from_paths(const TableView& view) {
  std::vector<std::string> types;
  std::vector<std::string> replaced;
  for (const release::ColumnSchema& key : view.key_columns) {
    const std::string name = quoted_name(key.name);
    const bool is_plain = !key.type.starts_with("TIMESTAMP");
    types.push_back(fmt::format("{}: {}", quoted_text(key.name), is_plain ? key.type : "VARCHAR"));
    if (!is_plain) {
      replaced.push_back(fmt::format("{} AS {}", key_expression(name, key.type), name));
    }
  }
  const std::string replace =
      replaced.empty() ? "" : fmt::format(" REPLACE ({})", join(replaced, ", "));
  return fmt::format(
      "SELECT *{} FROM read_parquet({}, union_by_name = true, hive_partitioning = true, "
      "hive_types = {{{}}})",
      replace, file_list(view), join(types, ", "));
}

// Keys by a table of files: for paths that do not tell, and rows that carry some of the keys.
std::string keys_from_list(const TableView& view, const Columns& missing) {
  std::vector<std::string> names{"key_file_"};
  std::vector<std::string> shown;
  for (const release::ColumnSchema& key : missing) {
    names.push_back(quoted_name("key " + key.name));
    shown.push_back(
        fmt::format("{} AS {}", key_expression(names.back(), key.type), quoted_name(key.name)));
  }
  std::vector<std::string> rows;
  for (const ViewFile& file : view.files) {
    std::vector<std::string> row{quoted_text(file.path)};
    for (const release::ColumnSchema& key : missing) {
      const auto pair = std::ranges::find_if(
          file.keys, [&](const auto& candidate) { return candidate.first == key.name; });
      row.push_back(pair == file.keys.end() ? "NULL" : quoted_text(pair->second));
    }
    rows.push_back('(' + join(row, ", ") + ')');
  }
  return fmt::format(
      "SELECT f.* EXCLUDE (file_of_row_), {} FROM read_parquet({}, union_by_name = true, "
      "hive_partitioning = false, filename = 'file_of_row_') f JOIN (VALUES {}) k({}) ON "
      "f.file_of_row_ = k.key_file_",
      join(shown, ", "), file_list(view), join(rows, ", "), join(names, ", "));
}

std::string plain_source(const TableView& view) {
  return fmt::format(
      "SELECT * FROM read_parquet({}, union_by_name = true, hive_partitioning = false)",
      file_list(view));
}

std::string empty_source(const Columns& columns, const Columns& missing) {
  std::vector<std::string> selected;
  for (const Columns* part : {&columns, &missing}) {
    for (const release::ColumnSchema& column : *part) {
      selected.push_back(
          fmt::format("CAST(NULL AS {}) AS {}", column.type, quoted_name(column.name)));
    }
  }
  return fmt::format("SELECT {} WHERE false", join(selected, ", "));
}

std::string bound_of(Instant bound, const std::string& type) {
  const std::string instant = "TIMESTAMPTZ " + quoted_text(format_instant(bound));
  // Wall times are compared as wall times of the session's zone, so that statistics still apply.
  return type == "TIMESTAMP WITH TIME ZONE" ? instant
                                            : fmt::format("CAST({} AS TIMESTAMP)", instant);
}

Result<std::string> cut(const TableView& view, const Columns& columns) {
  if (view.time_column.empty() || (!view.from.has_value() && !view.until.has_value())) return "";
  const release::ColumnSchema* column = find_column(columns, view.time_column);
  if (column == nullptr) {
    std::vector<std::string> names;
    for (const release::ColumnSchema& known : columns)
      names.push_back(known.name);
    return invalid_input(fmt::format("{} has no time column '{}'; its columns are {}", view.name,
                                     view.time_column, join(names, ", ")));
  }
  if (column->type != "DATE" && !column->type.starts_with("TIMESTAMP")) {
    return invalid_input(
        fmt::format("the time column '{}' of {} has type {}: a date or timestamp is needed",
                    view.time_column, view.name, column->type));
  }
  const std::string name = quoted_name(view.time_column);
  std::vector<std::string> conditions;
  if (view.from.has_value()) {
    conditions.push_back(name + " >= " + bound_of(*view.from, column->type));
  }
  if (view.until.has_value()) {
    conditions.push_back(name + " < " + bound_of(*view.until, column->type));
  }
  return " WHERE " + join(conditions, " AND ");
}

std::string source_of(const TableView& view, const Columns& columns, const Columns& missing) {
  if (view.files.empty()) return empty_source(columns, missing);
  if (missing.empty()) return plain_source(view);
  if (missing.size() == view.key_columns.size() && paths_tell_keys(view)) {
    return keys_from_paths(view);
  }
  return keys_from_list(view, missing);
}

// A window that lies wholly before the table's first row is a mistake: what reads it would make
// something of nothing. An empty window behind that is a day on which nothing happened.
Result<void> require_begun(Session& session, const TableView& view, const std::string& source,
                           const Columns& columns) {
  if (view.time_column.empty() || !view.until.has_value() || view.files.empty()) return {};
  TRY_ASSIGN(const Batch some,
             session.fetch("SELECT 1 AS n FROM " + quoted_table(view.name) + " LIMIT 1", {}));
  if (some.rows() > 0) return {};
  const std::string time = quoted_name(view.time_column);
  const std::string bound = bound_of(*view.until, find_column(columns, view.time_column)->type);
  TRY_ASSIGN(
      const Batch late,
      session.fetch(fmt::format("SELECT CAST(min({0}) AS VARCHAR) AS v FROM ({1}) HAVING min({0}) "
                                ">= {2}",
                                time, source, bound),
                    {}));
  if (late.rows() == 0) return {};
  return invalid_input(fmt::format(
      "the window of {} ends at {}, and its first row is of {} ({}): run a later "
      "partition, or let the pipeline's `start` be later",
      view.name, format_instant(*view.until), late.columns()[0].string(0), view.time_column));
}

}  // namespace

std::vector<fs::path> files_of(const std::vector<TableView>& views) {
  std::set<fs::path> files;
  for (const TableView& view : views) {
    for (const ViewFile& file : view.files)
      files.insert(file.path);
  }
  return {files.begin(), files.end()};
}

Result<void> add_view(Session& session, const TableView& view) {
  Columns columns = view.columns;
  if (columns.empty() && view.files.empty()) {
    return invalid_input(fmt::format("{} has neither rows nor known columns yet", view.name));
  }
  if (columns.empty()) {
    TRY_ASSIGN(columns, session.describe(plain_source(view), {}));
  }
  Columns missing;
  for (const release::ColumnSchema& key : view.key_columns) {
    if (find_column(columns, key.name) == nullptr) missing.push_back(key);
  }
  Columns all = columns;
  all.insert(all.end(), missing.begin(), missing.end());
  TRY_ASSIGN(const std::string condition, cut(view, all));
  const std::size_t dot = view.name.find('.');
  if (dot != std::string::npos) {
    TRY(session.run("CREATE SCHEMA IF NOT EXISTS " + quoted_name(view.name.substr(0, dot))));
  }
  const std::string source = source_of(view, columns, missing);
  TRY(session.run(fmt::format("CREATE VIEW {} AS SELECT * FROM ({}){}", quoted_table(view.name),
                              source, condition)));
  return require_begun(session, view, source, all);
}

}  // namespace gossamer::warehouse
