// SPDX-License-Identifier: Apache-2.0
#include "executors/evaluate/sides.hpp"

#include "measures/delong.hpp"
#include "measures/fairness.hpp"
#include "scoring/features.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::executors {
namespace {

constexpr std::size_t groups_max = 50;
constexpr std::size_t periods_max = 1000;

std::span<const double> predicted(const Side& side) {
  const Column* column = side.predictions.find("prediction");
  return column == nullptr ? std::span<const double>() : column->float64s();
}

// The rows of a side in a group.
Side part_of(const Side& side, const std::vector<std::int32_t>& rows) {
  Side part{.model = side.model, .predictions = {}, .truth = {}};
  std::vector<Column> columns;
  for (const Column& column : side.predictions.columns()) {
    columns.push_back(scoring::gather(column, rows));
  }
  part.predictions = Batch::make(std::move(columns)).value_or(Batch());
  for (const std::int32_t row : rows) {
    const auto index = static_cast<std::size_t>(row);
    part.truth.label.push_back(side.truth.label[index]);
    if (!side.truth.weight.empty()) part.truth.weight.push_back(side.truth.weight[index]);
  }
  return part;
}

Result<measures::GroupFigures> figures_of_group(const Side& part) {
  return measures::group_figures({predicted(part), part.truth.label, part.truth.weight},
                                 default_cut_off);
}

Result<measures::Fairness> fairness_of(const Side& side, const Grouping& by) {
  std::vector<measures::GroupFigures> groups;
  for (const Group& group : by.groups) {
    TRY_ASSIGN(auto figures, figures_of_group(part_of(side, group.rows)));
    groups.push_back(figures);
  }
  return measures::fairness(groups);
}

double figure_in(const measures::Fairness& fairness, std::string_view metric) {
  if (metric == "selection_rate_ratio") return fairness.selection_rate_ratio;
  return metric == "equal_opportunity_gap" ? fairness.equal_opportunity_gap
                                           : fairness.calibration_gap;
}

// The worst of all columns: fair by one says nothing of another.
Result<double> group_figure(const std::string& metric, const Side& side,
                            const std::vector<Grouping>& by) {
  if (side.model.scorer->task() != scoring::Task::binary) {
    return invalid_input(fmt::format("`{}` is of models of two classes", metric));
  }
  if (by.empty()) return invalid_input(fmt::format("`{}` needs groups: say `by`", metric));
  std::optional<double> worst;
  for (const Grouping& grouping : by) {
    TRY_ASSIGN(const measures::Fairness fairness, fairness_of(side, grouping));
    const double figure = figure_in(fairness, metric);
    const bool is_worse =
        !worst || (better_of(metric) == Better::more ? figure < *worst : figure > *worst);
    if (is_worse) worst = figure;
  }
  return *worst;
}

Figure measure(const std::string& metric, const Side& side, const std::vector<Grouping>& by) {
  const auto figure = is_of_groups(metric)
                          ? group_figure(metric, side, by)
                          : figure_of(metric, side.predictions, side.truth, *side.model.scorer);
  if (figure) return {*figure, {}};
  return {std::nullopt, figure.error().message};
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json interval_json(const measures::Interval& interval) { return {interval.low, interval.high}; }

// What is known of a group beside the metrics asked for; null where it is no model of two classes.
Json rates_json(const Side& part) {
  if (part.model.scorer->task() != scoring::Task::binary) return nullptr;
  const auto figures = figures_of_group(part);
  if (!figures) return nullptr;
  Json rates{{"selection_rate", figures->selection_rate},
             {"selection_interval", interval_json(figures->selection_interval)},
             {"true_positive_rate", or_null(figures->true_positive_rate)},
             {"calibration_gap", figures->calibration_gap},
             {"auc_interval", nullptr}};
  if (!part.truth.weight.empty()) return rates;
  const auto area = measures::auc_estimate({predicted(part), part.truth.label, {}});
  if (area) rates["auc_interval"] = interval_json(area->interval);
  return rates;
}

Json fairness_json(const Side& side, const Grouping& by) {
  if (side.model.scorer->task() != scoring::Task::binary) return nullptr;
  const auto all = fairness_of(side, by);
  if (!all) return nullptr;
  return Json{{"selection_rate_ratio", all->selection_rate_ratio},
              {"equal_opportunity_gap", all->equal_opportunity_gap},
              {"calibration_gap", all->calibration_gap}};
}

std::vector<Group> shown_groups(const Grouping& by, Order order) {
  std::vector<Group> groups = by.groups;
  if (order == Order::largest_first) {
    if (groups.size() > groups_max) groups.resize(groups_max);
    return groups;
  }
  std::ranges::sort(groups, {}, &Group::value);
  const std::size_t beyond = groups.size() > periods_max ? groups.size() - periods_max : 0;
  groups.erase(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(beyond));
  return groups;
}

}  // namespace

Result<Grouping> group_rows(const Batch& rows, const std::string& name) {
  TRY_ASSIGN(const Column* column, rows.require(name));
  std::map<std::string, std::vector<std::int32_t>> members;
  for (std::size_t row = 0; row < column->size(); ++row) {
    members[column->text_at(row)].push_back(static_cast<std::int32_t>(row));
  }
  Grouping grouping{.column = name, .groups = {}};
  for (auto& [value, group] : members)
    grouping.groups.push_back({value, std::move(group)});
  std::ranges::sort(grouping.groups, {}, [](const Group& group) {
    return std::pair(-std::ssize(group.rows), std::string_view(group.value));
  });
  return grouping;
}

std::map<std::string, FigurePair> figures_of(const std::vector<std::string>& metrics,
                                             const Side& now, const Side* before,
                                             const std::vector<Grouping>& by) {
  std::map<std::string, FigurePair> figures;
  for (const std::string& metric : metrics) {
    figures[metric] = {measure(metric, now, by),
                       before == nullptr ? Figure{} : measure(metric, *before, by)};
  }
  return figures;
}

Json metrics_json(const std::vector<std::string>& metrics,
                  const std::map<std::string, FigurePair>& figures) {
  Json list = Json::array();
  for (const std::string& metric : metrics) {
    const auto& [now, before] = figures.at(metric);
    Json entry{{"name", metric},
               {"new", or_null(now.value)},
               {"old", or_null(before.value)},
               {"difference", nullptr},
               {"better", better_of(metric) == Better::more ? "more" : "less"}};
    if (now.value && before.value) entry["difference"] = *now.value - *before.value;
    if (!now.reason.empty()) entry["reason"] = now.reason;
    list.push_back(std::move(entry));
  }
  return list;
}

Json grouping_json(const Grouping& by, const std::vector<std::string>& metrics, const Side& now,
                   const Side* before, Order order) {
  std::vector<std::string> own;
  std::ranges::remove_copy_if(metrics, std::back_inserter(own), is_of_groups);
  Json list = Json::array();
  for (const Group& group : shown_groups(by, order)) {
    const Side part_now = part_of(now, group.rows);
    std::optional<Side> part_before;
    if (before != nullptr) part_before = part_of(*before, group.rows);
    const auto figures = figures_of(own, part_now, part_before ? &*part_before : nullptr, {});
    list.push_back({{"value", group.value},
                    {"rows", group.rows.size()},
                    {"metrics", metrics_json(own, figures)},
                    {"rates", rates_json(part_now)}});
  }
  const std::size_t shown = list.size();
  return Json{{"column", by.column},
              {"groups", std::move(list)},
              {"left_out", by.groups.size() - shown},
              {"fairness", fairness_json(now, by)}};
}

Json auc_comparison_json(const Side& now, const Side* before) {
  const auto is_comparable = [](const Side& side) {
    return side.model.scorer->task() == scoring::Task::binary && side.truth.weight.empty();
  };
  if (before == nullptr || !is_comparable(now) || !is_comparable(*before)) return nullptr;
  const auto compared = measures::compare_auc(predicted(*before), predicted(now), now.truth.label);
  if (!compared) return nullptr;
  return Json{{"old", compared->left.auc},
              {"old_interval", interval_json(compared->left.interval)},
              {"new", compared->right.auc},
              {"new_interval", interval_json(compared->right.interval)},
              {"difference", compared->difference},
              {"interval", interval_json(compared->interval)},
              {"p_value", compared->p_value}};
}

}  // namespace gossamer::executors
