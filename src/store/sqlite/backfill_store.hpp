// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orchestration/backfill.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

class SqliteBackfillStore final : public orchestration::BackfillStore,
                                  public orchestration::PartitionHistory {
 public:
  explicit SqliteBackfillStore(Connections& connections) : connections_(connections) {}

  Result<void> add(const orchestration::Backfill& backfill,
                   std::span<const orchestration::BackfillRow> rows,
                   const orchestration::AuditNote& note) override;
  Result<void> put(const orchestration::Backfill& backfill,
                   std::span<const orchestration::BackfillRow> rows,
                   const std::optional<orchestration::AuditNote>& note, Instant at) override;
  Result<orchestration::BackfillView> find(const PlanId& plan) const override;
  Result<std::vector<orchestration::BackfillView>> list(
      std::size_t limit, const std::optional<PlanId>& before) const override;
  Result<std::vector<orchestration::Backfill>> open() const override;
  Result<std::vector<orchestration::BackfillRow>> rows(
      const PlanId& plan, const orchestration::RowFilter& filter) const override;

  Result<std::vector<orchestration::PartitionFacts>> facts(const std::string& pipeline,
                                                           const std::string& model) const override;
  Result<std::vector<orchestration::PinnedVersions>> versions(
      const std::string& pipeline, const std::string& model) const override;
  Result<std::set<release::PartitionKey>> written(const std::string& table) const override;

 private:
  Connections& connections_;
};

}  // namespace gossamer::store::sqlite
