// SPDX-License-Identifier: Apache-2.0
// The step kind `profile`: how the values of each column are distributed. Counts, missing values,
// least and most are of all rows; quantiles, histogram and frequent values of at most 100,000 of
// them, drawn with a fixed seed.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/json.hpp"
#include "executors/job.hpp"
#include "release/publication.hpp"

namespace gossamer::executors {

inline constexpr std::uint64_t profile_sample_rows = 100'000;

// One row of exact facts: for column i the entries c<i>_present, c<i>_distinct (approximate),
// c<i>_min, c<i>_max, and of numbers c<i>_mean; and `rows`.
std::string facts_query(const std::string& view, const std::vector<release::ColumnSchema>& columns);
// Names in lower case of columns that are counted only: neither a value nor a mean of one leaves
// the worker.
using PrivateColumns = std::set<std::string>;
// At most profile_sample_rows rows of the view.
std::string sample_query(const std::string& view);

// docs/reports.md, "profile". `reference`: a sample to lay under the histograms, or null.
Json profile_report(const std::string& table, const std::vector<release::ColumnSchema>& columns,
                    const PrivateColumns& hidden, const Batch& facts, const Batch& sample,
                    const Batch* reference);

JobHandler profile_handler();

}  // namespace gossamer::executors
