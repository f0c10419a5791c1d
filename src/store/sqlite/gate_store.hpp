// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/audit.hpp"
#include "approval/gate.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

class SqliteGateStore final : public approval::GateStore {
 public:
  explicit SqliteGateStore(Connections& connections) : connections_(connections) {}
  Result<approval::Gate> find(const GateId& gate) const override;
  Result<std::vector<approval::Gate>> list(
      std::optional<approval::GateStatus> status) const override;
  Result<std::vector<approval::Gate>> of_run(const RunId& run) const override;
  Result<std::optional<Digest>> last_shown(const GateId& gate,
                                           const std::string& who) const override;
  Result<void> note_shown(const GateId& gate, const std::string& who, const Digest& digest,
                          Instant at) override;

 private:
  Connections& connections_;
};

class SqliteAuditStore final : public access::AuditStore {
 public:
  explicit SqliteAuditStore(Connections& connections) : connections_(connections) {}
  Result<std::vector<access::AuditEntry>> read(std::int64_t after,
                                               std::size_t limit) const override;
  Result<access::ChainHead> head() const override;

 private:
  Connections& connections_;
};

}  // namespace gossamer::store::sqlite
