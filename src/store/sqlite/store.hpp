// SPDX-License-Identifier: Apache-2.0
// store: the control database. Owns every ...Store port and RunViews on one SQLite file: all that
// Gossamer must not forget, except the data itself. Decides nothing: the rules are in the libraries
// whose ports these are. Threads: everything may be called from any thread; writers wait for one
// another, readers for nobody. On a full or broken disk a call fails as `unavailable` and what was
// stored before stays.
#pragma once

#include <filesystem>
#include <memory>

#include "access/accounts.hpp"
#include "access/audit.hpp"
#include "approval/gate.hpp"
#include "models/registry.hpp"
#include "orchestration/backfill.hpp"
#include "orchestration/ports.hpp"
#include "store/sqlite/connections.hpp"
#include "warehouse/catalog.hpp"

namespace gossamer::store::sqlite {

class Store {
 public:
  // Purpose::drive makes and migrates the file; whoever drives holds the workspace's engine lock.
  // A file of a newer program is refused (invalid_input), a damaged one is `unavailable`.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& file, Purpose purpose,
                                             orchestration::DefinitionReader reader);
  ~Store();

  orchestration::RunStore& runs();
  orchestration::RunViews& run_views();
  orchestration::ReleaseStore& releases();
  orchestration::ScheduleStore& schedules();
  orchestration::DefinitionStore& definition_store();
  orchestration::Definitions& definitions();
  approval::GateStore& gates();
  warehouse::CatalogStore& catalog();
  warehouse::CatalogHistory& catalog_history();
  warehouse::PartitionLocks& partition_locks();
  models::ModelStore& models();
  models::ModelKeeper& model_keeper();
  access::AuditStore& audit();
  orchestration::BackfillStore& backfills();
  orchestration::PartitionHistory& partition_history();
  access::AccountStore& accounts();
  Connections& connections();

 private:
  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gossamer::store::sqlite
