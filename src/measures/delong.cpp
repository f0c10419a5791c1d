// SPDX-License-Identifier: Apache-2.0
#include "measures/delong.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace gossamer::measures {
namespace {

// The 97.5 % point of the normal distribution.
constexpr double z_95 = 1.959963984540054;

// Ranks from 1, equal values share the mean of theirs.
std::vector<double> midranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t row) { return values[row]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]])
      ++end;
    const double rank = static_cast<double>(first + end + 1) / 2;
    for (std::size_t i = first; i < end; ++i)
      ranks[order[i]] = rank;
    first = end;
  }
  return ranks;
}

// Per positive the share of negatives below it, per negative the share of positives above it.
struct Components {
  std::vector<double> positives;
  std::vector<double> negatives;
  double auc = 0;
};

Components components_of(std::span<const double> scores, std::span<const double> label) {
  std::vector<double> positive;
  std::vector<double> negative;
  for (std::size_t row = 0; row < scores.size(); ++row)
    (label[row] == 1 ? positive : negative).push_back(scores[row]);
  std::vector<double> both = positive;
  both.insert(both.end(), negative.begin(), negative.end());
  const std::vector<double> of_both = midranks(both);
  const std::vector<double> of_positive = midranks(positive);
  const std::vector<double> of_negative = midranks(negative);
  const auto m = static_cast<double>(positive.size());
  const auto n = static_cast<double>(negative.size());
  Components components;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    components.positives.push_back((of_both[i] - of_positive[i]) / n);
    components.auc += components.positives.back() / m;
  }
  for (std::size_t i = 0; i < negative.size(); ++i) {
    components.negatives.push_back(1 - (of_both[positive.size() + i] - of_negative[i]) / m);
  }
  return components;
}

double covariance(std::span<const double> left, std::span<const double> right) {
  const auto count = static_cast<double>(left.size());
  const double left_mean = std::accumulate(left.begin(), left.end(), 0.0) / count;
  const double right_mean = std::accumulate(right.begin(), right.end(), 0.0) / count;
  double sum = 0;
  for (std::size_t i = 0; i < left.size(); ++i)
    sum += (left[i] - left_mean) * (right[i] - right_mean);
  return sum / (count - 1);
}

double covariance(const Components& left, const Components& right) {
  return covariance(left.positives, right.positives) / static_cast<double>(left.positives.size()) +
         covariance(left.negatives, right.negatives) / static_cast<double>(left.negatives.size());
}

AucEstimate estimate_of(const Components& components) {
  AucEstimate estimate{
      .auc = components.auc, .variance = covariance(components, components), .interval = {}};
  const double half = z_95 * std::sqrt(estimate.variance);
  estimate.interval = {std::max(0.0, estimate.auc - half), std::min(1.0, estimate.auc + half)};
  return estimate;
}

Result<void> check_both(const Scored& rows) {
  TRY(check_binary(rows, Classes::both));
  const auto positives = std::ranges::count(rows.label, 1.0);
  const auto negatives = std::ssize(rows.label) - positives;
  if (positives >= 2 && negatives >= 2) return {};
  return invalid_input("DeLong's variance needs two rows of 0 and two of 1");
}

}  // namespace

Result<AucEstimate> auc_estimate(const Scored& rows) {
  TRY(check_both({rows.prediction, rows.label, {}}));
  return estimate_of(components_of(rows.prediction, rows.label));
}

Result<AucComparison> compare_auc(std::span<const double> left, std::span<const double> right,
                                  std::span<const double> label) {
  TRY(check_both({left, label, {}}));
  TRY(check_both({right, label, {}}));
  const Components old_side = components_of(left, label);
  const Components new_side = components_of(right, label);
  AucComparison result;
  result.left = estimate_of(old_side);
  result.right = estimate_of(new_side);
  result.difference = result.right.auc - result.left.auc;
  result.variance = std::max(
      0.0, result.left.variance + result.right.variance - 2 * covariance(old_side, new_side));
  const double deviation = std::sqrt(result.variance);
  result.interval = {result.difference - z_95 * deviation, result.difference + z_95 * deviation};
  if (deviation > 0) {
    result.p_value = std::erfc(std::abs(result.difference) / deviation / std::numbers::sqrt2);
  }
  return result;
}

Interval wilson(double successes, double trials) {
  const double share = successes / trials;
  const double square = z_95 * z_95 / trials;
  const double centre = share + square / 2;
  const double half = z_95 * std::sqrt(share * (1 - share) / trials + square / trials / 4);
  // The ends of 0 and of all are exact; rounding must not move them.
  return {successes <= 0 ? 0 : std::max(0.0, (centre - half) / (1 + square)),
          successes >= trials ? 1 : std::min(1.0, (centre + half) / (1 + square))};
}

}  // namespace gossamer::measures
