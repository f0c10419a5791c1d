// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orchestration/ports.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

class SqliteScheduleStore final : public orchestration::ScheduleStore {
 public:
  explicit SqliteScheduleStore(Connections& connections) : connections_(connections) {}

  Result<std::vector<orchestration::ScheduleState>> list() const override;
  Result<void> put(const orchestration::ScheduleState& state,
                   const std::optional<orchestration::AuditNote>& note) override;
  Result<orchestration::CatalogVersions> updated_since(std::uint64_t version) const override;
  Result<std::string> newest(const std::string& table, const std::string& column) const override;
  Result<orchestration::CatalogVersions> updates_handled() const override;
  Result<void> put_updates_handled(const std::string& pipeline, std::uint64_t version) override;

 private:
  Connections& connections_;
};

}  // namespace gossamer::store::sqlite
