// SPDX-License-Identifier: Apache-2.0
#include "app/backup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "app/copy_tree.hpp"
#include "app/queries.hpp"
#include "base/json_fields.hpp"
#include "executors/kept_files.hpp"
#include "store/sqlite/store.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::app {

namespace {

using store::sqlite::Purpose;
using store::sqlite::Store;

constexpr std::string_view list_name = "backup.json";
constexpr std::string_view tree_name = "workspace";
constexpr int schema = 1;

// Beside `folder`: what is not complete yet.
fs::path draft_of(const fs::path& folder, std::string_view suffix) {
  fs::path draft = folder;
  draft += suffix;
  return draft;
}

Result<void> require_nothing_there(const fs::path& folder) {
  TRY_ASSIGN(const bool exists, path_exists(folder));
  if (!exists) return {};
  const auto names = list_folder(folder);
  if (names && names->empty()) return {};
  return conflict(
      fmt::format("{} is there already: name a folder that does not exist yet", folder.string()));
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::ranges::mismatch(folder, path).in1 == folder.end();
}

fs::path whole_path(const fs::path& path) {
  const auto normal = fs::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

// Below `.gossamer`: what people may ask for later. Not the store itself, which is copied by its
// own means, nor locks, sockets, caches and what belongs to processes that run now.
bool is_kept_state(const fs::path& path) {
  static const std::set<std::string> kept{"evidence", "history", "code", "runs"};
  std::vector<std::string> parts;
  for (const fs::path& part : path)
    parts.push_back(part.string());
  if (!kept.contains(parts.front())) return false;
  // runs/RUN/STEP/ATTEMPT/...: the links to input files, and raw output that has been taken over.
  static const std::set<std::string> passing{"inputs", "output", "cut", "lock"};
  return parts.front() != "runs" || parts.size() < 5 || !passing.contains(parts[4]);
}

// What people wrote: all but the state and the data.
bool is_written_by_people(const fs::path& path) {
  return *path.begin() != ".gossamer" && *path.begin() != "warehouse";
}

class Backup {
 public:
  Backup(const Paths& paths, fs::path draft)
      : paths_(paths), draft_(std::move(draft)), tree_(draft_ / tree_name) {}

  Result<BackupReport> make(const fs::path& target, const Clock& clock) {
    TRY(executors::remove_read_only_tree(draft_));
    TRY(make_folders(tree_));
    // The store comes first: everything that it names was written before, and stays while the lock
    // on kept files is held.
    TRY(copy_store());
    TRY(copy_tree({}, is_written_by_people));
    TRY(copy_tree(".gossamer", is_kept_state));
    BackupReport report{target, 0, 0};
    Json list = Json::array();
    for (const TreeEntry& entry : entries_) {
      list.push_back(to_json(entry));
      if (entry.kind == EntryKind::file) ++report.files;
      report.bytes += entry.bytes;
    }
    const Json json{{"schema", schema},
                    {"program", GOSSAMER_VERSION},
                    {"store", store::sqlite::migrations().size()},
                    {"made_at", format_instant(clock.now())},
                    {"entries", std::move(list)}};
    TRY(write_file_durably(draft_ / list_name, json.dump(1)));
    TRY(sync_file_system(draft_));
    TRY(rename_path(draft_, target));
    TRY(fsync_folder(target.parent_path()));
    return report;
  }

 private:
  Result<void> add(TreeEntry entry) {
    const auto copied = copy_entry(entry, paths_.workspace, tree_);
    if (copied) entries_.push_back(std::move(entry));
    return copied;
  }

  Result<void> add_folders(const fs::path& folder) {
    fs::path path;
    for (const fs::path& part : folder) {
      path /= part;
      if (folders_.insert(path.string()).second) {
        TreeEntry entry;
        entry.path = path.string();
        entry.kind = EntryKind::folder;
        entry.mode = 0755;
        TRY(add(std::move(entry)));
      }
    }
    return {};
  }

  // What is below `below` and wanted; `filter` is asked with paths relative to it.
  Result<void> copy_tree(const fs::path& below, const TreeFilter& filter) {
    TRY_ASSIGN(auto entries, list_tree(paths_.workspace / below, filter));
    if (!below.empty() && !entries.empty()) TRY(add_folders(below));
    for (TreeEntry& entry : entries) {
      entry.path = (below / entry.path).string();
      const auto copied = add(std::move(entry));
      // What goes while it is copied (an editor's file, a finished attempt's) was not to be kept.
      if (!copied && copied.error().kind != ErrorKind::not_found) return copied;
    }
    return {};
  }

  Result<void> copy_store() {
    TRY_ASSIGN(const bool exists, path_exists(paths_.store));
    if (!exists) return {};
    const auto name = paths_.store.lexically_relative(paths_.workspace);
    TRY(add_folders(name.parent_path()));
    {
      TRY_ASSIGN(const auto store, Store::open(paths_.store, Purpose::look, read_definition));
      TRY(store->connections().copy_to(draft_ / name.filename()));
    }
    // Listed with the digest of what was copied, as any file.
    TreeEntry entry;
    entry.path = name.filename().string();
    TRY(copy_entry(entry, draft_, tree_ / name.parent_path()));
    entry.path = name.string();
    entries_.push_back(std::move(entry));
    TRY(copy_contents(draft_ / name.filename()));
    for (const char* suffix : {"", "-wal", "-shm"}) {
      TRY(remove_tree(draft_of(draft_ / name.filename(), suffix)));
    }
    return {};
  }

  // The files of tables that the copied store names.
  Result<void> copy_contents(const fs::path& store_file) {
    TRY_ASSIGN(const auto store, Store::open(store_file, Purpose::look, read_definition));
    const warehouse::Layout layout(paths_.warehouse);
    TRY_ASSIGN(const auto tables, store->catalog().tables());
    for (const auto& table : tables) {
      TRY_ASSIGN(const auto contents, store->catalog().contents(table.name));
      for (const auto& entry : contents) {
        const auto folder =
            layout.partition_files(table.name, entry.content.attempt, entry.content.key)
                .lexically_relative(paths_.workspace);
        for (const auto& file : entry.content.files)
          TRY(copy_content(folder / file.name));
      }
    }
    return {};
  }

  Result<void> copy_content(const fs::path& path) {
    TRY(add_folders(path.parent_path()));
    TreeEntry entry;
    entry.path = path.string();
    const auto copied = add(std::move(entry));
    if (copied || copied.error().kind != ErrorKind::not_found) return copied;
    return unavailable(fmt::format(
        "{} is missing, which the store names: gossamer doctor lists what is lost", path.string()));
  }

  const Paths& paths_;
  fs::path draft_;
  fs::path tree_;
  std::vector<TreeEntry> entries_;
  std::set<std::string> folders_;  // that are listed already
};

Result<std::vector<TreeEntry>> read_list(const fs::path& backup) {
  const auto text = read_file(backup / list_name);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return invalid_input(fmt::format("{} is no backup: it has no {}", backup.string(), list_name));
  }
  if (!text) return std::unexpected(text.error());
  TRY_ASSIGN(const auto json, parse_json(*text, (backup / list_name).string()));
  TRY_ASSIGN(const auto made_as, require<std::int64_t>(json, "schema", "backup"));
  TRY_ASSIGN(const auto store, require<std::int64_t>(json, "store", "backup"));
  TRY_ASSIGN(const auto program, require<std::string>(json, "program", "backup"));
  const auto known = static_cast<std::int64_t>(store::sqlite::migrations().size());
  if (made_as > schema || store > known) {
    return invalid_input(fmt::format(
        "{} was made by gossamer {}, which is newer than this one ({}): restore it with that one",
        backup.string(), program, GOSSAMER_VERSION));
  }
  TRY_ASSIGN(const auto entries, require<Json>(json, "entries", "backup"));
  std::vector<TreeEntry> list;
  for (const auto& entry : entries) {
    TRY_ASSIGN(auto read, tree_entry_from_json(entry));
    list.push_back(std::move(read));
  }
  return list;
}

}  // namespace

