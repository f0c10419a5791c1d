// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "executors/job.hpp"
#include "scoring/engine.hpp"

namespace gossamer::executors {

// Jobs of kind `explain_model`, spec {"model": reference} or {"path": a model that is in no
// registry}: loads it and reports what docs/reports.md, "explain", says of it but the importance.
JobHandler explain_model_handler(std::vector<scoring::Engine> engines);

}  // namespace gossamer::executors
