// SPDX-License-Identifier: Apache-2.0
// How well a score puts positives before negatives. Labels are 0 or 1; equal scores are one step.
#pragma once

#include <cstddef>

#include "measures/scored.hpp"

namespace gossamer::measures {

// Area under the ROC curve, ties half: scikit-learn's roc_auc_score. Needs both classes.
Result<double> auc(const Scored& rows);
// 2 AUC - 1.
Result<double> gini(const Scored& rows);
// The largest distance between the two classes' distribution functions of the score, as
// scipy.stats.ks_2samp's statistic (weighted where rows are). Needs both classes.
Result<double> ks_power(const Scored& rows);
// Sum of (recall step) x precision, without interpolation: scikit-learn's average_precision_score.
// Needs a positive.
Result<double> average_precision(const Scored& rows);

// Of the `k` highest scores: rows of equal score at the border count by their share, so that the
// figure does not depend on the order of rows. Weights are the rows' values: precision is the share
// of the value taken that is positive, recall the share of the positives' value that is taken.
// 1 <= k <= rows.
struct TopShare {
  double precision = 0;
  double recall = 0;
};
Result<TopShare> top_k(const Scored& rows, std::size_t k);

}  // namespace gossamer::measures