Result<BackupReport> back_up(const Paths& paths, const fs::path& target, const Clock& clock) {
  const auto folder = whole_path(target);
  if (lies_in(folder, paths.workspace)) {
    return invalid_input(fmt::format(
        "{} lies inside the workspace: a backup belongs elsewhere, best on another disk",
        folder.string()));
  }
  TRY(require_nothing_there(folder));
  TRY(make_folders(folder.parent_path()));
  TRY(make_folders(paths.state));
  TRY_ASSIGN(const auto lock, executors::lock_kept_files(paths.state));
  return Backup(paths, draft_of(folder, ".partial")).make(folder, clock);
}

Result<BackupReport> restore_backup(const fs::path& backup, const fs::path& target) {
  const auto folder = whole_path(target);
  TRY(require_nothing_there(folder));
  TRY_ASSIGN(auto entries, read_list(backup));
  const auto draft = draft_of(folder, ".restoring");
  TRY(executors::remove_read_only_tree(draft));
  TRY(make_folders(draft));
  BackupReport report{folder, 0, 0};
  for (TreeEntry& entry : entries) {
    const TreeEntry listed = entry;
    TRY(copy_entry(entry, backup / tree_name, draft));
    if (entry.digest != listed.digest) {
      return unavailable(fmt::format("{} is not what was backed up: the backup is damaged",
                                     (backup / tree_name / entry.path).string()));
    }
    if (entry.kind == EntryKind::file) ++report.files;
    report.bytes += entry.bytes;
  }
  TRY(finish_folders(entries, draft));
  TRY(sync_file_system(draft));
  TRY(rename_path(draft, folder));
  TRY(fsync_folder(folder.parent_path()));
  return report;
}

}  // namespace gossamer::app
