// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orchestration/run.hpp"

namespace gossamer::orchestration {

// `totals` with a row added (`by` +1) or taken away (-1).
RunTotals counted(RunTotals totals, StepStatus status, int by);

}  // namespace gossamer::orchestration
