// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/ids.hpp"
#include "executors/job.hpp"
#include "executors/prepare.hpp"
#include "executors/worker_pool.hpp"
#include "models/registry.hpp"
#include "orchestration/ports.hpp"
#include "warehouse/services.hpp"

namespace gossamer::executors {

// All must outlive the service. `locks` is null, and `project` never called, where nothing may be
// written: then imports are refused as `unavailable`.
struct TablePorts {
  warehouse::CatalogStore& catalog;
  warehouse::PartitionLocks* locks;
  const models::ModelStore& models;
  const orchestration::Definitions& definitions;
  IdSource& ids;
  const Clock& clock;
  std::function<Result<WorkerPool*>()> workers;
  // Shows outsiders a table as it is now.
  std::function<Result<void>(const std::string& table)> project;
};

// Imports, queries and garbage collection, by jobs in worker processes. Any thread may call.
class TableService final : public warehouse::Tables {
 public:
  TableService(TablePorts ports, Places places, Limits limits)
      : ports_(std::move(ports)), places_(std::move(places)), limits_(limits) {}

  Result<warehouse::ImportReport> import_table(const warehouse::ImportRequest& request) override;
  Result<Json> query(const warehouse::QueryRequest& request) override;
  Result<std::vector<warehouse::GarbageItem>> collect(warehouse::CollectMode mode) override;
  Result<release::Switch> rollback_of(const warehouse::RollbackRequest& request) override;
  Result<release::Switch> publish_of(const std::string& table,
                                     const std::string& candidate) override;
  Result<Json> compare(const warehouse::CompareRequest& request) override;
  Result<void> project(const std::string& table) override { return ports_.project(table); }

  // A job that reads all tables as they are now and knows all models.
  [[nodiscard]] Result<Job> reading_job(const std::string& kind, Json spec,
                                        Duration patience) const;
  // Its result, by a worker.
  Result<orchestration::StepResult> run_job(Job job, Duration patience);

 private:
  [[nodiscard]] Result<Job> bare_job(const std::string& kind, Json spec, Duration patience) const;
  [[nodiscard]] Result<Job> query_job(const std::string& sql, std::int64_t limit,
                                      Duration patience) const;
  Result<Json> answer_of(Job job, Duration patience);
  [[nodiscard]] Result<Job> import_job(const warehouse::ImportRequest& request) const;
  [[nodiscard]] Result<OutputTarget> target_of(const std::string& table,
                                               const AttemptId& attempt) const;
  Result<void> publish(const warehouse::ImportRequest& request, const AttemptId& attempt,
                       const std::vector<release::Publication>& publications);
  [[nodiscard]] Result<std::uint64_t> version_of(const std::string& as_of) const;
  [[nodiscard]] Result<void> check_kept(const std::string& table, std::uint64_t version) const;
  [[nodiscard]] warehouse::KeepRules keep_rules() const;
  [[nodiscard]] InputView view_of(const std::string& name, const warehouse::TableEntry& table,
                                  const std::vector<release::PartitionContent>& contents) const;
  [[nodiscard]] Result<std::vector<InputView>> views_at(std::uint64_t version) const;
  [[nodiscard]] Result<std::vector<ModelBinding>> bindings() const;
  [[nodiscard]] std::string timezone() const;
  [[nodiscard]] std::shared_ptr<const pipeline::Definition> definition() const;
  [[nodiscard]] fs::path job_folder(const AttemptId& attempt) const;

  TablePorts ports_;
  Places places_;
  Limits limits_;
  // Attempts of imports under way: no catalog knows them yet, and gc must leave them.
  Guarded<std::set<AttemptId>> importing_;
};

}  // namespace gossamer::executors
