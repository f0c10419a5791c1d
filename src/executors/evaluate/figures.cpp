// SPDX-License-Identifier: Apache-2.0
#include "executors/evaluate/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "measures/probability.hpp"
#include "measures/ranking.hpp"
#include "measures/regression.hpp"
#include "scoring/features.hpp"

namespace gossamer::executors {
namespace {

using measures::Scored;
using scoring::Task;

struct Metric {
  std::string_view name;
  Better better = Better::more;
  Result<double> (*of_numbers)(const Scored&) = nullptr;  // regression, and any task's numbers
  Result<double> (*of_binary)(const Scored&) = nullptr;
};

template <double (measures::Confusion::*figure)() const>
Result<double> at_cut_off(const Scored& rows) {
  TRY_ASSIGN(const measures::Confusion counts, measures::confusion(rows, default_cut_off));
  return (counts.*figure)();
}

Result<double> calibration_error(const Scored& rows) { return measures::calibration_error(rows); }
Result<double> binary_log_loss(const Scored& rows) { return measures::log_loss(rows); }

constexpr auto metrics = std::to_array<Metric>({
    {"auc", Better::more, nullptr, measures::auc},
    {"gini", Better::more, nullptr, measures::gini},
    {"ks", Better::more, nullptr, measures::ks_power},
    {"average_precision", Better::more, nullptr, measures::average_precision},
    {"log_loss", Better::less, nullptr, binary_log_loss},
    {"brier", Better::less, nullptr, measures::brier},
    {"ece", Better::less, nullptr, calibration_error},
    {"accuracy", Better::more, nullptr, at_cut_off<&measures::Confusion::accuracy>},
    {"precision", Better::more, nullptr, at_cut_off<&measures::Confusion::precision>},
    {"recall", Better::more, nullptr, at_cut_off<&measures::Confusion::recall>},
    {"f1", Better::more, nullptr, at_cut_off<&measures::Confusion::f1>},
    {"rmse", Better::less, measures::root_mean_squared_error, nullptr},
    {"mae", Better::less, measures::mean_absolute_error, nullptr},
    {"mape", Better::less, measures::mean_absolute_percentage_error, nullptr},
    {"r2", Better::more, measures::r2, nullptr},
    {"selection_rate_ratio", Better::more, nullptr, nullptr},
    {"equal_opportunity_gap", Better::less, nullptr, nullptr},
    {"calibration_gap", Better::less, nullptr, nullptr},
});

constexpr auto multiclass_metrics =
    std::to_array<std::string_view>({"accuracy", "precision", "recall", "f1", "log_loss"});

// The index of each row's predicted class, and the scores row-major.
struct ClassPredictions {
  std::vector<double> index;
  std::vector<double> scores;
};

Result<ClassPredictions> class_predictions(const Batch& predictions,
                                           const std::vector<std::string>& classes) {
  ClassPredictions result;
  const std::size_t rows = predictions.rows();
  result.index.assign(rows, 0);
  result.scores.resize(rows * classes.size());
  for (std::size_t k = 0; k < classes.size(); ++k) {
    TRY_ASSIGN(const Column* column, predictions.require("score_" + classes[k]));
    for (std::size_t row = 0; row < rows; ++row) {
      result.scores[row * classes.size() + k] = column->float64s()[row];
    }
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const auto of_row = std::span(result.scores).subspan(row * classes.size(), classes.size());
    result.index[row] = static_cast<double>(std::ranges::max_element(of_row) - of_row.begin());
  }
  return result;
}

Result<double> multiclass_figure(std::string_view metric, const Batch& predictions,
                                 const Truth& truth, const std::vector<std::string>& classes) {
  TRY_ASSIGN(const ClassPredictions predicted, class_predictions(predictions, classes));
  if (metric == "log_loss") {
    return measures::log_loss(predicted.scores, truth.label, truth.weight, classes.size());
  }
  TRY_ASSIGN(const auto figures,
             measures::class_figures({predicted.index, truth.label, truth.weight}, classes.size()));
  if (metric == "accuracy") return figures.accuracy;
  if (metric == "precision") return figures.precision;
  if (metric == "recall") return figures.recall;
  return figures.f1;
}

Result<std::vector<double>> class_labels(const Column& column,
                                         const std::vector<std::string>& classes) {
  std::vector<double> label(column.size());
  for (std::size_t row = 0; row < column.size(); ++row) {
    std::string text = column.text_at(row);
    // A whole number is the same class whether the query gave it as integer or as double.
    if (column.type() == ColumnType::float64 || column.type() == ColumnType::float32) {
      TRY_ASSIGN(const Column integer, convert(column.slice(row, 1), ColumnType::int64));
      text = integer.text_at(0);
    }
    const auto found = std::ranges::find(classes, text);
    if (found == classes.end()) {
      return invalid_input(fmt::format("label `{}`, row {}: `{}` is no class of the model ({})",
                                       column.name(), row + 1, text,
                                       abbreviated(join(classes, ", "), 200)));
    }
    label[row] = static_cast<double>(found - classes.begin());
  }
  return label;
}

bool is_number(ColumnType type) {
  return type != ColumnType::string && type != ColumnType::timestamp && type != ColumnType::date;
}

Result<const Column*> number_column(const Batch& rows, const std::string& name,
                                    std::string_view role) {
  TRY_ASSIGN(const Column* column, rows.require(name));
  if (!is_number(column->type())) {
    return invalid_input(
        fmt::format("{} `{}` is {}; it needs to be a number", role, name, name_of(column->type())));
  }
  return column;
}

Result<void> refuse_gaps(const Column& column, std::span<const double> values,
                         std::string_view role) {
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!column.is_null(row) && std::isfinite(values[row])) continue;
    return invalid_input(fmt::format("{} `{}`, row {}: {}; every row needs a number", role,
                                     column.name(), row + 1, column.text_at(row)));
  }
  return {};
}

}  // namespace

