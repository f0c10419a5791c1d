// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace gossamer::supervisor {

// The direct children of this process now. Orphans of our descendants are among them, since the
// supervisor is their reaper.
std::vector<pid_t> children();

// Kills and reaps every child until none is left, and counts them. What a killed child leaves
// behind becomes our child in turn, so this ends whole trees.
std::uint64_t end_children();

}  // namespace gossamer::supervisor
