// SPDX-License-Identifier: Apache-2.0
// What pictures of a score of two classes are drawn from.
#pragma once

#include <cstddef>
#include <vector>

#include "measures/scored.hpp"

namespace gossamer::measures {

// What taking all rows down to one score gives.
struct RankStep {
  double taken = 0;                // share of all rows that is taken
  double true_positive_rate = 0;   // share of the positives; also called recall
  double false_positive_rate = 0;  // share of the negatives
  double precision = 0;            // share of what is taken that is positive
  double lift = 0;                 // precision over the share of positives among all rows
};

// A step per distinct score, the highest first, weighted where rows are: (false_positive_rate,
// true_positive_rate) is scikit-learn's roc_curve without its first point, (recall, precision) its
// precision_recall_curve. At most `steps_max` of them, evenly chosen, the last one always. Needs
// both classes.
Result<std::vector<RankStep>> rank_steps(const Scored& rows, std::size_t steps_max);

}  // namespace gossamer::measures
