// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "warehouse/quoting.hpp"

namespace gossamer::executors {
namespace {

using scoring::Task;
using warehouse::quoted_name;
using warehouse::quoted_text;

bool is_number(std::string_view sql_type) {
  constexpr auto names = std::to_array<std::string_view>(
      {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
       "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"});
  return std::ranges::find(names, sql_type) != names.end() || sql_type.starts_with("DECIMAL");
}

std::string packed(std::size_t model) { return fmt::format("{}{}", packed_column, model); }

std::string part(std::size_t model, std::size_t index) {
  return fmt::format("{}({}, {})", part_function, packed(model), index);
}

// The label itself, by the index that comes first in the packed score.
std::string label_expression(const scoring::Scorer& scorer, std::size_t number,
                             const Signature& outputs) {
  std::string cases;
  const auto& classes = scorer.classes();
  for (std::size_t k = 0; k < classes.size(); ++k) {
    cases += fmt::format(" WHEN {} THEN {}", k, quoted_text(classes[k]));
  }
  std::string_view type = "VARCHAR";
  if (outputs.columns.front().type == ColumnType::int64) type = "BIGINT";
  if (outputs.columns.front().type == ColumnType::boolean) type = "BOOLEAN";
  return fmt::format("CAST(CASE CAST({} AS INTEGER){} END AS {})", part(number, 0), cases, type);
}

// The call with every feature. DOUBLE holds exactly what a model reads of a number.
std::string call(const PlannedModel& planned, std::string_view function, std::size_t number) {
  std::vector<std::string> arguments;
  for (const SignatureColumn& feature : planned.model.scorer->signature().columns) {
    arguments.push_back(fmt::format("CAST({} AS DOUBLE)", quoted_name(feature.name)));
  }
  return fmt::format("{}{}({})", function, number, join(arguments, ", "));
}

std::string model_columns(const PlannedModel& planned) {
  return fmt::format(", {} AS {}, CAST({} AS INTEGER) AS {}", quoted_text(planned.model.model),
                     quoted_name(column_name(planned, "model_name")), planned.model.version,
                     quoted_name(column_name(planned, "model_version")));
}

std::string run_column(const PredictPlan& plan) {
  return fmt::format(", {} AS run_id", quoted_text(plan.run.value()));
}

std::string score_columns(const PredictPlan& plan, std::size_t number) {
  const PlannedModel& planned = plan.models[number];
  const scoring::Scorer& scorer = *planned.model.scorer;
  const Signature outputs = scorer.output_signature(plan.type);
  std::string columns;
  for (std::size_t i = 0; i < outputs.columns.size(); ++i) {
    std::string value = part(number, i);
    if (is_direct(plan, planned)) value = packed(number);
    if (i == 0 && scorer.task() == Task::multiclass) {
      value = label_expression(scorer, number, outputs);
    }
    columns += fmt::format(", {} AS {}", value,
                           quoted_name(column_name(planned, outputs.columns[i].name)));
  }
  return columns + model_columns(planned);
}

// Names of the columns that the step adds.
std::vector<std::string> added_by(const PredictPlan& plan) {
  std::vector<std::string> added{"run_id"};
  if (plan.sets_aside) added.emplace_back("reason");
  for (const PlannedModel& planned : plan.models) {
    for (const auto& column : planned.model.scorer->output_signature(plan.type).columns)
      added.push_back(column_name(planned, column.name));
    added.push_back(column_name(planned, "model_name"));
    added.push_back(column_name(planned, "model_version"));
  }
  return added;
}

// What the query lacks of a model's features.
std::vector<std::string> missing_of(const PredictPlan& plan, const LoadedModel& model,
                                    const std::vector<std::string>& names) {
  std::vector<std::string> problems;
  for (const SignatureColumn& feature : model.scorer->signature().columns) {
    const auto found = std::ranges::find(plan.columns, feature.name, &release::ColumnSchema::name);
    if (found == plan.columns.end()) {
      problems.push_back(fmt::format("feature `{}` ({}) is missing{}", feature.name,
                                     name_of(feature.type), did_you_mean(feature.name, names)));
    } else if (!is_number(found->type)) {
      problems.push_back(fmt::format("feature `{}` is {}; the model needs a number ({})",
                                     feature.name, found->type, name_of(feature.type)));
    }
  }
  return problems;
}

// Whether any model marked the row.
std::string is_bad(const PredictPlan& plan) {
  std::vector<std::string> marked;
  for (std::size_t i = 0; i < plan.models.size(); ++i)
    marked.push_back(fmt::format("starts_with({}, '!')", packed(i)));
  return "(" + join(marked, " OR ") + ")";
}

// The first model's reason; with several it says whose it is.
std::string reason(const PredictPlan& plan) {
  std::string cases;
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const std::string who =
        plan.models.size() == 1
            ? ""
            : quoted_text(fmt::format("model {}: ", plan.models[i].model.name())) + " || ";
    cases += fmt::format(" WHEN starts_with({0}, '!') THEN {1}substr({0}, 2)", packed(i), who);
  }
  return fmt::format("CASE{} END", cases);
}

std::string all_packed(const PredictPlan& plan) {
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < plan.models.size(); ++i)
    columns.push_back(packed(i));
  return join(columns, ", ");
}

}  // namespace

