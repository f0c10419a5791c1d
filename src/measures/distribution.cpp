// SPDX-License-Identifier: Apache-2.0
#include "measures/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "measures/sorting.hpp"
#include "measures/special.hpp"

namespace gossamer::measures {
namespace {

double quantile_of_sorted(std::span<const double> sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double part = position - static_cast<double>(below);
  const double low = sorted[below];
  const double high = sorted[below + 1];
  // From the nearer end, as NumPy does: the result is monotone in the share.
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}

// Bin of the value in bins (-inf, edges[0]], (edges[0], edges[1]], ..., (last, inf).
std::vector<double> open_counts(std::span<const double> values, std::span<const double> edges) {
  std::vector<double> counts(edges.size() + 1, 0);
  for (const double value : values) {
    if (std::isnan(value)) continue;
    counts[static_cast<std::size_t>(std::ranges::lower_bound(edges, value) - edges.begin())] += 1;
  }
  return counts;
}

std::size_t count_missing(std::span<const double> values) {
  return static_cast<std::size_t>(
      std::ranges::count_if(values, [](double value) { return std::isnan(value); }));
}

std::vector<double> without(std::span<const double> values, std::span<const double> special) {
  std::vector<double> rest;
  rest.reserve(values.size());
  std::ranges::copy_if(values, std::back_inserter(rest), [&](double value) {
    return std::ranges::find(special, value) == special.end();
  });
  return rest;
}

}  // namespace

Result<std::vector<double>> quantiles(std::span<const double> values,
                                      std::span<const double> shares) {
  const std::vector<double> sorted = sorted_values(values);
  if (sorted.empty()) return invalid_input("there is no value to take quantiles of");
  std::vector<double> result;
  for (const double share : shares) {
    if (!(share >= 0 && share <= 1)) {
      return invalid_input(fmt::format("{} is no share between 0 and 1", share));
    }
    result.push_back(quantile_of_sorted(sorted, share));
  }
  return result;
}

std::vector<double> common_edges(std::span<const std::span<const double>> samples,
                                 std::size_t bins) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const auto& sample : samples) {
    for (const double value : sample) {
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  if (least > most || bins == 0) return {};
  if (least == most) return {least, most};
  std::vector<double> edges;
  for (std::size_t i = 0; i < bins; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(bins);
    const double edge = least * (1 - share) + most * share;
    // Values that are neighbours as doubles leave no room for more edges.
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  if (edges.back() < most) edges.push_back(most);
  return edges;
}

Histogram histogram(std::span<const double> values, std::span<const double> edges) {
  Histogram result;
  result.edges.assign(edges.begin(), edges.end());
  if (edges.size() >= 2) result.counts.assign(edges.size() - 1, 0);
  for (const double value : values) {
    if (std::isnan(value)) {
      result.missing += 1;
    } else if (edges.size() < 2 || value < edges.front()) {
      result.below += 1;
    } else if (value > edges.back()) {
      result.above += 1;
    } else {
      const auto next = std::ranges::upper_bound(edges, value) - edges.begin();
      const auto bin = std::min(static_cast<std::size_t>(next), edges.size() - 1) - 1;
      result.counts[bin] += 1;
    }
  }
  return result;
}

Result<Stability> stability(std::span<const double> reference, std::span<const double> actual,
                            std::size_t bins, std::span<const double> special) {
  if (reference.empty() || actual.empty()) {
    return invalid_input("the stability index needs rows on both sides");
  }
  const std::vector<double> plain_reference = without(reference, special);
  const std::vector<double> plain_actual = without(actual, special);
  const std::vector<double> sorted = sorted_values(plain_reference);
  std::vector<double> edges;
  for (std::size_t i = 1; i < bins && !sorted.empty(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(bins);
    const double edge = quantile_of_sorted(sorted, share);
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  std::vector<double> expected = open_counts(plain_reference, edges);
  std::vector<double> found = open_counts(plain_actual, edges);
  expected.push_back(static_cast<double>(count_missing(reference)));
  found.push_back(static_cast<double>(count_missing(actual)));
  for (const double value : special) {
    expected.push_back(static_cast<double>(std::ranges::count(reference, value)));
    found.push_back(static_cast<double>(std::ranges::count(actual, value)));
  }

  constexpr double floor = 1e-4;
  const auto expected_rows = static_cast<double>(reference.size());
  const auto found_rows = static_cast<double>(actual.size());
  Stability result;
  for (std::size_t bin = 0; bin < expected.size(); ++bin) {
    if (expected[bin] == 0 && found[bin] == 0) continue;
    const double e = std::max(expected[bin] / expected_rows, floor);
    const double a = std::max(found[bin] / found_rows, floor);
    result.index += (a - e) * std::log(a / e);
    ++result.bins;
  }
  if (result.bins > 1) {
    result.critical = (1 / expected_rows + 1 / found_rows) *
                      chi_squared_quantile(0.95, static_cast<double>(result.bins - 1));
  }
  return result;
}

Result<double> jensen_shannon(std::span<const double> left, std::span<const double> right) {
  if (left.size() != right.size()) {
    return bug(fmt::format("{} bins against {}", left.size(), right.size()));
  }
  double left_sum = 0;
  double right_sum = 0;
  for (std::size_t bin = 0; bin < left.size(); ++bin) {
    left_sum += left[bin];
    right_sum += right[bin];
  }
  if (!(left_sum > 0) || !(right_sum > 0)) {
    return invalid_input("the Jensen-Shannon distance needs rows on both sides");
  }
  // x log2(x / m), which is 0 at 0.
  const auto term = [](double x, double m) { return x > 0 ? x * std::log2(x / m) : 0.0; };
  double divergence = 0;
  for (std::size_t bin = 0; bin < left.size(); ++bin) {
    const double p = left[bin] / left_sum;
    const double q = right[bin] / right_sum;
    divergence += (term(p, (p + q) / 2) + term(q, (p + q) / 2)) / 2;
  }
  return std::sqrt(std::max(divergence, 0.0));
}

Result<KolmogorovSmirnov> kolmogorov_smirnov(std::span<const double> left,
                                             std::span<const double> right) {
  const std::vector<double> a = sorted_values(left);
  const std::vector<double> b = sorted_values(right);
  if (a.empty() || b.empty()) {
    return invalid_input("the Kolmogorov-Smirnov distance needs values on both sides");
  }
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  std::size_t i = 0;
  std::size_t j = 0;
  double distance = 0;
  while (i < a.size() && j < b.size()) {
    const double value = std::min(a[i], b[j]);
    while (i < a.size() && a[i] == value)
      ++i;
    while (j < b.size() && b[j] == value)
      ++j;
    distance =
        std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  return KolmogorovSmirnov{distance, kolmogorov_survival(std::sqrt(n * m / (n + m)) * distance)};
}

}  // namespace gossamer::measures
