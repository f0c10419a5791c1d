// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/sqlite/connections.hpp"
#include "warehouse/catalog.hpp"

namespace gossamer::store::sqlite {

class SqliteCatalogStore final : public warehouse::CatalogStore,
                                 public warehouse::CatalogHistory,
                                 public warehouse::PartitionLocks {
 public:
  explicit SqliteCatalogStore(Connections& connections) : connections_(connections) {}
  Result<std::uint64_t> version() const override;
  Result<std::uint64_t> version_at(Instant at) const override;
  Result<std::vector<warehouse::TableEntry>> tables() const override;
  Result<warehouse::TableEntry> find_table(const std::string& table) const override;
  Result<warehouse::Snapshot> snapshot(const std::string& table,
                                       std::uint64_t version) const override;
  Result<std::optional<release::PartitionContent>> current(
      const std::string& table, const release::PartitionKey& key) const override;
  Result<std::vector<warehouse::ContentEntry>> contents(const std::string& table) const override;
  Result<std::uint64_t> publish(const std::vector<release::Publication>& publications,
                                const std::vector<std::optional<AttemptId>>& expected,
                                const std::string& actor, Instant at) override;
  Result<void> forget(const std::vector<AttemptId>& attempts) override;
  Result<std::vector<AttemptId>> needed(Instant now,
                                        const warehouse::KeepRules& rules) const override;

  Result<std::vector<warehouse::TableChange>> changes(const std::string& table) const override;

  Result<void> lock(const std::string& table, const std::vector<release::PartitionKey>& keys,
                    const AttemptId& holder, const std::string& actor, Instant at) override;
  Result<void> unlock(const AttemptId& holder) override;
  Result<void> unlock_all() override;

 private:
  Connections& connections_;
};

}  // namespace gossamer::store::sqlite
