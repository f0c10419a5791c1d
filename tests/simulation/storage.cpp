// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/storage.hpp"

#include <stdexcept>

#include "orchestration/fakes/memory_backfills.hpp"
#include "orchestration/fakes/memory_store.hpp"
#include "pipeline/load.hpp"
#include "pipeline/naive_sql.hpp"
#include "store/sqlite/store.hpp"

namespace gossamer::simulation {
namespace {

using DefinitionPointer = std::shared_ptr<const pipeline::Definition>;

Result<DefinitionPointer> definition_in(const Files& files) {
  const pipeline::Known known{{"raw.rentals"}, {}};
  auto loaded = pipeline::load_files(files, pipeline::parse_naively, known);
  if (loaded.definition) return DefinitionPointer(loaded.definition);
  return std::unexpected(loaded.errors.front());
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::invalid_argument(result.error().describe());
  return *std::move(result);
}

class MemoryStorage final : public Storage {
 public:
  explicit MemoryStorage(const Files& files) {
    definitions_.activate(must(definition_in(files)), "olga");
  }
  orchestration::RunStore& runs() override { return store_; }
  orchestration::RunViews& views() override { return store_; }
  orchestration::ReleaseStore& releases() override { return store_; }
  approval::GateStore& gates() override { return store_; }
  orchestration::ScheduleStore& schedules() override { return store_; }
  orchestration::Definitions& definitions() override { return definitions_; }
  orchestration::BackfillStore& backfills() override { return backfills_; }
  orchestration::PartitionHistory& partition_history() override { return backfills_; }

 private:
  orchestration::fakes::MemoryStore store_;
  orchestration::fakes::MemoryBackfills backfills_{store_};
  orchestration::fakes::MemoryDefinitions definitions_;
};

class FileStorage final : public Storage {
 public:
  FileStorage(const fs::path& file, const Files& files) {
    // Reading a definition back is not what is simulated: it is read once.
    const DefinitionPointer definition = must(definition_in(files));
    const auto reader = [definition](const orchestration::StoredDefinition&) {
      return Result<DefinitionPointer>(definition);
    };
    store_ = must(store::sqlite::Store::open(file, store::sqlite::Purpose::drive, reader));
    orchestration::StoredDefinition stored;
    stored.digest = definition->digest;
    stored.files = files;
    stored.parsed = Json::object();
    stored.applied_by = "olga";
    const orchestration::AuditNote note{
        orchestration::Actor{"olga", true, "cli"}, "definition.apply", stored.digest.text(), {}};
    const auto active = store_->definition_store().activate(stored, note);
    if (!active) throw std::invalid_argument(active.error().describe());
  }
  orchestration::RunStore& runs() override { return store_->runs(); }
  orchestration::RunViews& views() override { return store_->run_views(); }
  orchestration::ReleaseStore& releases() override { return store_->releases(); }
  approval::GateStore& gates() override { return store_->gates(); }
  orchestration::ScheduleStore& schedules() override { return store_->schedules(); }
  orchestration::Definitions& definitions() override { return store_->definitions(); }
  orchestration::BackfillStore& backfills() override { return store_->backfills(); }
  orchestration::PartitionHistory& partition_history() override {
    return store_->partition_history();
  }

 private:
  std::unique_ptr<store::sqlite::Store> store_;
};

}  // namespace

std::unique_ptr<Storage> in_memory(const Files& files) {
  return std::make_unique<MemoryStorage>(files);
}

std::unique_ptr<Storage> in_file(const fs::path& file, const Files& files) {
  return std::make_unique<FileStorage>(file, files);
}

}  // namespace gossamer::simulation
