// SPDX-License-Identifier: Apache-2.0
#include "warehouse/project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/files.hpp"

namespace gossamer::warehouse {

namespace {

// Folders that hold files, relative to `home`: what may be a partition's.
Result<std::vector<std::string>> partition_folders(const fs::path& home) {
  std::vector<std::string> folders;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(home, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (!at->is_directory()) continue;
    const bool is_leaf =
        std::ranges::none_of(fs::directory_iterator(at->path()),
                             [](const fs::directory_entry& entry) { return entry.is_directory(); });
    if (is_leaf) folders.push_back(at->path().lexically_relative(home).string());
  }
  if (failed) return std::unexpected(system_error(failed.value(), "list", home));
  return folders;
}

std::vector<std::string> names_of(const release::PartitionContent& content) {
  std::vector<std::string> names;
  for (const auto& file : content.files)
    names.push_back(file.name);
  std::ranges::sort(names);
  return names;
}

}  // namespace

Result<bool> HiveProjection::is_current(const fs::path& home,
                                        const release::PartitionContent& content) const {
  TRY_ASSIGN(const bool exists, path_exists(home));
  if (!exists) return false;
  TRY_ASSIGN(const auto present, list_folder(home));
  return present == names_of(content);
}

Result<void> HiveProjection::project(const std::string& table,
                                     const release::PartitionKey& key) const {
  TRY_ASSIGN(const auto content, catalog_.current(table, key));
  return bring_to(layout_.projection(table) / key.text(), content ? &*content : nullptr);
}

// Out of the readers' sight in one step, then gone.
Result<void> HiveProjection::put_away(const fs::path& home) const {
  const auto staged = layout_.staging() / std::string(digest_of(home.string()).hex());
  TRY(make_folders(layout_.staging()));
  step("take a partition away");
  TRY(rename_path(home, staged));
  step("remove what was taken away");
  return remove_tree(staged);
}

Result<std::uint64_t> HiveProjection::remove_strangers(const std::string& table,
                                                       const Snapshot& snapshot) const {
  const auto home = layout_.projection(table);
  TRY_ASSIGN(const bool exists, path_exists(home));
  if (!exists) return 0;
  std::set<std::string> known;
  for (const auto& content : snapshot.contents)
    known.insert(content.key.text());
  TRY_ASSIGN(const auto folders, partition_folders(home));
  std::uint64_t removed = 0;
  for (const auto& folder : folders) {
    if (known.contains(folder)) continue;
    TRY(put_away(home / folder));
    ++removed;
  }
  return removed;
}

Result<fs::path> HiveProjection::project_candidate(const std::string& table,
                                                   const std::string& name) const {
  TRY_ASSIGN(const auto contents, catalog_.contents(table));
  auto home = layout_.candidate_projection(table, name);
  bool found = false;
  std::set<release::PartitionKey> done;
  // Newest first: a partition that was written twice shows its last content.
  for (const auto& entry : contents) {
    if (entry.candidate != name || !done.insert(entry.content.key).second) continue;
    TRY(bring_to(home / entry.content.key.text(), &entry.content));
    found = true;
  }
  if (!found) return not_found(fmt::format("{} has no candidate '{}'", table, name));
  return home;
}

Result<void> HiveProjection::bring_to(const fs::path& home,
                                      const release::PartitionContent* content) const {
  TRY_ASSIGN(const bool exists, path_exists(home));
  const auto staged = layout_.staging() / fmt::format("{}", digest_of(home.string()).hex());
  step("clear the staging folder");
  TRY(remove_tree(staged));
  if (content == nullptr) return exists ? put_away(home) : Result<void>();
  TRY_ASSIGN(const bool current, is_current(home, *content));
  if (current) return {};
  step("make the staging folder");
  TRY(make_folders(staged));
  const auto source = layout_.partition_files(content->table, content->attempt, content->key);
  for (const auto& file : content->files) {
    step("link a file");
    TRY(link_or_copy(source / file.name, staged / file.name));
  }
  if (!exists) {
    TRY(make_folders(home.parent_path()));
    step("show a new partition");
    return rename_path(staged, home);
  }
  step("exchange a partition");
  TRY(exchange(staged, home));
  step("remove what was exchanged");
  return remove_tree(staged);
}

Result<std::uint64_t> HiveProjection::project_table(const std::string& table) const {
  TRY_ASSIGN(const auto version, catalog_.version());
  TRY_ASSIGN(const auto snapshot, catalog_.snapshot(table, version));
  std::uint64_t mended = 0;
  for (const auto& content : snapshot.contents) {
    const auto home = layout_.projection(table) / content.key.text();
    TRY_ASSIGN(const bool current, is_current(home, content));
    if (current) continue;
    TRY(bring_to(home, &content));
    ++mended;
  }
  TRY_ASSIGN(const auto removed, remove_strangers(table, snapshot));
  return mended + removed;
}

Result<std::uint64_t> HiveProjection::recover() const {
  TRY(remove_tree(layout_.staging()));
  TRY_ASSIGN(const auto tables, catalog_.tables());
  std::uint64_t mended = 0;
  for (const auto& table : tables) {
    TRY_ASSIGN(const auto of_table, project_table(table.name));
    mended += of_table;
  }
  return mended;
}

}  // namespace gossamer::warehouse
