// SPDX-License-Identifier: Apache-2.0
#include "warehouse/project.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.hpp"

namespace gossamer::warehouse {

namespace {

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
  TRY_ASSIGN(const auto version, catalog_.version());
  TRY_ASSIGN(const auto snapshot, catalog_.snapshot(table, version));
  const auto content = std::ranges::find(snapshot.contents, key, &release::PartitionContent::key);
  return bring_to(layout_.projection(table) / key.text(),
                  content == snapshot.contents.end() ? nullptr : &*content);
}

Result<void> HiveProjection::bring_to(const fs::path& home,
                                      const release::PartitionContent* content) const {
  TRY_ASSIGN(const bool exists, path_exists(home));
  const auto staged = layout_.staging() / fmt::format("{}", digest_of(home.string()).hex());
  TRY(remove_tree(staged));
  if (content == nullptr) {
    if (!exists) return {};
    // Out of the readers' sight in one step, then gone.
    TRY(make_folders(layout_.staging()));
    TRY(rename_path(home, staged));
    return remove_tree(staged);
  }
  TRY_ASSIGN(const bool current, is_current(home, *content));
  if (current) return {};
  TRY(make_folders(staged));
  const auto source = layout_.partition_files(content->table, content->attempt, content->key);
  for (const auto& file : content->files) {
    TRY(link_or_copy(source / file.name, staged / file.name));
  }
  if (!exists) {
    TRY(make_folders(home.parent_path()));
    return rename_path(staged, home);
  }
  TRY(exchange(staged, home));
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
  return mended;
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
