// SPDX-License-Identifier: Apache-2.0
#include "measures/distance.hpp"

#include "measures/special.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace gossamer::measures {
namespace {

Result<void> check_finite(const Sample& sample) {
  const auto values = sample.values();
  if (values.empty()) {
    return invalid_input("the Wasserstein distance needs values on both sides");
  }
  if (std::isinf(values.front()) || std::isinf(values.back())) {
    return invalid_input("the Wasserstein distance needs finite values");
  }
  return {};
}

double standard_deviation(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double sum = 0;
  for (const double value : values)
    sum += (value - mean) * (value - mean);
  return std::sqrt(sum / count);
}

double relative_to(double distance, double deviation) {
  if (distance == 0) return 0;
  return deviation > 0 ? distance / deviation : std::numeric_limits<double>::infinity();
}

struct Sums {
  double left = 0;
  double right = 0;
};

Result<Sums> sums_of(std::span<const double> left, std::span<const double> right,
                     std::string_view measure) {
  if (left.size() != right.size()) {
    return bug(fmt::format("{} bins against {}", left.size(), right.size()));
  }
  const Sums sums{std::accumulate(left.begin(), left.end(), 0.0),
                  std::accumulate(right.begin(), right.end(), 0.0)};
  if (sums.left > 0 && sums.right > 0) return sums;
  return invalid_input(fmt::format("{} needs rows on both sides", measure));
}

}  // namespace

Result<Wasserstein> wasserstein(const Sample& reference, const Sample& actual) {
  TRY(check_finite(reference));
  TRY(check_finite(actual));
  const auto left = reference.values();
  const auto right = actual.values();
  const auto left_rows = static_cast<double>(left.size());
  const auto right_rows = static_cast<double>(right.size());
  std::size_t i = 0;
  std::size_t j = 0;
  double area = 0;  // times both numbers of rows
  double previous = std::min(left.front(), right.front());
  const auto advance_to = [&](double value) {
    area += std::abs(static_cast<double>(i) * right_rows - static_cast<double>(j) * left_rows) *
            (value - previous);
    previous = value;
  };
  // Without branches on the data, which nothing could foretell.
  while (i < left.size() && j < right.size()) {
    advance_to(std::min(left[i], right[j]));
    const bool is_left = left[i] <= right[j];
    i += is_left ? 1 : 0;
    j += is_left ? 0 : 1;
  }
  for (; i < left.size(); ++i)
    advance_to(left[i]);
  for (; j < right.size(); ++j)
    advance_to(right[j]);
  const double distance = area / (left_rows * right_rows);
  return Wasserstein{distance, relative_to(distance, standard_deviation(left))};
}

Result<double> hellinger(std::span<const double> left, std::span<const double> right) {
  TRY_ASSIGN(const Sums sums, sums_of(left, right, "the Hellinger distance"));
  double sum = 0;
  for (std::size_t bin = 0; bin < left.size(); ++bin) {
    const double difference = std::sqrt(left[bin] / sums.left) - std::sqrt(right[bin] / sums.right);
    sum += difference * difference;
  }
  return std::sqrt(sum / 2);
}

Result<ChiSquared> chi_squared(std::span<const double> left, std::span<const double> right) {
  TRY_ASSIGN(const Sums sums, sums_of(left, right, "chi-squared"));
  const double all = sums.left + sums.right;
  ChiSquared result;
  std::size_t columns = 0;
  for (std::size_t bin = 0; bin < left.size(); ++bin) {
    const double column = left[bin] + right[bin];
    if (column <= 0) continue;
    ++columns;
    const double expected_left = column * sums.left / all;
    const double expected_right = column * sums.right / all;
    result.statistic +=
        (left[bin] - expected_left) * (left[bin] - expected_left) / expected_left +
        (right[bin] - expected_right) * (right[bin] - expected_right) / expected_right;
  }
  if (columns < 2) return invalid_input("chi-squared needs two values that differ");
  result.freedom = columns - 1;
  result.p_value =
      1 - gamma_probability(static_cast<double>(result.freedom) / 2, result.statistic / 2);
  // Of two rows the smaller side of the table less one is 1.
  result.cramers_v = std::sqrt(result.statistic / all);
  return result;
}

}  // namespace gossamer::measures
