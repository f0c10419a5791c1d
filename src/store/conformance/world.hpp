// SPDX-License-Identifier: Apache-2.0
// What every implementation of the stores must do, whoever wrote it: suites over the ports, run
// against the fakes in memory and against SQLite. A suite knows nothing but the ports.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "access/accounts.hpp"
#include "access/audit.hpp"
#include "approval/gate.hpp"
#include "models/registry.hpp"
#include "orchestration/backfill.hpp"
#include "orchestration/ports.hpp"
#include "warehouse/catalog.hpp"

namespace gossamer {

// For readable failures.
template <class Tag>
void PrintTo(const Id<Tag>& id, std::ostream* out) {
  *out << id.value();
}
inline void PrintTo(ErrorKind kind, std::ostream* out) { *out << name_of(kind); }

}  // namespace gossamer

namespace gossamer::store::conformance {

// The ports of one implementation, over the same data. One that it lacks is null: its suite is
// skipped.
struct Ports {
  orchestration::RunStore* runs = nullptr;
  orchestration::RunViews* views = nullptr;
  orchestration::ReleaseStore* releases = nullptr;
  orchestration::ScheduleStore* schedules = nullptr;
  orchestration::DefinitionStore* definition_store = nullptr;
  approval::GateStore* gates = nullptr;
  warehouse::CatalogStore* catalog = nullptr;
  warehouse::CatalogHistory* history = nullptr;
  warehouse::PartitionLocks* locks = nullptr;
  models::ModelStore* models = nullptr;
  models::ModelKeeper* model_keeper = nullptr;
  access::AuditStore* audit = nullptr;
  orchestration::BackfillStore* backfills = nullptr;
  orchestration::PartitionHistory* partition_history = nullptr;
  access::AccountStore* accounts = nullptr;
};

class World {
 public:
  virtual ~World() = default;
  virtual Ports ports() = 0;
  // What a restart of the program does; false where nothing is kept.
  virtual bool restart() = 0;
};

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<World>(orchestration::DefinitionReader)> make;
};
inline void PrintTo(const Implementation& implementation, std::ostream* out) {
  *out << implementation.name;
}

}  // namespace gossamer::store::conformance
