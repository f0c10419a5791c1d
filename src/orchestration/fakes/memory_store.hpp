// SPDX-License-Identifier: Apache-2.0
// The control database in memory, for tests. It survives the engine, as a disk would.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestration/ports.hpp"

namespace gossamer::orchestration::fakes {

struct MemoryTables {
  std::map<RunId, RunState> runs;
  std::map<RunId, std::vector<HistoryEntry>> history;
  std::vector<AttemptRow> attempts;
  std::vector<OutboxRow> outbox;
  std::int64_t last_row = 0;
  std::map<GateId, approval::Gate> gates;
  std::vector<AuditNote> audit;
  std::map<std::pair<std::string, std::string>, int> aliases;  // model, alias
  std::map<std::string, Json> settings;
  std::vector<release::Publication> contents;
  std::map<std::pair<std::string, release::PartitionKey>, AttemptId> current;
  std::uint64_t catalog = 0;
  struct Version {
    release::ModelRegistration registration;
    RunId run;
  };
  std::map<std::string, std::vector<Version>> models;
  std::vector<release::Switch> switches;
  std::map<std::pair<GateId, std::string>, Digest> shown;
  std::vector<RunId> archived;
  std::map<std::string, ScheduleState> schedules;
  CatalogVersions updates;                                            // by table
  CatalogVersions updates_handled;                                    // by pipeline
  std::map<std::pair<std::string, std::string>, std::string> newest;  // by table and column
};

// What the next commit does instead of its work.
enum class CommitFault {
  unavailable,           // nothing is written
  applied_but_reported,  // everything is written, the caller hears `unavailable`
  conflict               // nothing is written
};

// Implements every port of the engine that a database stands behind. One thread.
class MemoryStore final : public RunStore,
                          public RunViews,
                          public ReleaseStore,
                          public ScheduleStore,
                          public approval::GateStore {
 public:
  // RunStore
  Result<void> commit(std::span<const Transition> transitions,
                      std::span<const std::int64_t> acknowledged) override;
  Result<std::vector<RunState>> load_open() const override;
  Result<RunState> load(const RunId& run) const override;
  Result<std::optional<RunId>> created_by(const std::string& request_key) const override;
  Result<std::vector<OutboxRow>> outbox(std::int64_t after) const override;
  Result<std::size_t> archive(Instant before, std::size_t limit) override;
  Result<std::uint64_t> catalog_version() const override;
  // RunViews
  Result<std::vector<RunSummary>> list(const RunFilter& filter) const override;
  Result<std::vector<HistoryEntry>> history(const RunId& run) const override;
  Result<std::vector<AttemptRow>> attempts(const RunId& run) const override;
  // ReleaseStore
  Result<release::Present> present(const release::Switch& change) const override;
  Result<std::optional<int>> alias(const std::string& model,
                                   const std::string& alias) const override;
  Result<Json> setting(const std::string& name) const override;
  Result<Json> settings() const override;
  Result<int> next_version(const std::string& model) const override;
  Result<std::string> author(const std::string& model, int version) const override;
  Result<std::vector<release::Switch>> switches(
      std::size_t limit, const std::optional<SwitchId>& before) const override;
  Result<release::Switch> find(const SwitchId& id) const override;
  Result<void> apply(const release::Switch& change, const AuditNote& note,
                     std::span<const Effect> effects) override;
  // ScheduleStore
  Result<std::vector<ScheduleState>> list() const override;
  Result<void> put(const ScheduleState& state, const std::optional<AuditNote>& note) override;
  Result<CatalogVersions> updated_since(std::uint64_t version) const override;
  Result<std::string> newest(const std::string& table, const std::string& column) const override;
  Result<CatalogVersions> updates_handled() const override;
  Result<void> put_updates_handled(const std::string& pipeline, std::uint64_t version) override;
  // GateStore
  Result<approval::Gate> find(const GateId& gate) const override;
  Result<std::vector<approval::Gate>> list(
      std::optional<approval::GateStatus> status) const override;
  Result<std::vector<approval::Gate>> of_run(const RunId& run) const override;
  Result<std::optional<Digest>> last_shown(const GateId& gate,
                                           const std::string& who) const override;
  Result<void> note_shown(const GateId& gate, const std::string& who, const Digest& digest,
                          Instant at) override;

  // For tests: what is stored, to look at and to prepare.
  [[nodiscard]] const MemoryTables& tables() const { return tables_; }
  MemoryTables& tables() { return tables_; }
  void fail_next(CommitFault fault) { faults_.push_back(fault); }
  // So often the present values that runs pin cannot be read.
  void fail_reads(int times) { read_faults_ = times; }
  [[nodiscard]] int commits() const { return commits_; }

 private:
  Result<void> read_or_fail() const;

  MemoryTables tables_;
  std::deque<CommitFault> faults_;
  int commits_ = 0;
  mutable int read_faults_ = 0;
};

// One active definition, replaced by `activate`; older ones stay findable.
class MemoryDefinitions final : public Definitions {
 public:
  void activate(std::shared_ptr<const pipeline::Definition> definition, std::string applied_by);
  Result<ActiveDefinition> active() const override;
  Result<std::shared_ptr<const pipeline::Definition>> find(const Digest& digest) const override;

 private:
  std::optional<ActiveDefinition> active_;
  std::map<Digest, std::shared_ptr<const pipeline::Definition>> known_;
};

}  // namespace gossamer::orchestration::fakes
