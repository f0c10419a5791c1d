// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace gossamer::measures {

// The values but NaN, ascending. Time is linear in their number, and a single pass where they are
// in order already.
std::vector<double> sorted_values(std::span<const double> values);

// All values, ascending, NaN behind them: a sample for several measures, which then sort no more.
std::vector<double> sorted_sample(std::span<const double> values);

}  // namespace gossamer::measures