std::string column_name(const PlannedModel& planned, std::string_view column) {
  return planned.name.empty() ? std::string(column) : fmt::format("{}_{}", column, planned.name);
}

bool is_direct(const PredictPlan& plan, const PlannedModel& model) {
  return !plan.sets_aside && plan.type == scoring::OutputType::prediction &&
         model.model.scorer->task() != Task::multiclass;
}

Result<void> check_plan(const PredictPlan& plan) {
  std::vector<std::string> names;
  for (const auto& column : plan.columns)
    names.push_back(column.name);
  for (const PlannedModel& planned : plan.models) {
    const auto problems = missing_of(plan, planned.model, names);
    if (problems.empty()) continue;
    return invalid_input(fmt::format("model {} cannot score this query: {}", planned.model.name(),
                                     join(problems, "; ")));
  }
  std::vector<std::string> problems;
  const auto added = added_by(plan);
  for (const std::string& name : added) {
    if (std::ranges::count(added, name) > 1) {
      return invalid_input(fmt::format(
          "two models would add a column `{}`: give one of them another name in `models`", name));
    }
    if (std::ranges::find(names, name) == names.end()) continue;
    problems.push_back(
        fmt::format("column `{}` is what the step adds; rename it in the query", name));
  }
  if (problems.empty()) return {};
  return invalid_input(join(problems, "; "));
}

std::string select_packed(const PredictPlan& plan, std::string_view function) {
  std::string columns;
  for (std::size_t i = 0; i < plan.models.size(); ++i)
    columns += fmt::format(", {} AS {}", call(plan.models[i], function, i), packed(i));
  // The line end closes a comment in the query's last line.
  return fmt::format("SELECT *{} FROM (\n{}\n)", columns, plan.query);
}

std::string select_scores(const PredictPlan& plan, std::string_view scored) {
  std::string columns;
  for (std::size_t i = 0; i < plan.models.size(); ++i)
    columns += score_columns(plan, i);
  return fmt::format("SELECT * EXCLUDE ({}){}{} FROM {}", all_packed(plan), columns,
                     run_column(plan), scored);
}

std::string select_first_bad_row(const PredictPlan& plan) {
  return fmt::format(
      "SELECT number, {} AS reason FROM (SELECT *, row_number() OVER () AS number FROM ({})) WHERE "
      "{} ORDER BY number LIMIT 1",
      reason(plan), select_packed(plan, mark_function), is_bad(plan));
}

std::string select_good_rows(const PredictPlan& plan, std::string_view scored) {
  return select_scores(plan, fmt::format("(SELECT * FROM {} WHERE NOT {})", scored, is_bad(plan)));
}

std::string select_bad_rows(const PredictPlan& plan, std::string_view scored) {
  std::string columns;
  for (const PlannedModel& planned : plan.models)
    columns += model_columns(planned);
  return fmt::format("SELECT * EXCLUDE ({}), {} AS reason{}{} FROM {} WHERE {}", all_packed(plan),
                     reason(plan), columns, run_column(plan), scored, is_bad(plan));
}

std::string select_reasons(const PredictPlan& plan, std::string_view scored) {
  return fmt::format(
      "SELECT {} AS reason, count(*) AS rows FROM {} WHERE {} GROUP BY ALL ORDER BY rows DESC, "
      "reason LIMIT 20",
      reason(plan), scored, is_bad(plan));
}

Result<void> check_rows(std::uint64_t scored, std::uint64_t written, std::uint64_t quarantined) {
  if (scored == written + quarantined) return {};
  return bug(
      fmt::format("{} rows came in, but {} were written and {} quarantined: nothing is published",
                  scored, written, quarantined));
}

}  // namespace gossamer::executors
