// SPDX-License-Identifier: Apache-2.0
// Distributions of one column and distances between two. Samples are in order, so that most of this
// costs a few searches.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "measures/sample.hpp"

namespace gossamer::measures {

// At the given shares (0 to 1), by linear interpolation between order statistics: numpy.quantile's
// default. Needs a value; missing ones are left out.
Result<std::vector<double>> quantiles(const Sample& sample, std::span<const double> shares);

struct Histogram {
  std::vector<double> edges;  // one more than counts, ascending; a bin is [edge, next), the last []
  std::vector<double> counts;  // of rows
  double missing = 0;
  double below = 0;  // outside of given edges
  double above = 0;
};

// Bins of equal width from the least to the largest finite value of both samples together, so that
// their histograms lie over each other. One bin where all values are equal; none where there is no
// value.
std::vector<double> common_edges(const Sample& left, const Sample& right, std::size_t bins);
// Edges ascend; two at least, or none (then only `missing` counts).
Histogram histogram(const Sample& sample, std::span<const double> edges);

// Population stability index: sum (a - e) ln(a / e) over deciles of the reference with open outer
// edges, equal edges merged, a bin of its own for missing values where there are any, shares
// floored at 1e-4. 0 is no change; 0.1 and 0.25 are the usual borders.
struct Stability {
  double index = 0;
  // What chance alone reaches in 5 % of cases: (1/N + 1/M) x the 95 % point of chi-squared with
  // bins - 1 degrees of freedom (Yurdakul 2018).
  double critical = 0;
  std::size_t bins = 0;
};
// `special` values have a bin each and take no part in the deciles.
Result<Stability> stability(const Sample& reference, const Sample& actual, std::size_t bins = 10,
                            std::span<const double> special = {});

// Jensen-Shannon distance in base 2 (0 to 1) of two lists of counts of the same bins:
// scipy.spatial.distance.jensenshannon(base=2).
Result<double> jensen_shannon(std::span<const double> left, std::span<const double> right);

// Sup distance of two samples' distribution functions, and its asymptotic two-sided p-value with
// nm / (n + m): scipy.stats.ks_2samp's statistic, and scipy.special.kolmogorov of it.
struct KolmogorovSmirnov {
  double distance = 0;
  double p_value = 1;
};
Result<KolmogorovSmirnov> kolmogorov_smirnov(const Sample& left, const Sample& right);

}  // namespace gossamer::measures
