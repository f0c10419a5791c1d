// SPDX-License-Identifier: Apache-2.0
#include "executors/process/code_garbage.hpp"

#include <optional>
#include <set>

#include "base/text.hpp"
#include "executors/kept_files.hpp"
#include "executors/process/code.hpp"

namespace gossamer::executors {
namespace {

// A copy that is on its way out: nobody finds it under this name.
constexpr std::string_view leaving = ".gone";

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_regular_file(failed) && !at->is_symlink(failed)) bytes += at->file_size(failed);
  }
  return bytes;
}

// The names of the copies that kept runs have pinned.
Result<std::set<std::string>> pinned_names(const fs::path& runs,
                                           const orchestration::RunStore& kept) {
  std::set<std::string> names;
  TRY_ASSIGN(const auto folders, list_folder(runs));
  for (const std::string& folder : folders) {
    const auto pins = list_folder(runs / folder / "code");
    if (!pins) continue;  // most runs pin nothing
    const auto run = RunId::parse(folder);
    if (!run) continue;
    const auto loaded = kept.load(*run);
    if (!loaded && loaded.error().kind == ErrorKind::not_found) continue;
    if (!loaded) return std::unexpected(loaded.error());
    for (const std::string& pin : *pins) {
      TRY_ASSIGN(const auto text, read_file(runs / folder / "code" / pin));
      const auto digest = Digest::parse(trimmed(text));
      if (digest) names.emplace(digest->hex());
    }
  }
  return names;
}

}  // namespace

Result<Json> collect_code(const StateFolder& state, const orchestration::RunStore& kept,
                          warehouse::CollectMode mode) {
  const fs::path store = state.code();
  // A backup must not find half of a copy under its name.
  std::optional<FileLock> collecting;
  if (mode == warehouse::CollectMode::remove) {
    TRY_ASSIGN(collecting, lock_kept_files(state.root()));
  }
  Json garbage = Json::array();
  std::vector<fs::path> gone;
  {
    // While it is held no attempt is between finding a copy and pinning it, and none makes one.
    TRY_ASSIGN(const FileLock lock, lock_code(store));
    TRY_ASSIGN(const auto pinned, pinned_names(state.runs(), kept));
    TRY_ASSIGN(const auto copies, list_folder(store));
    for (const std::string& name : copies) {
      if (name == code_lock_name || pinned.contains(name)) continue;
      garbage.push_back({{"what", "code " + name}, {"bytes", bytes_in(store / name)}});
      if (mode == warehouse::CollectMode::list) continue;
      fs::path place = store / name;
      if (!name.ends_with(leaving)) {
        place += leaving;
        TRY(remove_read_only_tree(place));
        TRY(rename_path(store / name, place));
      }
      gone.push_back(std::move(place));
    }
  }
  for (const fs::path& place : gone)
    TRY(remove_read_only_tree(place));
  return garbage;
}

}  // namespace gossamer::executors
