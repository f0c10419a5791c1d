// SPDX-License-Identifier: Apache-2.0
// What the object graph is made of beside the libraries' own classes.
#pragma once

#include <string>
#include <vector>

#include "app/place.hpp"
#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "orchestration/ports.hpp"
#include "pipeline/load.hpp"
#include "store/sqlite/store.hpp"
#include "warehouse/project.hpp"
#include "web/handlers/verbs.hpp"
#include "web/request.hpp"

namespace gossamer::app {

// The warehouse's projection as the engine's port.
class WarehouseProjector final : public orchestration::Projector {
 public:
  explicit WarehouseProjector(warehouse::HiveProjection projection)
      : projection_(std::move(projection)) {}
  Result<void> project(const std::string& table, const release::PartitionKey& key) override {
    return mutex_.with([&](bool&) { return projection_.project(table, key); });
  }
  Result<void> project_table(const std::string& table) {
    return mutex_.with([&](bool&) -> Result<void> {
      TRY(projection_.project_table(table));
      return {};
    });
  }
  Result<std::uint64_t> recover() {
    return mutex_.with([&](bool&) { return projection_.recover(); });
  }

 private:
  warehouse::HiveProjection projection_;
  Guarded<bool> mutex_{false};  // one projection at a time
};

web::EvidenceReader evidence_reader(const Paths& paths);

void append(std::vector<web::Route>& all, std::vector<web::Route> more);
// Routes that need no engine.
std::vector<web::Route> read_routes(store::sqlite::Store& store, const Paths& paths,
                                    const Clock& clock);

// What files may name without declaring it.
Result<pipeline::Known> known_names(store::sqlite::Store& store);

}  // namespace gossamer::app
