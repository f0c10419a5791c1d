// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

namespace gossamer::executors {

// Held by whoever removes files that nobody needs any more, and by whoever copies those that the
// store names: what a backup has read in the store stays on the disk until it is copied. `state` is
// `.gossamer`. conflict where another process, or another thread of this one, holds it.
Result<FileLock> lock_kept_files(const fs::path& state);

// As remove_tree, also where folders are without write permission, as copies of code are.
Result<void> remove_read_only_tree(const fs::path& folder);

}  // namespace gossamer::executors
