// SPDX-License-Identifier: Apache-2.0
// A disk that forgets what was not synced when the power fails. The program's own code writes real
// files; in this program fsync(2) writes nothing, it marks the file as synced.
#pragma once

#include "base/files.hpp"

namespace gossamer::simulation {

// Files below `folder` that were not synced lose what is in them.
void cut_power(const fs::path& folder);

}  // namespace gossamer::simulation
