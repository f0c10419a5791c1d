// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::executors {
namespace {

using scoring::Task;

constexpr auto added_columns =
    std::to_array<std::string_view>({"model_name", "model_version", "run_id"});

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string quoted_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text)
    quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

bool is_number(std::string_view sql_type) {
  constexpr auto names = std::to_array<std::string_view>(
      {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
       "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"});
  return std::ranges::find(names, sql_type) != names.end() || sql_type.starts_with("DECIMAL");
}

std::string part(std::size_t index) {
  return fmt::format("{}({}, {})", part_function, packed_column, index);
}

// The label itself, by the index that comes first in the packed score.
std::string label_expression(const PredictPlan& plan, const Signature& outputs) {
  std::string cases;
  const auto& classes = plan.model.scorer->classes();
  for (std::size_t k = 0; k < classes.size(); ++k) {
    cases += fmt::format(" WHEN {} THEN {}", k, quoted_text(classes[k]));
  }
  std::string_view type = "VARCHAR";
  if (outputs.columns.front().type == ColumnType::int64) type = "BIGINT";
  if (outputs.columns.front().type == ColumnType::boolean) type = "BOOLEAN";
  return fmt::format("CAST(CASE CAST({} AS INTEGER){} END AS {})", part(0), cases, type);
}

// The call of `function` with every feature. DOUBLE holds exactly what a model reads of a number.
std::string call(const PredictPlan& plan, std::string_view function) {
  std::vector<std::string> arguments;
  for (const SignatureColumn& feature : plan.model.scorer->signature().columns) {
    arguments.push_back(fmt::format("CAST({} AS DOUBLE)", quoted_name(feature.name)));
  }
  return fmt::format("{}({})", function, join(arguments, ", "));
}

}  // namespace

Result<void> check_plan(const PredictPlan& plan) {
  std::vector<std::string> names;
  for (const auto& column : plan.columns)
    names.push_back(column.name);
  std::vector<std::string> problems;
  for (const SignatureColumn& feature : plan.model.scorer->signature().columns) {
    const auto found = std::ranges::find(plan.columns, feature.name, &release::ColumnSchema::name);
    if (found == plan.columns.end()) {
      problems.push_back(fmt::format("feature `{}` ({}) is missing{}", feature.name,
                                     name_of(feature.type), did_you_mean(feature.name, names)));
    } else if (!is_number(found->type)) {
      problems.push_back(fmt::format("feature `{}` is {}; the model needs a number ({})",
                                     feature.name, found->type, name_of(feature.type)));
    }
  }
  std::vector<std::string> added(added_columns.begin(), added_columns.end());
  if (plan.sets_aside) added.emplace_back("reason");
  for (const auto& column : plan.model.scorer->output_signature(plan.type).columns) {
    added.push_back(column.name);
  }
  for (const std::string& name : added) {
    if (std::ranges::find(names, name) == names.end()) continue;
    problems.push_back(
        fmt::format("column `{}` is what the step adds; rename it in the query", name));
  }
  if (problems.empty()) return {};
  return invalid_input(
      fmt::format("model {} cannot score this query: {}", plan.model.name(), join(problems, "; ")));
}

std::string select_packed(const PredictPlan& plan, std::string_view function) {
  // The line end closes a comment in the query's last line.
  return fmt::format("SELECT *, {} AS {} FROM (\n{}\n)", call(plan, function), packed_column,
                     plan.query);
}

std::string select_scores(const PredictPlan& plan, std::string_view scored) {
  const Signature outputs = plan.model.scorer->output_signature(plan.type);
  const bool has_classes = plan.model.scorer->task() == Task::multiclass;
  std::string columns;
  for (std::size_t i = 0; i < outputs.columns.size(); ++i) {
    const std::string value = i == 0 && has_classes ? label_expression(plan, outputs) : part(i);
    columns += fmt::format(", {} AS {}", value, quoted_name(outputs.columns[i].name));
  }
  return fmt::format(
      "SELECT * EXCLUDE ({}){}, {} AS model_name, CAST({} AS INTEGER) AS model_version, {} AS "
      "run_id FROM {}",
      packed_column, columns, quoted_text(plan.model.model), plan.model.version,
      quoted_text(plan.run.value()), scored);
}

std::string select_first_bad_row(const PredictPlan& plan) {
  return fmt::format(
      "SELECT number, substr({0}, 2) AS reason FROM (SELECT *, row_number() OVER () AS number FROM "
      "({1})) WHERE {0} LIKE '!%' ORDER BY number LIMIT 1",
      packed_column, select_packed(plan, mark_function));
}

}  // namespace gossamer::executors
