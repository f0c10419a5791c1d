// SPDX-License-Identifier: Apache-2.0
// A candidate beside what is current: one query over both, row by row.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "executors/tables/candidates.hpp"
#include "executors/tables/table_service.hpp"
#include "warehouse/quoting.hpp"

namespace gossamer::executors {

namespace {

using warehouse::CompareRequest;
using warehouse::quoted_name;
using warehouse::quoted_table;
using warehouse::quoted_text;

constexpr Duration compare_patience = std::chrono::hours(1);
constexpr std::int64_t most_partitions = 1'000'000;

struct Labels {
  std::string table;
  std::string column;
};

Result<Labels> labels_of(const std::string& text) {
  if (text.empty()) return Labels();
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
    return invalid_input(fmt::format(
        "--labels {}: write a table, a colon and its column, e.g. raw.rentals:cnt", text));
  }
  return Labels{text.substr(0, colon), text.substr(colon + 1)};
}

std::string joined_on(const std::string& left, const std::string& right,
                      const std::vector<std::string>& columns) {
  std::vector<std::string> conditions;
  for (const auto& column : columns) {
    conditions.push_back(
        fmt::format("{0}.{2} is not distinct from {1}.{2}", left, right, quoted_name(column)));
  }
  return join(conditions, " and ");
}

// As the catalog names a partition of the joined rows `m`.
std::string partition_text(const std::vector<release::ColumnSchema>& keys) {
  if (keys.empty()) return "'all'";
  std::vector<std::string> parts;
  for (const auto& key : keys) {
    const auto name = "m." + quoted_name(key.name);
    const bool is_hour = key.type.starts_with("TIMESTAMP");
    parts.push_back(quoted_text(key.name + "=") + " || " +
                    (is_hour ? fmt::format("strftime({}, '%Y-%m-%dT%H')", name)
                             : fmt::format("cast({} as varchar)", name)));
  }
  return join(parts, " || '/' || ");
}

// Rows of either side that the other does not have count, with no difference.
std::string comparison(const CompareRequest& request,
                       const std::vector<release::ColumnSchema>& keys,
                       const std::vector<std::string>& on, const Labels& labels) {
  std::vector<std::string> columns;
  for (const auto& key : keys)
    columns.push_back(key.name);
  for (const auto& column : on) {
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  }
  std::vector<std::string> shared;
  for (const auto& column : columns)
    shared.push_back(fmt::format("coalesce(c.{0}, n.{0}) as {0}", quoted_name(column)));
  const auto value = quoted_name(request.value);
  const auto both = fmt::format(
      "select {}, c.{} as a, n.{} as b from current_rows_ c full join candidate_rows_ n on {}",
      join(shared, ", "), value, value, joined_on("c", "n", columns));
  std::string sql = fmt::format(
      "select case when grouping(p) = 1 then 'all' else p end as partition, count(*) as rows, "
      "count(a) as current_rows, count(b) as candidate_rows, avg(a) as current_mean, avg(b) as "
      "candidate_mean, avg(abs(a - b)) as mean_difference, max(abs(a - b)) as largest_difference");
  std::string label = "null";
  std::string with_labels;
  if (!labels.table.empty()) {
    sql +=
        ", count(y) as labelled, sqrt(avg((a - y) ** 2)) as current_rmse, sqrt(avg((b - y) ** 2)) "
        "as candidate_rmse, avg(abs(a - y)) as current_mae, avg(abs(b - y)) as candidate_mae";
    label = "l." + quoted_name(labels.column);
    with_labels =
        fmt::format(" left join {} l on {}", quoted_table(labels.table), joined_on("m", "l", on));
  }
  return sql + fmt::format(
                   " from (select {} as p, m.a, m.b, {} as y from ({}) m{}) group by grouping "
                   "sets ((p), ()) order by grouping(p), p",
                   partition_text(keys), label, both, with_labels);
}

}  // namespace

Result<Json> TableService::compare(const CompareRequest& request) {
  TRY_ASSIGN(const auto table, ports_.catalog.find_table(request.table));
  TRY_ASSIGN(const auto entries, ports_.catalog.contents(request.table));
  TRY_ASSIGN(const auto proposed, candidate_of(entries, request.table, request.candidate));
  TRY_ASSIGN(const auto labels, labels_of(request.labels));
  auto on = request.on;
  const auto known = definition();
  if (on.empty() && known && known->tables.contains(request.table)) {
    on = known->tables.at(request.table).unique;
  }
  if (on.empty()) {
    return invalid_input(fmt::format(
        "which columns name a row of {}? Say --on COLUMN, or declare `unique` in the table's file",
        request.table));
  }
  std::vector<release::PartitionContent> present;
  for (const auto& content : proposed) {
    TRY_ASSIGN(auto current, ports_.catalog.current(request.table, content.key));
    if (current) present.push_back(*std::move(current));
  }
  auto entry = table;
  if (entry.key_columns.empty()) {
    for (const auto& [key, value] : proposed.front().key.pairs)
      entry.key_columns.push_back(key);
  }
  auto proposed_view = view_of("candidate_rows_", entry, proposed);
  TRY_ASSIGN(auto job, query_job(comparison(request, proposed_view.key_columns, on, labels),
                                 most_partitions, compare_patience));
  job.views.push_back(view_of("current_rows_", entry, present));
  job.views.push_back(std::move(proposed_view));
  if (!labels.table.empty()) {
    TRY_ASSIGN(const auto truth, ports_.catalog.find_table(labels.table));
    TRY_ASSIGN(const auto version, ports_.catalog.version());
    TRY_ASSIGN(const auto snapshot, ports_.catalog.snapshot(labels.table, version));
    job.views.push_back(view_of(labels.table, truth, snapshot.contents));
  }
  TRY_ASSIGN(const auto answer, answer_of(std::move(job), compare_patience));
  return answer.at("rows");
}

}  // namespace gossamer::executors
