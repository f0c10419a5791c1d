// SPDX-License-Identifier: Apache-2.0
#include "executors/evaluate/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "measures/curves.hpp"
#include "measures/probability.hpp"
#include "scoring/features.hpp"

namespace gossamer::executors {
namespace {

using measures::RankStep;
using scoring::OutputType;

constexpr std::size_t points_max = 100;
constexpr std::size_t drivers_max = 20;
// Contributions cost a model of many deep trees some milliseconds a row.
constexpr std::size_t explained_rows = 200;

bool is_binary(const Side& side) { return side.model.scorer->task() == scoring::Task::binary; }

measures::Scored scored(const Side& side) {
  const Column* column = side.predictions.find("prediction");
  return {column == nullptr ? std::span<const double>() : column->float64s(), side.truth.label,
          side.truth.weight};
}

std::vector<RankStep> steps_of(const Side* side) {
  if (side == nullptr || !is_binary(*side)) return {};
  return measures::rank_steps(scored(*side), points_max).value_or(std::vector<RankStep>());
}

using PointOf = std::function<Json(const RankStep&)>;

// Null where there are no steps.
Json points(const std::vector<RankStep>& steps, const PointOf& point) {
  if (steps.empty()) return nullptr;
  Json list = Json::array();
  for (const RankStep& step : steps)
    list.push_back(point(step));
  return list;
}

Json calibration_points(const Side* side) {
  if (side == nullptr || !is_binary(*side)) return nullptr;
  const auto bins = measures::calibration(scored(*side));
  if (!bins) return nullptr;
  Json list = Json::array();
  for (const auto& bin : *bins)
    list.push_back({bin.mean_prediction, bin.mean_label});
  return list;
}

// Points spread evenly over the rows, so that an order by time shows all of it.
std::vector<std::int32_t> some_rows(std::size_t rows) {
  const std::size_t count = std::min(rows, explained_rows);
  std::vector<std::int32_t> chosen;
  for (std::size_t i = 0; i < count; ++i)
    chosen.push_back(static_cast<std::int32_t>(i * rows / count));
  return chosen;
}

// By feature; the classes of a model of several are added up.
Result<std::map<std::string, double>> mean_contributions(const Batch& rows, const Side& side) {
  const scoring::Scorer& scorer = *side.model.scorer;
  TRY_ASSIGN(const Batch scored, scorer.score(rows, OutputType::contributions));
  const auto& features = scorer.signature().columns;
  std::vector<std::string> heads{"contribution_"};
  if (scorer.task() == scoring::Task::multiclass) heads.clear();
  for (const std::string& name : scorer.classes())
    heads.push_back(fmt::format("contribution_{}_", name));
  std::map<std::string, double> means;
  for (const auto& feature : features) {
    double sum = 0;
    for (const std::string& head : heads) {
      const Column* column = scored.find(head + feature.name);
      if (column == nullptr) continue;
      for (const double value : column->float64s())
        sum += std::abs(value);
    }
    means[feature.name] = sum / static_cast<double>(std::max<std::size_t>(1, rows.rows()));
  }
  return means;
}

}  // namespace

Json curves_json(const Side& now, const Side* before) {
  const auto fresh = steps_of(&now);
  const auto old = steps_of(before);
  Json curves = Json::array();
  if (fresh.empty()) return curves;
  const auto add = [&](const char* title, const char* x, const char* y, Json reference,
                       const PointOf& point) {
    curves.push_back({{"title", title},
                      {"x", x},
                      {"y", y},
                      {"reference", std::move(reference)},
                      {"new", points(fresh, point)},
                      {"old", points(old, point)}});
  };
  const Json diagonal = Json::array({{0, 0}, {1, 1}});
  add("ROC", "false positives, share of the negatives", "true positives, share of the positives",
      diagonal, [](const RankStep& step) {
        return Json::array({step.false_positive_rate, step.true_positive_rate});
      });
  const double positives = fresh.back().precision;  // where all rows are taken
  add("Precision and recall", "recall, share of the positives found",
      "precision, share of what is taken", Json::array({{0, positives}, {1, positives}}),
      [](const RankStep& step) { return Json::array({step.true_positive_rate, step.precision}); });
  add("Lift", "share of rows taken, highest scores first", "times as many positives as by chance",
      Json::array({{0, 1}, {1, 1}}),
      [](const RankStep& step) { return Json::array({step.taken, step.lift}); });
  curves.push_back({{"title", "Calibration"},
                    {"x", "mean score of a tenth of the rows"},
                    {"y", "share of positives among them"},
                    {"reference", diagonal},
                    {"new", calibration_points(&now)},
                    {"old", calibration_points(before)}});
  return curves;
}

Json drivers_json(const Batch& rows, const Side& now, const Side* before) {
  std::vector<Column> columns;
  for (const Column& column : rows.columns())
    columns.push_back(scoring::gather(column, some_rows(rows.rows())));
  const auto chosen = Batch::make(std::move(columns));
  if (!chosen || chosen->rows() == 0) return Json::array();
  const auto fresh = mean_contributions(*chosen, now);
  if (!fresh) return Json::array();
  std::map<std::string, double> old;
  if (before != nullptr) old = mean_contributions(*chosen, *before).value_or(old);
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [feature, mean] : *fresh)
    order.emplace_back(-mean, feature);
  std::ranges::sort(order);
  Json list = Json::array();
  for (const auto& [mean, feature] : order) {
    if (list.size() == drivers_max) break;
    const auto found = old.find(feature);
    list.push_back({{"feature", feature},
                    {"new", -mean},
                    {"old", found == old.end() ? Json() : Json(found->second)},
                    {"rows", chosen->rows()}});
  }
  return list;
}

}  // namespace gossamer::executors
