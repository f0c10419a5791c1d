// SPDX-License-Identifier: Apache-2.0
#include "executors/evaluate/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/numbers.hpp"
#include "executors/evaluate/curves.hpp"
#include "executors/evaluate/figures.hpp"
#include "executors/evaluate/sides.hpp"
#include "measures/distribution.hpp"
#include "measures/probability.hpp"
#include "scoring/features.hpp"

namespace gossamer::executors {
namespace {

using scoring::OutputType;
using scoring::Task;

constexpr std::size_t histogram_bins = 20;
constexpr std::size_t classes_shown_max = 10;
constexpr std::size_t moved_rows_max = 10;

Result<Side> side_of(const Batch& rows, const EvaluateSpec& spec, const LoadedModel& model) {
  Side side{.model = model, .predictions = {}, .truth = {}};
  TRY_ASSIGN(side.truth, truth_of(rows, spec.label, spec.weight, *model.scorer));
  auto scored = model.scorer->score(rows, OutputType::prediction);
  if (!scored) return std::unexpected(scored.error().wrapped("model " + model.name()));
  side.predictions = *std::move(scored);
  return side;
}

std::span<const double> column_of(const Side& side, const std::string& name) {
  const Column* column = side.predictions.find(name);
  return column == nullptr ? std::span<const double>() : column->float64s();
}

Json distribution_json(const std::string& title, const std::string& unit,
                       const measures::Sample& now, const measures::Sample& before) {
  const std::vector<double> edges = measures::common_edges(now, before, histogram_bins);
  const measures::Histogram counts = measures::histogram(now, edges);
  Json entry{
      {"title", title}, {"unit", unit}, {"edges", edges}, {"new", counts.counts}, {"old", nullptr}};
  if (before.rows() == 0) return entry;
  const measures::Histogram old = measures::histogram(before, edges);
  entry["old"] = old.counts;
  Json shift = Json::object();
  if (const auto psi = measures::stability(before, now)) {
    shift["psi"] = psi->index;
    shift["psi_critical"] = psi->critical;
  }
  if (const auto distance = measures::jensen_shannon(counts.counts, old.counts)) {
    shift["jensen_shannon"] = *distance;
  }
  if (const auto ks = measures::kolmogorov_smirnov(now, before)) {
    shift["ks"] = ks->distance;
    shift["ks_p_value"] = ks->p_value;
  }
  entry["shift"] = std::move(shift);
  return entry;
}

Json distributions_json(const Side& now, const Side* before) {
  Json list = Json::array();
  const auto add = [&](const std::string& title, const std::string& column) {
    list.push_back(distribution_json(
        title, column, measures::Sample(column_of(now, column)),
        before == nullptr ? measures::Sample() : measures::Sample(column_of(*before, column))));
  };
  const auto& classes = now.model.scorer->classes();
  if (now.model.scorer->task() != Task::multiclass) {
    add(now.model.scorer->task() == Task::binary ? "Scores" : "Predictions", "prediction");
  } else {
    for (std::size_t k = 0; k < std::min(classes.size(), classes_shown_max); ++k) {
      add("Scores of class " + classes[k], "score_" + classes[k]);
    }
  }
  return list;
}

// Rows that change sides between the two models, at each tenth.
Json swaps_json(const Side& now, const Side* before) {
  Json list = Json::array();
  if (before == nullptr || now.model.scorer->task() != Task::binary ||
      before->model.scorer->task() != Task::binary) {
    return list;
  }
  const auto new_scores = column_of(now, "prediction");
  const auto old_scores = column_of(*before, "prediction");
  for (int tenth = 1; tenth <= 9; ++tenth) {
    const double cut_off = tenth / 10.0;
    std::size_t up = 0;
    std::size_t down = 0;
    std::size_t up_positive = 0;
    std::size_t down_positive = 0;
    for (std::size_t row = 0; row < new_scores.size(); ++row) {
      const bool is_above = new_scores[row] >= cut_off;
      const bool was_above = old_scores[row] >= cut_off;
      if (is_above == was_above) continue;
      const bool is_positive = now.truth.label[row] == 1;
      (is_above ? up : down) += 1;
      (is_above ? up_positive : down_positive) += is_positive ? 1U : 0U;
    }
    list.push_back({{"cut_off", cut_off},
                    {"rows", new_scores.size()},
                    {"up", up},
                    {"down", down},
                    {"up_positive", up_positive},
                    {"down_positive", down_positive}});
  }
  return list;
}

// The rows whose prediction changed most, by their number in the query from 1.
Json moved_json(const Side& now, const Side* before) {
  Json list = Json::array();
  if (before == nullptr || now.model.scorer->task() == Task::multiclass ||
      before->model.scorer->task() == Task::multiclass) {
    return list;
  }
  const auto predicted = column_of(now, "prediction");
  const auto predicted_before = column_of(*before, "prediction");
  std::vector<std::pair<double, std::size_t>> moved;
  for (std::size_t row = 0; row < predicted.size(); ++row) {
    const double distance = std::abs(predicted[row] - predicted_before[row]);
    if (distance > 0) moved.emplace_back(-distance, row);
  }
  const auto shown = static_cast<std::ptrdiff_t>(std::min(moved.size(), moved_rows_max));
  std::ranges::partial_sort(moved, moved.begin() + shown);
  for (const auto& [distance, row] : std::span(moved).first(static_cast<std::size_t>(shown))) {
    list.push_back({{"row", row + 1},
                    {"new", predicted[row]},
                    {"old", predicted_before[row]},
                    {"label", now.truth.label[row]}});
  }
  return list;
}

Json calibration_json(const Side& side) {
  Json list = Json::array();
  if (side.model.scorer->task() != Task::binary) return list;
  const auto bins =
      measures::calibration({column_of(side, "prediction"), side.truth.label, side.truth.weight});
  if (!bins) return list;
  for (const measures::CalibrationBin& bin : *bins) {
    list.push_back(
        {{"prediction", bin.mean_prediction}, {"label", bin.mean_label}, {"weight", bin.weight}});
  }
  return list;
}

// Metrics asked for, and those that criteria name, without doubles.
Result<std::vector<std::string>> metrics_of(const EvaluateSpec& spec, const Side& now) {
  std::vector<std::string> metrics =
      spec.metrics.empty() ? default_metrics(*now.model.scorer) : spec.metrics;
  for (const CriterionSpec& criterion : spec.criteria)
    metrics.push_back(criterion.metric);
  std::vector<std::string> unique;
  for (const std::string& metric : metrics) {
    if (std::ranges::find(unique, metric) != unique.end()) continue;
    TRY(check_metric(metric, *now.model.scorer));
    unique.push_back(metric);
  }
  return unique;
}

Json ignored_json(const Batch& rows, const EvaluateSpec& spec, const Side& now) {
  Json names = Json::array();
  for (const std::string& name : rows.names()) {
    if (name == spec.label || name == spec.weight) continue;
    if (now.model.scorer->signature().find(name) == nullptr) names.push_back(name);
  }
  return names;
}

}  // namespace

Result<Evaluation> evaluate(const Batch& rows, const EvaluateSpec& spec, const LoadedModel& model,
                            const std::optional<LoadedModel>& against) {
  TRY_ASSIGN(const Side now, side_of(rows, spec, model));
  std::optional<Side> before;
  if (against) {
    TRY_ASSIGN(before, side_of(rows, spec, *against));
  }
  const Side* const old = before ? &*before : nullptr;
  TRY_ASSIGN(const std::vector<std::string> metrics, metrics_of(spec, now));
  std::vector<Grouping> by;
  for (const std::string& column : spec.by) {
    TRY_ASSIGN(Grouping grouping, group_rows(rows, column));
    by.push_back(std::move(grouping));
  }
  const auto figures = figures_of(metrics, now, old, by);

  Evaluation evaluation;
  Json criteria = Json::array();
  for (const CriterionSpec& criterion : spec.criteria) {
    const auto& [figure_now, figure_before] = figures.at(criterion.metric);
    const Verdict verdict = judge(criterion, figure_now.value, figure_before.value);
    evaluation.criteria_failed |= verdict == Verdict::failed;
    criteria.push_back({{"metric", criterion.metric},
                        {"text", describe(criterion, against ? against->name() : spec.against)},
                        {"verdict", name_of(verdict)}});
  }
  Json groups = Json::array();
  for (const Grouping& grouping : by)
    groups.push_back(
        grouping_json(grouping, metrics, now, old,
                      grouping.column == spec.by_time ? Order::by_value : Order::largest_first));
  evaluation.report = {
      {"model", model.name()},
      {"against", against ? Json(against->name()) : Json(nullptr)},
      {"against_reference", spec.against.empty() ? Json(nullptr) : Json(spec.against)},
      {"task", name_of(model.scorer->task())},
      {"label", spec.label},
      {"rows", rows.rows()},
      {"metrics", metrics_json(metrics, figures)},
      {"criteria", std::move(criteria)},
      {"distributions", distributions_json(now, old)},
      {"auc_comparison", auc_comparison_json(now, old)},
      {"swaps", swaps_json(now, old)},
      {"moved", moved_json(now, old)},
      {"calibration", calibration_json(now)},
      {"curves", curves_json(now, old)},
      {"drivers", drivers_json(rows, now, old)},
      {"by", std::move(groups)},
      {"ignored_columns", ignored_json(rows, spec, now)}};
  return evaluation;
}

}  // namespace gossamer::executors
