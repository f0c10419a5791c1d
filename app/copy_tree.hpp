// SPDX-License-Identifier: Apache-2.0
// Copies of files and folders with their digests, for backups.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/json.hpp"

namespace gossamer::app {

enum class EntryKind : std::uint8_t { file, folder, link };

// One thing of a tree, by its path below the tree's root.
struct TreeEntry {
  std::string path;
  EntryKind kind = EntryKind::file;
  unsigned mode = 0644;     // permissions of a file or folder
  std::uint64_t bytes = 0;  // of a file
  Digest digest;            // of a file
  std::string link;         // what a link says
};
Json to_json(const TreeEntry& entry);
// invalid_input where it is none, or its path leads out of the tree.
Result<TreeEntry> tree_entry_from_json(const Json& json);

// What of a tree is copied: a path below its root, false leaves it out with all that is in it.
using TreeFilter = std::function<bool(const fs::path& path)>;

// What lies below `root`, folders before what is in them; neither sockets nor pipes nor devices.
// Files have no size and digest yet.
Result<std::vector<TreeEntry>> list_tree(const fs::path& root, const TreeFilter& filter);

// Copies one entry; its folder must be there. Fills in size and digest, of the bytes that were
// copied. Folders stay writable. Does not sync.
Result<void> copy_entry(TreeEntry& entry, const fs::path& from, const fs::path& to);

// After everything is copied: gives the folders their permissions.
Result<void> finish_folders(const std::vector<TreeEntry>& entries, const fs::path& to);

// Makes everything durable that was written to the file system of `folder`.
Result<void> sync_file_system(const fs::path& folder);

}  // namespace gossamer::app
