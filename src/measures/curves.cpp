// SPDX-License-Identifier: Apache-2.0
#include "measures/curves.hpp"

#include <algorithm>
#include <numeric>

namespace gossamer::measures {
namespace {

std::vector<std::size_t> highest_first(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return order;
}

struct Taken {
  double positives = 0;
  double negatives = 0;
};

RankStep step_of(const Taken& taken, const Taken& all) {
  const double weight = taken.positives + taken.negatives;
  const double whole = all.positives + all.negatives;
  RankStep step;
  step.taken = weight / whole;
  step.true_positive_rate = taken.positives / all.positives;
  step.false_positive_rate = taken.negatives / all.negatives;
  step.precision = weight > 0 ? taken.positives / weight : 1;
  step.lift = step.precision / (all.positives / whole);
  return step;
}

// Evenly chosen, the last one included.
std::vector<RankStep> thinned(const std::vector<RankStep>& steps, std::size_t most) {
  if (steps.size() <= most || most == 0) return steps;
  std::vector<RankStep> kept;
  for (std::size_t i = 1; i <= most; ++i)
    kept.push_back(steps[i * steps.size() / most - 1]);
  return kept;
}

}  // namespace

Result<std::vector<RankStep>> rank_steps(const Scored& rows, std::size_t steps_max) {
  TRY(check_binary(rows, Classes::both));
  Taken all;
  for (std::size_t i = 0; i < rows.label.size(); ++i)
    (rows.label[i] == 1 ? all.positives : all.negatives) += rows.weight_at(i);
  const auto order = highest_first(rows.prediction);
  std::vector<RankStep> steps;
  Taken taken;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t row = order[i];
    (rows.label[row] == 1 ? taken.positives : taken.negatives) += rows.weight_at(row);
    const bool is_last = i + 1 == order.size();
    if (!is_last && rows.prediction[order[i + 1]] == rows.prediction[row]) continue;
    steps.push_back(step_of(taken, all));
  }
  return thinned(steps, steps_max);
}

}  // namespace gossamer::measures
