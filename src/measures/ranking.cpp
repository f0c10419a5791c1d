// SPDX-License-Identifier: Apache-2.0
#include "measures/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace gossamer::measures {
namespace {

// Rows of one score.
struct Step {
  double positives = 0;  // weight
  double negatives = 0;
  double rows = 0;
};

// From the highest score to the lowest.
std::vector<Step> steps_of(const Scored& rows) {
  std::vector<std::size_t> order(rows.prediction.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t left, std::size_t right) {
    return rows.prediction[left] > rows.prediction[right];
  });
  std::vector<Step> steps;
  double score = 0;
  for (const std::size_t row : order) {
    if (steps.empty() || rows.prediction[row] != score) {
      steps.emplace_back();
      score = rows.prediction[row];
    }
    auto& side = rows.label[row] == 1 ? steps.back().positives : steps.back().negatives;
    side += rows.weight_at(row);
    steps.back().rows += 1;
  }
  return steps;
}

Step total_of(const std::vector<Step>& steps) {
  Step total;
  for (const Step& step : steps) {
    total.positives += step.positives;
    total.negatives += step.negatives;
  }
  return total;
}

}  // namespace

Result<double> auc(const Scored& rows) {
  TRY(check_binary(rows, Classes::both));
  const std::vector<Step> steps = steps_of(rows);
  double area = 0;
  double positives_above = 0;
  for (const Step& step : steps) {
    area += step.negatives * (positives_above + step.positives / 2);
    positives_above += step.positives;
  }
  const Step total = total_of(steps);
  return area / total.positives / total.negatives;
}

Result<double> gini(const Scored& rows) {
  TRY_ASSIGN(const double area, auc(rows));
  return 2 * area - 1;
}

Result<double> ks_power(const Scored& rows) {
  TRY(check_binary(rows, Classes::both));
  const std::vector<Step> steps = steps_of(rows);
  const Step total = total_of(steps);
  Step above;
  double largest = 0;
  for (const Step& step : steps) {
    above.positives += step.positives;
    above.negatives += step.negatives;
    largest = std::max(
        largest, std::abs(above.positives / total.positives - above.negatives / total.negatives));
  }
  return largest;
}

Result<double> average_precision(const Scored& rows) {
  TRY(check_binary(rows, Classes::one_suffices));
  const std::vector<Step> steps = steps_of(rows);
  const Step total = total_of(steps);
  if (total.positives <= 0) {
    return invalid_input("all labels are 0; average precision needs a row of 1");
  }
  Step above;
  double sum = 0;
  for (const Step& step : steps) {
    above.positives += step.positives;
    above.negatives += step.negatives;
    if (step.positives <= 0) continue;
    sum += step.positives / total.positives * above.positives / (above.positives + above.negatives);
  }
  return sum;
}

Result<TopShare> top_k(const Scored& rows, std::size_t k) {
  TRY(check_binary(rows, Classes::one_suffices));
  if (k == 0 || k > rows.prediction.size()) {
    return invalid_input(
        fmt::format("the top {} of {} rows do not exist", k, rows.prediction.size()));
  }
  const std::vector<Step> steps = steps_of(rows);
  const Step total = total_of(steps);
  if (total.positives <= 0) return invalid_input("all labels are 0; recall needs a row of 1");
  double places = static_cast<double>(k);
  double found = 0;
  double taken = 0;
  for (const Step& step : steps) {
    const double share = std::min(1.0, places / step.rows);
    found += step.positives * share;
    taken += (step.positives + step.negatives) * share;
    places -= step.rows * share;
    if (places <= 0) break;
  }
  if (taken <= 0) return invalid_input(fmt::format("the top {} rows have no value", k));
  return TopShare{found / taken, found / total.positives};
}

}  // namespace gossamer::measures
