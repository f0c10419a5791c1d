// SPDX-License-Identifier: Apache-2.0
#include "executors/kept_files.hpp"

#include <utility>

namespace gossamer::executors {

Result<FileLock> lock_kept_files(const fs::path& state) {
  TRY_ASSIGN(auto lock, FileLock::try_lock(state / "kept.lock"));
  if (!lock) {
    return conflict(
        "a backup is being made, or files are being collected: repeat this when that has ended");
  }
  return *std::move(lock);
}

Result<void> remove_read_only_tree(const fs::path& folder) {
  std::error_code failed;
  const auto allow = [&](const fs::path& path) {
    fs::permissions(path, fs::perms::owner_write, fs::perm_options::add, failed);
  };
  if (!fs::is_symlink(folder, failed)) allow(folder);
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_directory(failed) && !at->is_symlink(failed)) allow(at->path());
  }
  return remove_tree(folder);
}

}  // namespace gossamer::executors