Better better_of(std::string_view metric) {
  const auto found = std::ranges::find(metrics, metric, &Metric::name);
  return found == metrics.end() ? Better::more : found->better;
}

bool is_of_groups(std::string_view metric) {
  const auto found = std::ranges::find(metrics, metric, &Metric::name);
  return found != metrics.end() && found->of_numbers == nullptr && found->of_binary == nullptr;
}

std::vector<std::string> known_metrics(scoring::Task task) {
  if (task == Task::multiclass) {
    return {multiclass_metrics.begin(), multiclass_metrics.end()};
  }
  std::vector<std::string> names;
  for (const Metric& metric : metrics) {
    const bool fits =
        task == Task::binary ? metric.of_binary != nullptr : metric.of_numbers != nullptr;
    if (fits) names.emplace_back(metric.name);
  }
  return names;
}

std::vector<std::string> default_metrics(const scoring::Scorer& scorer) {
  switch (scorer.task()) {
    case Task::regression:
      return {"rmse", "mae", "r2"};
    case Task::binary:
      return {"auc", "ks", "log_loss"};
    case Task::multiclass:
      return {"accuracy", "f1", "log_loss"};
  }
  return {};
}

Result<Truth> truth_of(const Batch& rows, const std::string& label, const std::string& weight,
                       const scoring::Scorer& scorer) {
  if (rows.rows() == 0) return invalid_input("the query returned no rows to evaluate on");
  Truth truth;
  if (scorer.task() == Task::multiclass) {
    TRY_ASSIGN(const Column* column, rows.require(label));
    TRY_ASSIGN(truth.label, class_labels(*column, scorer.classes()));
  } else {
    TRY_ASSIGN(const Column* column, number_column(rows, label, "label"));
    truth.label = scoring::to_doubles(*column);
    TRY(refuse_gaps(*column, truth.label, "label"));
  }
  if (!weight.empty()) {
    TRY_ASSIGN(const Column* column, number_column(rows, weight, "weight"));
    truth.weight = scoring::to_doubles(*column);
    TRY(refuse_gaps(*column, truth.weight, "weight"));
  }
  return truth;
}

Result<void> check_metric(std::string_view metric, const scoring::Scorer& scorer) {
  if (std::ranges::find(metrics, metric, &Metric::name) == metrics.end()) {
    std::vector<std::string> names;
    for (const Metric& entry : metrics)
      names.emplace_back(entry.name);
    return invalid_input(
        fmt::format("metric `{}` is unknown{}", metric, did_you_mean(metric, names)));
  }
  // Labels of 0 and 1 are numbers too: a regression may be judged as a score, and the other way
  // round.
  if (scorer.task() != Task::multiclass) return {};
  const std::vector<std::string> fitting = known_metrics(scorer.task());
  if (std::ranges::find(fitting, metric) != fitting.end()) return {};
  return invalid_input(fmt::format("metric `{}` does not fit a model of several classes; use {}",
                                   metric, join(fitting, ", ")));
}

Result<double> figure_of(std::string_view metric, const Batch& predictions, const Truth& truth,
                         const scoring::Scorer& scorer) {
  TRY(check_metric(metric, scorer));
  if (is_of_groups(metric)) return bug(fmt::format("metric `{}` is of groups", metric));
  const auto known = std::ranges::find(metrics, metric, &Metric::name);
  if (scorer.task() == Task::multiclass) {
    return multiclass_figure(metric, predictions, truth, scorer.classes());
  }
  TRY_ASSIGN(const Column* column, predictions.require("prediction"));
  const Scored rows{column->float64s(), truth.label, truth.weight};
  return known->of_numbers != nullptr ? known->of_numbers(rows) : known->of_binary(rows);
}

}  // namespace gossamer::executors
