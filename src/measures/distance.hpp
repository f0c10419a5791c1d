// SPDX-License-Identifier: Apache-2.0
// Distances between two samples of numbers, and between counts of categories. Missing
// values are left out of samples.
#pragma once

#include "base/result.hpp"
#include "measures/sample.hpp"

#include <cstddef>
#include <span>

namespace gossamer::measures {

// Area between the two distribution functions: scipy.stats.wasserstein_distance.
struct Wasserstein {
  double distance = 0;  // in the unit of the values
  // Divided by the reference's standard deviation (of the population); 0 where both are one and the
  // same value, infinite where only the reference does not vary.
  double relative = 0;
};
// Needs a finite value on both sides; infinite ones are an error.
Result<Wasserstein> wasserstein(const Sample& reference, const Sample& actual);

// Of two lists of counts of the same bins: sqrt(sum (sqrt p - sqrt q)^2 / 2), from 0 to 1.
Result<double> hellinger(std::span<const double> left, std::span<const double> right);

// Pearson's test that two lists of counts come from one distribution, without Yates' correction:
// scipy.stats.chi2_contingency(correction=False) of both rows. Columns without counts are left out.
struct ChiSquared {
  double statistic = 0;
  std::size_t freedom = 0;
  double p_value = 1;
  double cramers_v = 0;  // scipy.stats.contingency.association(method="cramer")
};
// Needs rows on both sides and two columns with counts.
Result<ChiSquared> chi_squared(std::span<const double> left, std::span<const double> right);

}  // namespace gossamer::measures
