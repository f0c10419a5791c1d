// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/store.hpp"

#include "store/sqlite/account_store.hpp"
#include "store/sqlite/backfill_store.hpp"
#include "store/sqlite/catalog_store.hpp"
#include "store/sqlite/definition_store.hpp"
#include "store/sqlite/gate_store.hpp"
#include "store/sqlite/release_store.hpp"
#include "store/sqlite/run_store.hpp"
#include "store/sqlite/schedule_store.hpp"

namespace gossamer::store::sqlite {

struct Store::Parts {
  Parts(std::unique_ptr<Connections> opened, orchestration::DefinitionReader reader)
      : connections(std::move(opened)),
        definition_store(*connections),
        definitions(definition_store, std::move(reader)),
        runs(*connections, definitions),
        releases(*connections),
        schedules(*connections),
        models(*connections),
        gates(*connections),
        audit(*connections),
        accounts(*connections),
        catalog(*connections),
        backfills(*connections) {}

  std::unique_ptr<Connections> connections;
  SqliteDefinitionStore definition_store;
  CachedDefinitions definitions;
  SqliteRunStore runs;
  SqliteReleaseStore releases;
  SqliteScheduleStore schedules;
  SqliteModelStore models;
  SqliteGateStore gates;
  SqliteAuditStore audit;
  SqliteAccountStore accounts;
  SqliteCatalogStore catalog;
  SqliteBackfillStore backfills;
};

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& file, Purpose purpose,
                                           orchestration::DefinitionReader reader) {
  TRY_ASSIGN(auto connections, Connections::open(file, purpose));
  return std::unique_ptr<Store>(
      new Store(std::make_unique<Parts>(std::move(connections), std::move(reader))));
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::~Store() = default;

orchestration::RunStore& Store::runs() { return parts_->runs; }
orchestration::RunViews& Store::run_views() { return parts_->runs; }
orchestration::ReleaseStore& Store::releases() { return parts_->releases; }
orchestration::ScheduleStore& Store::schedules() { return parts_->schedules; }
orchestration::DefinitionStore& Store::definition_store() { return parts_->definition_store; }
orchestration::Definitions& Store::definitions() { return parts_->definitions; }
approval::GateStore& Store::gates() { return parts_->gates; }
warehouse::CatalogStore& Store::catalog() { return parts_->catalog; }
warehouse::CatalogHistory& Store::catalog_history() { return parts_->catalog; }
warehouse::PartitionLocks& Store::partition_locks() { return parts_->catalog; }
models::ModelStore& Store::models() { return parts_->models; }
models::ModelKeeper& Store::model_keeper() { return parts_->models; }
access::AuditStore& Store::audit() { return parts_->audit; }
orchestration::BackfillStore& Store::backfills() { return parts_->backfills; }
orchestration::PartitionHistory& Store::partition_history() { return parts_->backfills; }
access::AccountStore& Store::accounts() { return parts_->accounts; }
Connections& Store::connections() { return *parts_->connections; }

}  // namespace gossamer::store::sqlite
