// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/columns/batch.hpp"
#include "base/json.hpp"
#include "executors/evaluate/sides.hpp"

namespace gossamer::executors {

// docs/reports.md, "evaluate", member `curves`: of two classes ROC, precision and recall, lift and
// calibration; of other models an empty list. `before` may be null.
Json curves_json(const Side& now, const Side* before);

// Member `drivers`: the mean absolute contribution of each feature over some of the rows.
Json drivers_json(const Batch& rows, const Side& now, const Side* before);

}  // namespace gossamer::executors
