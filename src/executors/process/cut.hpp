// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "executors/job.hpp"

namespace gossamer::executors {

// A program reads files, and files cannot be cut by a window. For each view of the job that has
// bounds: a `sql` job that writes just the rows within them below `cut/` in the attempt's folder.
std::vector<Job> cuts_of(const Job& job);

// The job with those views over what the cuts have written.
Result<Job> with_cuts(Job job);

}  // namespace gossamer::executors
