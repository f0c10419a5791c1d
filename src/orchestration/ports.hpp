// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "orchestration/transition.hpp"

namespace gossamer::orchestration {

struct OutboxRow {
  std::int64_t id = 0;
  RunId run;  // empty for a switch that belongs to no run
  Effect effect;
};

// Gives definitions by digest, read once and then shared; the active one with who applied it.
struct ActiveDefinition {
  std::shared_ptr<const pipeline::Definition> definition;
  std::string applied_by;
};
class Definitions {
 public:
  virtual ~Definitions() = default;
  virtual Result<ActiveDefinition> active() const = 0;  // not_found: nothing was applied yet
  virtual Result<std::shared_ptr<const pipeline::Definition>> find(const Digest& digest) const = 0;
};

// Writes of the engine's loop. One transaction a call: everything or nothing, durable on return.
class RunStore {
 public:
  virtual ~RunStore() = default;
  // Changed rows, attempts, history, audit, outbox, gates, switch, publications, model versions of
  // all transitions, in order (one run may have several), and the outbox rows that are done with.
  // Error `conflict` where a run moved on since its revision, where a request key exists already,
  // or where a switch's `from` values no longer hold.
  virtual Result<void> commit(std::span<const Transition> transitions,
                              std::span<const std::int64_t> acknowledged) = 0;
  // Runs that are not final, with all their rows and open gates, oldest first: what a new engine
  // starts from; each passed through `derived`, as in load.
  virtual Result<std::vector<RunState>> load_open() const = 0;
  virtual Result<RunState> load(const RunId& run) const = 0;  // not_found
  virtual Result<std::optional<RunId>> created_by(const std::string& request_key) const = 0;
  // Unacknowledged rows with an id above `after`, in order. Ids rise from commit to commit.
  virtual Result<std::vector<OutboxRow>> outbox(std::int64_t after) const = 0;
  // Takes steps, attempts and history of at most `limit` runs that ended before `before` out of the
  // database, and keeps them beside it; how many runs. The run's own row stays, with its gates and
  // votes, switches and audit; to load it is not_found then, saying where the rest is.
  virtual Result<std::size_t> archive(Instant before, std::size_t limit) = 0;
  // The pinned version of the catalog now.
  virtual Result<std::uint64_t> catalog_version() const = 0;
};

// A pipeline's timer (cron or interval), as people left it.
struct ScheduleState {
  std::string pipeline;
  bool is_on = false;
  Instant handled_until{};  // what its moments up to here start was asked for
  std::string by;           // who switched it last
  Instant at{};
};
// By name of a table or of a pipeline: a version of the catalog.
using CatalogVersions = std::map<std::string, std::uint64_t>;

class ScheduleStore {
 public:
  virtual ~ScheduleStore() = default;
  virtual Result<std::vector<ScheduleState>> list() const = 0;  // by pipeline
  // Replaces it; with an audit entry where a person did it.
  virtual Result<void> put(const ScheduleState& state, const std::optional<AuditNote>& note) = 0;
  // Tables whose current contents changed after that version, with the version of the newest
  // change.
  virtual Result<CatalogVersions> updated_since(std::uint64_t version) const = 0;
  // The greatest value of a column in a table's current contents, as the files' footers tell it;
  // empty where there is no row, or no such table or column.
  virtual Result<std::string> newest(const std::string& table, const std::string& column) const = 0;
  // By pipeline that says `when_updated`: up to which version its tables were looked at.
  virtual Result<CatalogVersions> updates_handled() const = 0;
  virtual Result<void> put_updates_handled(const std::string& pipeline, std::uint64_t version) = 0;
};

// Present values that decisions are checked against.
class ReleaseStore {
 public:
  virtual ~ReleaseStore() = default;
  virtual Result<release::Present> present(const release::Switch& change) const = 0;
  virtual Result<std::optional<int>> alias(const std::string& model,
                                           const std::string& alias) const = 0;
  virtual Result<Json> setting(const std::string& name) const = 0;  // null: never switched
  virtual Result<Json> settings() const = 0;                        // switched ones, by name
  virtual Result<int> next_version(const std::string& model) const = 0;
  // Who started the run that made a version; empty where nobody is known.
  virtual Result<std::string> author(const std::string& model, int version) const = 0;
  // The newest first; with `before`, those behind that one.
  virtual Result<std::vector<release::Switch>> switches(
      std::size_t limit, const std::optional<SwitchId>& before) const = 0;
  virtual Result<release::Switch> find(const SwitchId& id) const = 0;
  // Applies a switch that belongs to no run (undo, command), with its audit entry.
  virtual Result<void> apply(const release::Switch& change, const AuditNote& note,
                             std::span<const Effect> effects) = 0;
};

struct StoredDefinition {
  Digest digest;
  std::map<std::string, std::string> files;
  Json
      parsed;  // what the SQL parser said of each query, by digest: reading it back needs no parser
  std::string applied_by;
  Instant applied_at{};
};

// Reads a stored definition back; a store is given one, so that a loaded run has its definition.
using DefinitionReader = std::function<Result<std::shared_ptr<const pipeline::Definition>>(
    const StoredDefinition& stored)>;

class DefinitionStore {
 public:
  virtual ~DefinitionStore() = default;
  virtual Result<void> activate(const StoredDefinition& definition, const AuditNote& note) = 0;
  virtual Result<std::optional<StoredDefinition>> active() const = 0;
  virtual Result<StoredDefinition> find(const Digest& digest) const = 0;
};

struct RunSummary {
  RunId id;
  std::string pipeline;
  release::PartitionKey partition;
  RunStatus status = RunStatus::queued;
  Instant created_at{};
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
  std::string starter;
  Cause cause;
  std::string model;
};

struct RunFilter {
  std::string pipeline;
  std::optional<RunStatus> status;
  std::optional<release::PartitionKey> partition;
  // Of runs with this version of a model (RunHeader::model); "": of those without; none: all.
  std::optional<std::string> model;
  std::optional<RunId> before;  // behind this one, in a list that begins with the newest
  std::size_t limit = 50;
};

// Reads for people.
class RunViews {
 public:
  virtual ~RunViews() = default;
  virtual Result<std::vector<RunSummary>> list(const RunFilter& filter) const = 0;  // newest first
  virtual Result<std::vector<HistoryEntry>> history(const RunId& run) const = 0;
  virtual Result<std::vector<AttemptRow>> attempts(const RunId& run) const = 0;
};

// How effects on the outside happen. Calls return soon; results come back through the sink given at
// construction, from any thread, exactly one for each attempt that was started or adopted.
class StepExecutor {
 public:
  virtual ~StepExecutor() = default;
  // When it returns, either adopt() would find the attempt even after a crash, or its failure is on
  // the way to the sink. Starting an attempt that was started before is harmless.
  virtual void start(const AttemptOrder& order) = 0;
  // Safe to repeat, and for an attempt that has ended.
  virtual void stop(const AttemptId& attempt, StopReason reason) = 0;
  // After a restart: take what is done, keep watching what still runs, declare lost what is not
  // held by anybody (only after taking its lock and leaving a tombstone). One that was ordered but
  // never began is started.
  virtual void adopt(const AttemptOrder& order) = 0;
  // The attempt's result is committed: what was kept so that a new engine would find it may go. The
  // loop calls it after the commit; without the call, kept results pile up.
  virtual void settle(const AttemptId& attempt) { static_cast<void>(attempt); }
  // Once after a restart, when everything open has been adopted: what is kept of any other attempt
  // belongs to nobody.
  virtual void sweep(const std::set<AttemptId>& open) { static_cast<void>(open); }
};

using AttemptSink = std::function<void(AttemptResult)>;

class Notifier {
 public:
  virtual ~Notifier() = default;
  // `key` names the message: one that comes again with it is a repetition and need not be sent.
  virtual Result<void> send(const RunId& run, const std::string& key, const Notify& message) = 0;
};

// Brings the Hive folder of a partition to what the catalog says. Safe to repeat.
class Projector {
 public:
  virtual ~Projector() = default;
  virtual Result<void> project(const std::string& table, const release::PartitionKey& key) = 0;
};

}  // namespace gossamer::orchestration
