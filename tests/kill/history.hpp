// SPDX-License-Identifier: Apache-2.0
// What a workspace's control database and warehouse say happened, for the checker that the
// simulator uses too.
#pragma once

#include "base/files.hpp"
#include "tests/support/journal.hpp"

namespace gossamer::test {

// A transition a run, as it ended: its attempts, what they published, its last state. Folders of
// the warehouse count as projected with the attempt whose file lies in them.
Result<Journal> history_of(const fs::path& workspace);

}  // namespace gossamer::test
