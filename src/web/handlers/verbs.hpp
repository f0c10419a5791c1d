// SPDX-License-Identifier: Apache-2.0
// Routes that change something. They need the engine, so they exist only where it runs.
#pragma once

#include <functional>

#include "base/clock.hpp"
#include "models/registry.hpp"
#include "models/services.hpp"
#include "orchestration/service.hpp"
#include "pipeline/load.hpp"
#include "warehouse/services.hpp"
#include "web/request.hpp"

namespace gossamer::web {

// Reads the workspace's files as they are now.
using Loader = std::function<Result<pipeline::Loaded>()>;
// Reads the bundle of a gate.
using EvidenceReader = std::function<Result<Json>(const Digest&)>;
// What an attempt's program wrote; empty where there is no log (any more).
using LogReader = std::function<Result<std::string>(const orchestration::AttemptRow&)>;
// What the SQL parser said of each query of a definition, for `StoredDefinition::parsed`.
using ParsedKeeper = std::function<Result<Json>(const pipeline::Definition&)>;

// Validates the workspace and makes it the active definition.
class Applier {
 public:
  Applier(Loader load, ParsedKeeper parsed, orchestration::DefinitionStore& store,
          const orchestration::Definitions& definitions, const Clock& clock)
      : load_(std::move(load)),
        parsed_(std::move(parsed)),
        store_(store),
        definitions_(definitions),
        clock_(clock) {}

  enum class Mode : std::uint8_t { activate, dry_run };
  // {"digest", "changes": [{change, what, detail}], "activated"}. invalid_input where a file has an
  // error: each one is told to `events` first. The definition that is active already stays as it
  // is.
  Result<Json> apply(const orchestration::Actor& actor, Mode mode, const EventSink& events) const;

 private:
  Loader load_;
  ParsedKeeper parsed_;
  orchestration::DefinitionStore& store_;
  const orchestration::Definitions& definitions_;
  const Clock& clock_;
};

// Who holds the workspace. A command applies the files as they are now before it runs one of their
// pipelines, and stays until the run is over. A server runs what was applied last, and goes on with
// a run whose caller does not stay.
enum class Holder : std::uint8_t { command, server };

std::vector<Route> definition_verbs(const Applier& applier);
std::vector<Route> run_verbs(orchestration::EngineService& engine,
                             const orchestration::RunStore& runs, const approval::GateStore& gates,
                             const Applier& applier, Holder holder);
// Plans are of the files as they are now, and are started only while these say the same: they are
// applied first.
std::vector<Route> backfill_verbs(orchestration::EngineService& engine, const Applier& applier);
std::vector<Route> gate_verbs(orchestration::EngineService& engine,
                              const orchestration::RunStore& runs, approval::GateStore& gates,
                              EvidenceReader evidence, const Clock& clock);
std::vector<Route> switch_verbs(orchestration::EngineService& engine, warehouse::Tables& tables);
// Registering and deleting versions by hand. All must outlive the routes.
struct ModelParts {
  orchestration::EngineService& engine;
  models::Examiner& examiner;
  models::ModelKeeper& keeper;
  const Clock& clock;
};
std::vector<Route> model_verbs(ModelParts parts);
// Imports, garbage collection, rollback.
std::vector<Route> table_verbs(warehouse::Tables& tables, orchestration::ReleaseStore& releases);
// What is kept beside the tables and needed by nobody: [{what, bytes}].
using Collector = std::function<Result<Json>(warehouse::CollectMode)>;
// Garbage collection of tables and of what `other` looks after.
std::vector<Route> garbage_verbs(warehouse::Tables& tables, Collector other);
std::vector<Route> query_reads(warehouse::Tables& tables);
// Switching timers on and off.
std::vector<Route> schedule_verbs(orchestration::EngineService& engine,
                                  const orchestration::Definitions& definitions,
                                  const orchestration::ScheduleStore& schedules, Holder holder);
std::vector<Route> log_reads(const orchestration::RunViews& views, LogReader logs);

}  // namespace gossamer::web
