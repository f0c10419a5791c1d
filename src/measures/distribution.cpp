// SPDX-License-Identifier: Apache-2.0
#include "measures/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

// Of bins (-inf, edges[0]], (edges[0], edges[1]], ..., (last, inf).
std::vector<double> open_counts(const Sample& sample, std::span<const double> edges) {
  std::vector<double> counts;
  std::size_t before = 0;
  for (const double edge : edges) {
    const std::size_t up_to = sample.count_up_to(edge);
    counts.push_back(static_cast<double>(up_to - before));
    before = up_to;
  }
  counts.push_back(static_cast<double>(sample.values().size() - before));
  return counts;
}

std::vector<double> counts_of(const Sample& sample, std::span<const double> edges,
                              std::span<const double> special) {
  std::vector<double> counts =
      special.empty() ? open_counts(sample, edges) : open_counts(sample.without(special), edges);
  counts.push_back(static_cast<double>(sample.missing()));
  for (const double value : special)
    counts.push_back(static_cast<double>(sample.count_up_to(value) - sample.count_below(value)));
  return counts;
}

std::vector<double> inner_quantiles(std::span<const double> sorted, std::size_t bins) {
  std::vector<double> edges;
  for (std::size_t i = 1; i < bins && !sorted.empty(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(bins);
    const double edge = quantile_of_sorted(sorted, share);
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  return edges;
}

std::span<const double> finite_values(const Sample& sample) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::size_t first = sample.count_up_to(-infinity);
  return sample.values().subspan(first, sample.count_below(infinity) - first);
}

}  // namespace

Result<std::vector<double>> quantiles(const Sample& sample, std::span<const double> shares) {
  if (sample.values().empty()) return invalid_input("there is no value to take quantiles of");
  std::vector<double> result;
  for (const double share : shares) {
    if (!(share >= 0 && share <= 1)) {
      return invalid_input(fmt::format("{} is no share between 0 and 1", share));
    }
    result.push_back(quantile_of_sorted(sample.values(), share));
  }
  return result;
}

std::vector<double> common_edges(const Sample& left, const Sample& right, std::size_t bins) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const Sample* sample : {&left, &right}) {
    const auto values = finite_values(*sample);
    if (values.empty()) continue;
    least = std::min(least, values.front());
    most = std::max(most, values.back());
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

Histogram histogram(const Sample& sample, std::span<const double> edges) {
  Histogram result;
  result.edges.assign(edges.begin(), edges.end());
  result.missing = static_cast<double>(sample.missing());
  if (edges.size() < 2) {
    result.below = static_cast<double>(sample.values().size());
    return result;
  }
  std::size_t before = sample.count_below(edges.front());
  result.below = static_cast<double>(before);
  for (std::size_t bin = 1; bin < edges.size(); ++bin) {
    const bool is_last = bin + 1 == edges.size();
    const std::size_t end =
        is_last ? sample.count_up_to(edges[bin]) : sample.count_below(edges[bin]);
    result.counts.push_back(static_cast<double>(end - before));
    before = end;
  }
  result.above = static_cast<double>(sample.values().size() - before);
  return result;
}

Result<Stability> stability(const Sample& reference, const Sample& actual, std::size_t bins,
                            std::span<const double> special) {
  if (reference.rows() == 0 || actual.rows() == 0) {
    return invalid_input("the stability index needs rows on both sides");
  }
  const std::vector<double> edges =
      special.empty() ? inner_quantiles(reference.values(), bins)
                      : inner_quantiles(reference.without(special).values(), bins);
  const std::vector<double> expected = counts_of(reference, edges, special);
  const std::vector<double> found = counts_of(actual, edges, special);

  constexpr double floor = 1e-4;
  const auto expected_rows = static_cast<double>(reference.rows());
  const auto found_rows = static_cast<double>(actual.rows());
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

Result<KolmogorovSmirnov> kolmogorov_smirnov(const Sample& left, const Sample& right) {
  const auto a = left.values();
  const auto b = right.values();
  if (a.empty() || b.empty()) {
    return invalid_input("the Kolmogorov-Smirnov distance needs values on both sides");
  }
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  std::size_t i = 0;
  std::size_t j = 0;
  double most = 0;  // times n m
  // Without branches on the data, which nothing could foretell.
  while (i < a.size() && j < b.size()) {
    const double value = std::min(a[i], b[j]);
    i += a[i] == value ? 1 : 0;
    j += b[j] == value ? 1 : 0;
    // The functions are compared behind all rows that have the value.
    const bool is_left_behind = i == a.size() || a[i] > value;
    const bool is_right_behind = j == b.size() || b[j] > value;
    const double gap = std::abs(static_cast<double>(i) * m - static_cast<double>(j) * n);
    most = std::max(most, is_left_behind && is_right_behind ? gap : 0.0);
  }
  // At the greatest value of the side that ended first, the other one may have more rows with it.
  most = std::max(most, n * (m - static_cast<double>(right.count_up_to(a.back()))));
  most = std::max(most, m * (n - static_cast<double>(left.count_up_to(b.back()))));
  const double distance = most / (n * m);
  return KolmogorovSmirnov{distance, kolmogorov_survival(std::sqrt(n * m / (n + m)) * distance)};
}

}  // namespace gossamer::measures
