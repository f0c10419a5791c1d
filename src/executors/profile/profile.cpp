// SPDX-License-Identifier: Apache-2.0
#include "executors/profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "base/text.hpp"
#include "executors/profile/drift.hpp"
#include "measures/distribution.hpp"
#include "scoring/features.hpp"

namespace gossamer::executors {
namespace {

constexpr std::size_t histogram_bins = 20;
constexpr std::size_t frequent_values = 10;
constexpr std::size_t text_bytes_max = 100;
constexpr auto shares = std::to_array<double>({0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99});

std::string quoted_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name)
    text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

bool is_number(std::string_view sql_type) {
  constexpr auto names = std::to_array<std::string_view>(
      {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
       "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"});
  return std::ranges::find(names, sql_type) != names.end() || sql_type.starts_with("DECIMAL");
}

// Entries that have an order that people know; of lists and the like only counts are given.
bool is_ordered(std::string_view sql_type) {
  constexpr auto names = std::to_array<std::string_view>({"BOOLEAN", "VARCHAR", "DATE", "TIME"});
  return is_number(sql_type) || std::ranges::find(names, sql_type) != names.end() ||
         sql_type.starts_with("TIMESTAMP");
}

Json json_of(const Column* column, std::size_t row) {
  if (column == nullptr || column->is_null(row)) return nullptr;
  switch (column->type()) {
    case ColumnType::boolean:
      return column->booleans()[row] != 0;
    case ColumnType::int64:
      return column->int64s()[row];
    case ColumnType::float64:
      if (!std::isfinite(column->float64s()[row])) return nullptr;
      return column->float64s()[row];
    case ColumnType::float32:
      if (!std::isfinite(column->float32s()[row])) return nullptr;
      return static_cast<double>(column->float32s()[row]);
    default:
      return abbreviated(column->text_at(row), text_bytes_max);
  }
}

std::int64_t count_of(const Batch& facts, const std::string& name) {
  const Json value = json_of(facts.find(name), 0);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

Json quantiles_json(const measures::Sample& values) {
  const auto found = measures::quantiles(values, shares);
  Json list = Json::array();
  if (!found) return list;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    list.push_back({{"share", shares[i]}, {"value", (*found)[i]}});
  }
  return list;
}

Json histogram_json(const measures::Sample& values, const measures::Sample& reference) {
  const std::vector<double> edges = measures::common_edges(values, reference, histogram_bins);
  if (edges.empty()) return nullptr;
  Json json{{"edges", edges},
            {"counts", measures::histogram(values, edges).counts},
            {"reference", nullptr}};
  if (reference.rows() > 0) json["reference"] = measures::histogram(reference, edges).counts;
  return json;
}

Json frequent_json(const Column& column) {
  std::map<std::string, std::size_t> counts;
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (!column.is_null(row)) ++counts[abbreviated(column.text_at(row), text_bytes_max)];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::sort(sorted, {}, [](const auto& entry) {
    return std::pair(-static_cast<std::ptrdiff_t>(entry.second), entry.first);
  });
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(sorted.size(), frequent_values); ++i) {
    list.push_back({{"value", sorted[i].first}, {"rows", sorted[i].second}});
  }
  return list;
}

std::string prefix_of(std::size_t index) { return fmt::format("c{}_", index); }

Json counts_json(const release::ColumnSchema& column, std::size_t index, const Batch& facts) {
  const std::int64_t rows = count_of(facts, "rows");
  return Json{{"name", column.name},
              {"type", column.type},
              {"rows", rows},
              {"nulls", rows - count_of(facts, prefix_of(index) + "present")},
              {"distinct", count_of(facts, prefix_of(index) + "distinct")},
              {"minimum", nullptr},
              {"maximum", nullptr},
              {"mean", nullptr},
              {"quantiles", Json::array()},
              {"histogram", nullptr},
              {"frequent", Json::array()}};
}

// The reference's column of this name, if it has the same type.
const Column* comparable(const Column& values, const Batch* reference) {
  const Column* before = reference == nullptr ? nullptr : reference->find(values.name());
  return before != nullptr && before->type() == values.type() ? before : nullptr;
}

// Figures of a distance say nothing of single values: private columns have them too.
Json drift_json(const release::ColumnSchema& column, const Batch& sample, const Batch* reference) {
  const Column* values = sample.find(column.name);
  const Column* before = values == nullptr ? nullptr : comparable(*values, reference);
  if (before == nullptr) return nullptr;
  if (is_number(column.type) && values->type() != ColumnType::string) {
    return drift_of_numbers(finite_or_nan(*before), finite_or_nan(*values));
  }
  return is_ordered(column.type) ? drift_of_categories(*before, *values) : Json(nullptr);
}

void add_values(Json& json, const release::ColumnSchema& column, std::size_t index,
                const Batch& facts, const Batch& sample, const Batch* reference) {
  const std::string prefix = prefix_of(index);
  json["minimum"] = json_of(facts.find(prefix + "min"), 0);
  json["maximum"] = json_of(facts.find(prefix + "max"), 0);
  json["mean"] = json_of(facts.find(prefix + "mean"), 0);
  const Column* values = sample.find(column.name);
  if (values == nullptr) return;
  if (is_number(column.type) && values->type() != ColumnType::string) {
    const Column* before = comparable(*values, reference);
    const measures::Sample numbers(finite_or_nan(*values));
    json["quantiles"] = quantiles_json(numbers);
    json["histogram"] = histogram_json(
        numbers, before != nullptr ? measures::Sample(finite_or_nan(*before)) : measures::Sample());
  }
  json["frequent"] = frequent_json(*values);
}

}  // namespace

std::string facts_query(const std::string& view,
                        const std::vector<release::ColumnSchema>& columns) {
  std::string select = "SELECT count(*) AS rows";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = quoted_name(columns[i].name);
    select += fmt::format(
        ", count({0}) AS c{1}_present, approx_count_distinct({0}) AS c{1}_distinct", name, i);
    if (!is_ordered(columns[i].type)) continue;
    const bool number = is_number(columns[i].type);
    const std::string value = number ? fmt::format("CAST({} AS DOUBLE)", name) : name;
    const std::string filter = number ? fmt::format(" FILTER (WHERE isfinite({}))", value) : "";
    select += fmt::format(", min({0}){1} AS c{2}_min, max({0}){1} AS c{2}_max", value, filter, i);
    if (number) select += fmt::format(", avg({0}){1} AS c{2}_mean", value, filter, i);
  }
  return fmt::format("{} FROM {}", select, view);
}

std::string sample_query(const std::string& view) {
  return fmt::format("SELECT * FROM {} USING SAMPLE reservoir({} ROWS) REPEATABLE (1)", view,
                     profile_sample_rows);
}

Json profile_report(const std::string& table, const std::vector<release::ColumnSchema>& columns,
                    const PrivateColumns& hidden, const Batch& facts, const Batch& sample,
                    const Batch* reference) {
  Json list = Json::array();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool is_hidden = hidden.contains(lower_case(columns[i].name));
    Json json = counts_json(columns[i], i, facts);
    json["private"] = is_hidden;
    json["drift"] = drift_json(columns[i], sample, reference);
    if (!is_hidden) add_values(json, columns[i], i, facts, sample, reference);
    list.push_back(std::move(json));
  }
  return Json{{"table", table},
              {"rows", count_of(facts, "rows")},
              {"sampled_rows", sample.rows()},
              {"reference_rows", reference == nullptr ? Json(nullptr) : Json(reference->rows())},
              {"columns", std::move(list)}};
}

}  // namespace gossamer::executors
