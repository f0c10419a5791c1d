// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/registry.hpp"
#include "orchestration/ports.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

class SqliteReleaseStore final : public orchestration::ReleaseStore {
 public:
  explicit SqliteReleaseStore(Connections& connections) : connections_(connections) {}
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
  Result<void> apply(const release::Switch& change, const orchestration::AuditNote& note,
                     std::span<const orchestration::Effect> effects) override;

 private:
  Connections& connections_;
};

class SqliteModelStore final : public models::ModelStore, public models::ModelKeeper {
 public:
  explicit SqliteModelStore(Connections& connections) : connections_(connections) {}
  Result<std::vector<models::Version>> list(const std::string& model) const override;
  Result<models::Version> find(const std::string& model, int version) const override;
  Result<models::Version> resolve(const models::Name& name) const override;
  Result<std::vector<models::Scored>> scored_by(const std::string& model,
                                                int version) const override;
  Result<models::Version> add(release::ModelRegistration registration,
                              const models::Change& change) override;
  Result<models::Version> remove(const std::string& model, int version,
                                 const models::Change& change) override;

 private:
  Connections& connections_;
};

}  // namespace gossamer::store::sqlite
