// SPDX-License-Identifier: Apache-2.0
// Backfills in memory, over the runs of a MemoryStore.
#pragma once

#include <vector>

#include "orchestration/backfill.hpp"
#include "orchestration/fakes/memory_store.hpp"

namespace gossamer::orchestration::fakes {

class MemoryBackfills final : public BackfillStore, public PartitionHistory {
 public:
  // `store` must outlive this; its audit log takes the notes.
  explicit MemoryBackfills(MemoryStore& store) : store_(store) {}

  Result<void> add(const Backfill& backfill, std::span<const BackfillRow> rows,
                   const AuditNote& note) override;
  Result<void> put(const Backfill& backfill, std::span<const BackfillRow> rows,
                   const std::optional<AuditNote>& note, Instant at) override;
  Result<BackfillView> find(const PlanId& plan) const override;
  Result<std::vector<BackfillView>> list(std::size_t limit,
                                         const std::optional<PlanId>& before) const override;
  Result<std::vector<Backfill>> open() const override;
  Result<std::vector<BackfillRow>> rows(const PlanId& plan, const RowFilter& filter) const override;

  Result<std::vector<PartitionFacts>> facts(const std::string& pipeline,
                                            const std::string& model) const override;
  Result<std::vector<PinnedVersions>> versions(const std::string& pipeline,
                                               const std::string& model) const override;
  Result<std::set<release::PartitionKey>> written(const std::string& table) const override;

  // For tests: so many of the next writes are `unavailable`.
  void fail_next(int times) { faults_ = times; }

 private:
  struct Kept {
    Backfill backfill;
    std::vector<BackfillRow> rows;
  };
  [[nodiscard]] Result<const Kept*> kept(const PlanId& plan) const;
  Result<void> write_or_fail();

  MemoryStore& store_;
  std::vector<Kept> plans_;  // the oldest first
  int faults_ = 0;
};

}  // namespace gossamer::orchestration::fakes
