// SPDX-License-Identifier: Apache-2.0
#include "executors/process/code.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "executors/kept_files.hpp"

namespace gossamer::executors {
namespace {

struct Entry {
  fs::path path;     // relative to the workspace
  std::string link;  // its target, of a symbolic link
  bool is_executable = false;
  Digest digest;
};

Error read_error(const fs::path& path, const std::error_code& error) {
  return system_error(error.value(), "read", path);
}

Result<fs::path> checked(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  if (normal.empty() || normal.is_absolute() || *normal.begin() == "..") {
    return invalid_input(
        fmt::format("code '{}' does not lie inside the workspace: name a relative path", path));
  }
  return normal.has_filename() ? normal : normal.parent_path();
}

Result<Entry> entry_of(const fs::path& path, const fs::path& workspace) {
  Entry entry{path, "", false, {}};
  std::error_code error;
  const fs::file_status status = fs::symlink_status(workspace / path, error);
  if (error) return std::unexpected(read_error(workspace / path, error));
  if (fs::is_symlink(status)) {
    const fs::path target = fs::read_symlink(workspace / path, error);
    const fs::path reached = (path.parent_path() / target).lexically_normal();
    if (target.is_absolute() || reached.empty() || *reached.begin() == "..") {
      return invalid_input(fmt::format(
          "{} is a link to {}, outside of the workspace: a copy of it would not be what it was",
          path.string(), target.string()));
    }
    entry.link = target.string();
    return entry;
  }
  if (!fs::is_regular_file(status)) {
    return invalid_input(fmt::format("{} is neither a file nor a folder", path.string()));
  }
  entry.is_executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
  TRY_ASSIGN(entry.digest, digest_of_file(workspace / path));
  return entry;
}

Result<void> collect(const fs::path& path, const fs::path& workspace, std::vector<Entry>& entries) {
  std::error_code error;
  if (fs::is_directory(fs::symlink_status(workspace / path, error))) {
    TRY_ASSIGN(const auto names, list_folder(workspace / path));
    for (const std::string& name : names)
      TRY(collect(path / name, workspace, entries));
    return {};
  }
  TRY_ASSIGN(Entry entry, entry_of(path, workspace));
  entries.push_back(std::move(entry));
  return {};
}

Digest digest_of_entries(const std::vector<Entry>& entries) {
  Sha256 hash;
  for (const Entry& entry : entries) {
    const std::string_view kind = !entry.link.empty()   ? "link"
                                  : entry.is_executable ? "run"
                                                        : "file";
    hash.update(fmt::format("{}\n{}\n{}\n", entry.path.string(), kind,
                            entry.link.empty() ? entry.digest.text() : entry.link));
  }
  return hash.finish();
}

Result<void> copy_entry(const Entry& entry, const fs::path& workspace, const fs::path& target) {
  TRY(make_folders((target / entry.path).parent_path()));
  std::error_code error;
  if (!entry.link.empty()) {
    fs::create_symlink(entry.link, target / entry.path, error);
    if (error) return std::unexpected(system_error(error.value(), "link", target / entry.path));
    return {};
  }
  fs::copy_file(workspace / entry.path, target / entry.path, error);
  if (error) return std::unexpected(system_error(error.value(), "copy", workspace / entry.path));
  TRY_ASSIGN(const Digest digest, digest_of_file(target / entry.path));
  if (digest != entry.digest) {
    return conflict(fmt::format("{} changed while it was copied: run again", entry.path.string()));
  }
  auto permissions = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
  if (entry.is_executable) {
    permissions |= fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  }
  fs::permissions(target / entry.path, permissions, error);
  return {};
}

void forbid_writing(const fs::path& folder) {
  constexpr auto writing =
      fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_directory(error)) {
      fs::permissions(entry.path(), writing, fs::perm_options::remove, error);
    }
  }
}

}  // namespace

Result<fs::path> keep_code(const std::vector<std::string>& paths, const fs::path& workspace,
                           const fs::path& store) {
  std::vector<Entry> entries;
  for (const std::string& path : paths) {
    TRY_ASSIGN(const fs::path place, checked(path));
    const auto exists = path_exists(workspace / place);
    if (exists && !*exists) {
      return not_found(fmt::format("code '{}' does not exist in the workspace", path));
    }
    TRY(collect(place, workspace, entries));
  }
  std::ranges::sort(entries, {}, &Entry::path);
  const auto twice = std::ranges::unique(entries, {}, &Entry::path);
  entries.erase(twice.begin(), twice.end());
  const Digest digest = digest_of_entries(entries);
  fs::path kept = store / digest.hex();
  TRY_ASSIGN(const bool is_there, path_exists(kept));
  if (is_there) return kept;
  const fs::path draft = store / (std::string(digest.hex()) + ".new");
  TRY(remove_read_only_tree(draft));
  TRY(make_folders(draft));
  for (const Entry& entry : entries)
    TRY(copy_entry(entry, workspace, draft));
  forbid_writing(draft);
  TRY(rename_path(draft, kept));
  return kept;
}

Result<FileLock> lock_code(const fs::path& store) {
  TRY(make_folders(store));
  return FileLock::lock(store / code_lock_name);
}

Result<fs::path> pinned_code(const std::vector<std::string>& paths, const fs::path& workspace,
                             const fs::path& store, const fs::path& pins) {
  const fs::path pin = pins / digest_of(join(paths, "\n")).hex();
  TRY_ASSIGN(const FileLock lock, lock_code(store));
  const auto known = read_file(pin);
  if (known) {
    const auto digest = Digest::parse(trimmed(*known));
    if (digest && path_exists(store / digest->hex()).value_or(false)) return store / digest->hex();
  }
  TRY_ASSIGN(fs::path kept, keep_code(paths, workspace, store));
  TRY(make_folders(pins));
  TRY(write_file_durably(pin, fmt::format("sha256:{}\n", kept.filename().string())));
  return kept;
}

}  // namespace gossamer::executors
