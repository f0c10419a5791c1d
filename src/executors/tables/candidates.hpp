// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "warehouse/catalog.hpp"

namespace gossamer::executors {

// The newest content of each partition that a candidate has, from a table's entries, newest first.
// not_found names the candidates that there are; `conflict`: one that is held for a decision.
Result<std::vector<release::PartitionContent>> candidate_of(
    const std::vector<warehouse::ContentEntry>& entries, const std::string& table,
    const std::string& candidate);

}  // namespace gossamer::executors
