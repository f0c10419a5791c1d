// SPDX-License-Identifier: Apache-2.0
// Copies of a whole workspace that are made while it works, and workspaces made of them. A backup
// is a folder: `workspace/` with everything, and `backup.json` that lists each file with its
// digest. It holds what the store names at one moment; whatever is written later is not in it.
#pragma once

#include <cstdint>

#include "app/place.hpp"
#include "base/clock.hpp"

namespace gossamer::app {

struct BackupReport {
  fs::path folder;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// Copies the workspace into `target`, which appears whole and durable or not at all. conflict where
// something is there already, another backup is made or files are collected; invalid_input where
// `target` lies inside the workspace; unavailable where a file is missing that the store names.
Result<BackupReport> back_up(const Paths& paths, const fs::path& target, const Clock& clock);

// Makes the workspace `target` of a backup, whole and durable or not at all. Every file is compared
// with its digest. conflict where something is there already; invalid_input where the backup was
// made by a newer program, or is none; unavailable where a file of it is damaged.
Result<BackupReport> restore_backup(const fs::path& backup, const fs::path& target);

}  // namespace gossamer::app
