// SPDX-License-Identifier: Apache-2.0
// How sure an AUC is, and whether two of the same rows differ: DeLong, DeLong and Clarke-Pearson
// (Biometrics 1988), by midranks (Sun and Xu, IEEE SPL 2014). Weights are not part of the method.
#pragma once

#include "base/result.hpp"
#include "measures/scored.hpp"

#include <span>

namespace gossamer::measures {

struct Interval {
  double low = 0;
  double high = 0;
};

struct AucEstimate {
  double auc = 0;
  double variance = 0;
  Interval interval;  // 95 %, within 0 and 1
};
// Needs both classes, two rows each.
Result<AucEstimate> auc_estimate(const Scored& rows);

// Two scores of the same rows.
struct AucComparison {
  AucEstimate left;
  AucEstimate right;
  double difference = 0;  // right - left
  double variance = 0;    // of the difference
  Interval interval;      // of the difference, 95 %
  double p_value = 1;     // two-sided; 1 where the two rank alike
};
Result<AucComparison> compare_auc(std::span<const double> left, std::span<const double> right,
                                  std::span<const double> label);

// Wilson's 95 % interval of a share: scipy.stats.binomtest(...).proportion_ci(method="wilson").
// `successes` may be a fraction of weights; 0 <= successes <= trials, trials > 0.
Interval wilson(double successes, double trials);

}  // namespace gossamer::measures
