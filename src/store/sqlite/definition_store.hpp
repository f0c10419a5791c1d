// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "base/guarded.hpp"
#include "orchestration/ports.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

class SqliteDefinitionStore final : public orchestration::DefinitionStore {
 public:
  explicit SqliteDefinitionStore(Connections& connections) : connections_(connections) {}
  Result<void> activate(const orchestration::StoredDefinition& definition,
                        const orchestration::AuditNote& note) override;
  Result<std::optional<orchestration::StoredDefinition>> active() const override;
  Result<orchestration::StoredDefinition> find(const Digest& digest) const override;

 private:
  Connections& connections_;
};

// Reads each definition once and keeps it: what is named by its digest never changes.
class CachedDefinitions final : public orchestration::Definitions {
 public:
  CachedDefinitions(const orchestration::DefinitionStore& store,
                    orchestration::DefinitionReader reader)
      : store_(store), reader_(std::move(reader)) {}
  Result<orchestration::ActiveDefinition> active() const override;
  Result<std::shared_ptr<const pipeline::Definition>> find(const Digest& digest) const override;

 private:
  using Known = std::map<Digest, std::shared_ptr<const pipeline::Definition>>;
  Result<std::shared_ptr<const pipeline::Definition>> read(
      const orchestration::StoredDefinition& stored) const;

  const orchestration::DefinitionStore& store_;
  orchestration::DefinitionReader reader_;
  mutable Guarded<Known> known_;
};

}  // namespace gossamer::store::sqlite
