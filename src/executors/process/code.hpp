// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/files.hpp"

namespace gossamer::executors {

// Copies folders (or files) of the workspace, at their relative places, into `store/<digest>/`,
// without write permission, and gives that folder. What was copied before is found again. Errors
// name a path that leaves the workspace, a link that leads out of what is copied, and special
// files.
Result<fs::path> keep_code(const std::vector<std::string>& paths, const fs::path& workspace,
                           const fs::path& store);

// The file beside the copies whose lock lock_code takes.
inline constexpr std::string_view code_lock_name = ".lock";

// Held while a copy is made or found and pinned, and while copies are chosen to be removed.
Result<FileLock> lock_code(const fs::path& store);

// The same, once per run: `pins` is a folder of the run that remembers what its first attempt
// copied, so that an edit of the workspace does not reach a run under way.
Result<fs::path> pinned_code(const std::vector<std::string>& paths, const fs::path& workspace,
                             const fs::path& store, const fs::path& pins);

}  // namespace gossamer::executors
