// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/columns/batch.hpp"
#include "executors/job.hpp"

namespace gossamer::executors {

// Key columns of everything that the job reads: names that no model learns from.
std::set<std::string> key_columns_of(const Job& job);

// All columns in order but label, weight, keys and those excluded. invalid_input where `exclude`
// names a column that is not there (with a suggestion).
Result<std::vector<std::string>> features_of(const Batch& rows, const std::string& label,
                                             const std::string& weight,
                                             const std::set<std::string>& keys,
                                             const std::vector<std::string>& exclude);

}  // namespace gossamer::executors
