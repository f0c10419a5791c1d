// SPDX-License-Identifier: Apache-2.0
#include "measures/fairness.hpp"

#include "measures/probability.hpp"

#include <algorithm>
#include <cmath>

namespace gossamer::measures {

Result<GroupFigures> group_figures(const Scored& rows, double cut_off) {
  TRY_ASSIGN(const Confusion counts, confusion(rows, cut_off));
  const double selected = counts.true_positives + counts.false_positives;
  const double positives = counts.true_positives + counts.false_negatives;
  GroupFigures figures;
  figures.weight = selected + counts.true_negatives + counts.false_negatives;
  figures.selection_rate = selected / figures.weight;
  figures.selection_interval = wilson(selected, figures.weight);
  if (positives > 0) figures.true_positive_rate = counts.true_positives / positives;
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    figures.calibration_gap += rows.weight_at(row) * (rows.prediction[row] - rows.label[row]);
  }
  figures.calibration_gap /= figures.weight;
  return figures;
}

Result<Fairness> fairness(std::span<const GroupFigures> groups) {
  if (groups.empty()) return invalid_input("fairness needs a group of rows");
  Fairness result;
  const auto [least, most] = std::ranges::minmax(groups, {}, &GroupFigures::selection_rate);
  if (most.selection_rate > 0) {
    result.selection_rate_ratio = least.selection_rate / most.selection_rate;
  }
  std::vector<double> rates;
  for (const GroupFigures& group : groups) {
    if (group.true_positive_rate) rates.push_back(*group.true_positive_rate);
    result.calibration_gap = std::max(result.calibration_gap, std::abs(group.calibration_gap));
  }
  if (!rates.empty()) {
    const auto [low, high] = std::ranges::minmax(rates);
    result.equal_opportunity_gap = high - low;
  }
  return result;
}

}  // namespace gossamer::measures
