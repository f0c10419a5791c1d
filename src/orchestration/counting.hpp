// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orchestration/run.hpp"

namespace gossamer::orchestration {

// `counts` with a row added (`by` +1) or taken away (-1).
RunCounts counted(RunCounts counts, const StepState& row, int by);

}  // namespace gossamer::orchestration
