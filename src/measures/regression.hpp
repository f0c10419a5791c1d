// SPDX-License-Identifier: Apache-2.0
// Distances between numbers and what came true; each is scikit-learn's of the same name, weighted.
#pragma once

#include "measures/scored.hpp"

namespace gossamer::measures {

Result<double> root_mean_squared_error(const Scored& rows);
Result<double> mean_absolute_error(const Scored& rows);
// As a share, not in percent. A label of 0 counts as 2^-52: the figure is then huge, and says so.
Result<double> mean_absolute_percentage_error(const Scored& rows);
// 1 - residual / total sum of squares. Needs two rows and labels that are not all the same.
Result<double> r2(const Scored& rows);

}  // namespace gossamer::measures
