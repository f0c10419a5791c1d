// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "executors/job.hpp"

namespace gossamer::executors {

// Kind `approval`: spec as resolve.hpp says. Puts the evidence of a gate together and seals it
// below `evidence_root`; the result names its digest and whether a criterion failed.
JobHandler evidence_handler(fs::path evidence_root);

}  // namespace gossamer::executors
