// SPDX-License-Identifier: Apache-2.0
// How far one column's sample is from a reference's.
#pragma once

#include "base/columns/batch.hpp"
#include "base/json_fwd.hpp"

#include <vector>

namespace gossamer::executors {

// Entries as numbers; null, NaN and infinite ones, which have no place on an axis, as NaN.
std::vector<double> finite_or_nan(const Column& column);

// docs/reports.md, "profile", member `drift` of a column. Null figures are those that the column's
// type or a side without values does not define.
Json drift_of_numbers(const std::vector<double>& reference, const std::vector<double>& actual);
// Of texts, booleans and dates: each distinct value is a category, and missing is one too.
Json drift_of_categories(const Column& reference, const Column& actual);

}  // namespace gossamer::executors
