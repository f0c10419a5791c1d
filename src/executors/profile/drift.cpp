// SPDX-License-Identifier: Apache-2.0
#include "executors/profile/drift.hpp"

#include "base/json.hpp"
#include "measures/distance.hpp"
#include "measures/distribution.hpp"
#include "scoring/features.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace gossamer::executors {
namespace {

constexpr std::size_t drift_bins = 20;

Json no_drift() {
  Json drift = Json::object();
  for (const char* name :
       {"psi", "psi_critical", "ks", "ks_p_value", "jensen_shannon", "hellinger", "wasserstein",
        "wasserstein_relative", "chi_squared", "chi_squared_p_value", "cramers_v"}) {
    drift[name] = nullptr;
  }
  return drift;
}

Json finite_or_null(double figure) { return std::isfinite(figure) ? Json(figure) : Json(nullptr); }

void add_counts(Json& drift, const std::vector<double>& reference,
                const std::vector<double>& actual) {
  if (const auto distance = measures::jensen_shannon(reference, actual)) {
    drift["jensen_shannon"] = *distance;
  }
  if (const auto distance = measures::hellinger(reference, actual)) {
    drift["hellinger"] = *distance;
  }
}

}  // namespace

std::vector<double> finite_or_nan(const Column& column) {
  std::vector<double> values = scoring::to_doubles(column);
  for (double& value : values) {
    if (std::isinf(value)) value = std::numeric_limits<double>::quiet_NaN();
  }
  return values;
}

Json drift_of_numbers(const std::vector<double>& of_reference,
                      const std::vector<double>& of_actual) {
  const measures::Sample reference(of_reference);
  const measures::Sample actual(of_actual);
  Json drift = no_drift();
  if (const auto stability = measures::stability(reference, actual)) {
    drift["psi"] = stability->index;
    drift["psi_critical"] = stability->critical;
  }
  if (const auto distance = measures::kolmogorov_smirnov(reference, actual)) {
    drift["ks"] = distance->distance;
    drift["ks_p_value"] = distance->p_value;
  }
  if (const auto moved = measures::wasserstein(reference, actual)) {
    drift["wasserstein"] = moved->distance;
    drift["wasserstein_relative"] = finite_or_null(moved->relative);
  }
  const std::vector<double> edges = measures::common_edges(reference, actual, drift_bins);
  add_counts(drift, measures::histogram(reference, edges).counts,
             measures::histogram(actual, edges).counts);
  return drift;
}

Json drift_of_categories(const Column& reference, const Column& actual) {
  constexpr std::size_t left = 0;
  constexpr std::size_t right = 1;
  std::map<std::string, std::array<double, 2>> counts;
  const auto count = [&](const Column& column, std::size_t side) {
    for (std::size_t row = 0; row < column.size(); ++row) {
      // A missing value is unlike every text, the empty one included.
      const std::string category = column.is_null(row) ? "" : "=" + column.text_at(row);
      counts[category][side] += 1;
    }
  };
  count(reference, left);
  count(actual, right);
  std::vector<double> before;
  std::vector<double> now;
  for (const auto& [category, sides] : counts) {
    before.push_back(sides[left]);
    now.push_back(sides[right]);
  }
  Json drift = no_drift();
  add_counts(drift, before, now);
  if (const auto test = measures::chi_squared(before, now)) {
    drift["chi_squared"] = test->statistic;
    drift["chi_squared_p_value"] = test->p_value;
    drift["cramers_v"] = test->cramers_v;
  }
  return drift;
}

}  // namespace gossamer::executors
