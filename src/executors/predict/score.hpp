// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "executors/job.hpp"
#include "scoring/engine.hpp"

namespace gossamer::executors {

// Jobs of kind `score_rows`, spec {"model": reference} or {"path": a model that is in no registry},
// {"rows": a Parquet file, "output_type", "to": a file | null, "limit"}: every column of the file
// and the score's. outputs: as those of kind `query`.
JobHandler score_rows_handler(std::vector<scoring::Engine> engines);

}  // namespace gossamer::executors
