// SPDX-License-Identifier: Apache-2.0
// How a model of two classes treats groups of rows. Rows with prediction >= cut_off are selected.
#pragma once

#include "base/result.hpp"
#include "measures/delong.hpp"
#include "measures/scored.hpp"

#include <optional>
#include <span>
#include <vector>

namespace gossamer::measures {

struct GroupFigures {
  double weight = 0;          // of all rows of the group
  double selection_rate = 0;  // share that is selected
  Interval selection_interval;
  std::optional<double> true_positive_rate;  // of the rows with label 1, if there are any
  double calibration_gap = 0;                // mean prediction - mean label
};
Result<GroupFigures> group_figures(const Scored& rows, double cut_off);

// Over all groups. 1, 0 and 0 are fair.
struct Fairness {
  // Least selection rate over the largest; 1 where nobody is selected anywhere.
  double selection_rate_ratio = 1;
  // Largest true-positive rate less the least, over groups that have one.
  double equal_opportunity_gap = 0;
  // Largest |mean prediction - mean label| of a group.
  double calibration_gap = 0;
};
// Needs a group.
Result<Fairness> fairness(std::span<const GroupFigures> groups);

}  // namespace gossamer::measures
