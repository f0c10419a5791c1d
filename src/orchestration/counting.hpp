// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orchestration/run.hpp"

namespace gossamer::orchestration {

// `totals` with a row added (`by` +1) or taken away (-1).
RunTotals counted(RunTotals totals, StepStatus status, int by);

// What the index holds of a step, the rest of the index being right.
std::shared_ptr<const StepSummary> indexed_summary(const RunState& run, std::size_t step);

}  // namespace gossamer::orchestration
