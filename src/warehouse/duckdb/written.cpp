// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/written.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace gossamer::warehouse {

namespace {

std::string file_list(const std::vector<fs::path>& files) {
  std::vector<std::string> quoted;
  for (const auto& file : files)
    quoted.push_back(quoted_text(file.string()));
  return '[' + join(quoted, ", ") + ']';
}

Json text_or_null(const Column& column, std::size_t row) {
  if (column.is_null(row)) return nullptr;
  return std::string(column.string(row));
}

}  // namespace

Result<void> check_schema(const std::string& table,
                          const std::vector<release::ColumnSchema>& before,
                          const std::vector<release::ColumnSchema>& now) {
  std::vector<std::string> faults;
  for (const auto& old : before) {
    const auto found = std::ranges::find(now, old.name, &release::ColumnSchema::name);
    if (found == now.end()) {
      faults.push_back(fmt::format("column {} is gone", old.name));
    } else if (found->type != old.type) {
      faults.push_back(
          fmt::format("column {} was {} and is now {}", old.name, old.type, found->type));
    }
  }
  if (faults.empty()) return {};
  return invalid_input(
      fmt::format("{}: {}; nothing was published. Mend the query, or allow it with "
                  "`schema_may_change: true` in "
                  "the table's file",
                  table, join(faults, ", ")));
}

Result<std::map<std::string, FileFacts>> facts_of_files(Session& session,
                                                        const std::vector<fs::path>& files) {
  std::map<std::string, FileFacts> facts;
  for (const auto& file : files)
    facts[file.string()];
  TRY_ASSIGN(const Batch rows,
             session.fetch(fmt::format("select file_name, cast(num_rows as bigint) as n from "
                                       "parquet_file_metadata({})",
                                       file_list(files)),
                           {}));
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    facts[std::string(rows.columns()[0].string(row))].rows =
        static_cast<std::uint64_t>(rows.columns()[1].int64s()[row]);
  }
  // Bounds are text in a footer. Numbers are compared as numbers; dates and times sort as text.
  TRY_ASSIGN(
      const Batch found,
      session.fetch(fmt::format("select file_name, path_in_schema, "
                                "cast(coalesce(sum(stats_null_count), 0) as bigint) as nulls, "
                                "coalesce(arg_min(stats_min_value, try_cast(stats_min_value as "
                                "double)), min(stats_min_value)) as lowest, "
                                "coalesce(arg_max(stats_max_value, try_cast(stats_max_value as "
                                "double)), max(stats_max_value)) as highest "
                                "from parquet_metadata({}) group by file_name, path_in_schema",
                                file_list(files)),
                    {}));
  const auto& columns = found.columns();
  for (std::size_t row = 0; row < found.rows(); ++row) {
    const std::string column(columns[1].string(row));
    release::ColumnFacts& known = facts[std::string(columns[0].string(row))].columns[column];
    known.name = column;
    known.nulls = static_cast<std::uint64_t>(columns[2].int64s()[row]);
    known.minimum = text_or_null(columns[3], row);
    known.maximum = text_or_null(columns[4], row);
  }
  return facts;
}

Result<release::PartitionContent> content_of(const WrittenPartition& partition,
                                             const std::vector<release::ColumnSchema>& schema,
                                             const std::map<std::string, FileFacts>& facts) {
  release::PartitionContent content;
  content.table = partition.table;
  content.key = partition.key;
  content.attempt = partition.attempt;
  content.schema = schema;
  std::map<std::string, release::ColumnFacts> columns;
  Sha256 hash;
  hash.update(fmt::format("{}\n{}\n", partition.table, partition.key.text()));
  for (const auto& column : schema)
    hash.update(fmt::format("{} {}\n", column.name, column.type));
  for (const auto& name : partition.files) {
    const fs::path path = partition.folder / name;
    release::DataFile file;
    file.name = name;
    std::error_code failed;
    file.bytes = fs::file_size(path, failed);
    if (failed)
      return unavailable(fmt::format("cannot read {}: {}", path.string(), failed.message()));
    TRY_ASSIGN(file.digest, digest_of_file(path));
    const auto known = facts.find(path.string());
    if (known == facts.end()) return bug(fmt::format("no facts of {}", path.string()));
    file.rows = known->second.rows;
    content.rows += file.rows;
    hash.update(file.digest.text() + "\n");
    for (const auto& [column, fact] : known->second.columns) {
      auto& all = columns.try_emplace(column, fact).first->second;
      if (content.files.empty()) continue;
      // One file is the rule; the bounds of several are left to the profile.
      all.nulls += fact.nulls;
      all.minimum = nullptr;
      all.maximum = nullptr;
    }
    content.files.push_back(std::move(file));
  }
  for (const auto& column : schema) {
    if (const auto fact = columns.find(column.name); fact != columns.end()) {
      content.facts.push_back(fact->second);
    }
  }
  content.digest = hash.finish();
  return content;
}

}  // namespace gossamer::warehouse
