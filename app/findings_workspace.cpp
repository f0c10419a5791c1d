// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/findings.hpp"
#include "app/queries.hpp"
#include "executors/engine_lock.hpp"
#include "executors/state_folder.hpp"
#include "store/sqlite/store.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::app {

namespace {

using store::sqlite::Purpose;
using store::sqlite::Store;

struct LeftAttempts {
  std::size_t waiting = 0;  // for an engine to take up how they ended
  std::size_t working = 0;  // without one
};

// Attempts that the store calls running while nobody drives.
Result<LeftAttempts> left_attempts(const Paths& paths) {
  TRY_ASSIGN(const auto store, Store::open(paths.store, Purpose::look, read_definition));
  TRY_ASSIGN(const auto runs, store->runs().load_open());
  const executors::StateFolder state(paths.state);
  LeftAttempts left;
  for (const auto& run : runs) {
    for (const auto& instances : run.steps) {
      for (const auto& step : instances) {
        if (step.status != orchestration::StepStatus::running || !step.attempt) continue;
        const auto& name = run.pipeline->steps[step.step].name;
        const auto file = state.attempt(run.id, name, *step.attempt).lock();
        const auto exists = path_exists(file);
        const auto lock = exists && *exists ? FileLock::try_lock(file)
                                            : Result<std::optional<FileLock>>(std::nullopt);
        const bool is_held = exists && *exists && lock && !*lock;
        ++(is_held ? left.working : left.waiting);
      }
    }
  }
  return left;
}

struct LostFiles {
  std::size_t files = 0;
  std::size_t lost = 0;
  std::string first;  // of the lost: its path, and what is wrong with it
};

Result<LostFiles> lost_files(const Paths& paths) {
  TRY_ASSIGN(const auto store, Store::open(paths.store, Purpose::look, read_definition));
  const warehouse::Layout layout(paths.warehouse);
  LostFiles result;
  TRY_ASSIGN(const auto version, store->catalog().version());
  TRY_ASSIGN(const auto tables, store->catalog().tables());
  for (const auto& table : tables) {
    TRY_ASSIGN(const auto snapshot, store->catalog().snapshot(table.name, version));
    for (const auto& content : snapshot.contents) {
      const auto folder = layout.partition_files(table.name, content.attempt, content.key);
      for (const auto& file : content.files) {
        ++result.files;
        std::error_code error;
        const auto bytes = fs::file_size(folder / file.name, error);
        if (!error && bytes == file.bytes) continue;
        if (result.lost++ > 0) continue;
        result.first =
            fmt::format("{} {}: {}", table.name, content.key.text(),
                        error ? fmt::format("{} is missing", (folder / file.name).string())
                              : fmt::format("{} has {} bytes, not {}",
                                            (folder / file.name).string(), bytes, file.bytes));
      }
    }
  }
  return result;
}

}  // namespace

bool look_at_store(Findings& found, const Paths& paths) {
  const auto exists = path_exists(paths.store);
  if (exists && !*exists) {
    found.ok("store", "nothing is stored yet");
    return false;
  }
  const auto store = Store::open(paths.store, Purpose::look, read_definition);
  if (!store) {
    found.failed("store", store.error().describe(),
                 "a store of an older program is brought up to date by the next command that "
                 "drives; a damaged one is replaced by gossamer restore");
    return false;
  }
  const auto checked = (*store)->connections().check_integrity();
  if (!checked) {
    found.failed("store", checked.error().describe(),
                 "stop using the disk, and make the workspace anew with gossamer restore");
    return false;
  }
  std::error_code error;
  found.ok("store", fmt::format("sound, {} bytes", fs::file_size(paths.store, error)));
  return true;
}

void look_at_attempts(Findings& found, const Paths& paths) {
  const auto left = left_attempts(paths);
  if (!left) {
    return found.failed("attempts", left.error().describe(), "mend the parts named above");
  }
  if (left->waiting + left->working == 0) return found.ok("attempts", "none was left behind");
  found.warning("attempts",
                fmt::format("{} at work without an engine, {} left by one that ended",
                            left->working, left->waiting),
                "the next command that drives takes them up, such as gossamer apply");
}

void look_at_contents(Findings& found, const Paths& paths) {
  const auto lost = lost_files(paths);
  if (!lost) return found.failed("data", lost.error().describe(), "mend the parts named above");
  if (lost->lost == 0) {
    return found.ok("data", fmt::format("{} files, as they were published", lost->files));
  }
  found.failed("data",
               fmt::format("{} of {} published files are damaged, first {}", lost->lost,
                           lost->files, lost->first),
               "run the partition again (gossamer run, or tables import), go back with gossamer "
               "tables rollback, or copy the file out of a backup");
}

}  // namespace gossamer::app
