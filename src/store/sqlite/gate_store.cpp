// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/gate_store.hpp"

#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/gate_rows.hpp"

namespace gossamer::store::sqlite {

namespace {

Error no_such_gate(const GateId& gate) {
  return Error{
      ErrorKind::not_found,
      fmt::format("there is no gate {}; `gossamer gates list` shows the open ones", gate.value())};
}

}  // namespace

Result<approval::Gate> SqliteGateStore::find(const GateId& gate) const {
  return connections_.read([&](const Session& session) -> Result<approval::Gate> {
    TRY_ASSIGN(auto found, find_gate(session, gate));
    if (!found) return std::unexpected(no_such_gate(gate));
    return *std::move(found);
  });
}

Result<std::vector<approval::Gate>> SqliteGateStore::list(
    std::optional<approval::GateStatus> status) const {
  return connections_.read([&](const Session& session) { return list_gates(session, status); });
}

Result<std::vector<approval::Gate>> SqliteGateStore::of_run(const RunId& run) const {
  return connections_.read([&](const Session& session) { return gates_of_run(session, run); });
}

Result<std::optional<Digest>> SqliteGateStore::last_shown(const GateId& gate,
                                                          const std::string& who) const {
  return connections_.read([&](const Session& session) -> Result<std::optional<Digest>> {
    TRY_ASSIGN(sql::Statement rows, session.query("gates.last_shown", {id(gate), text(who)}));
    TRY_ASSIGN(const bool exists, rows.step());
    if (!exists) return std::optional<Digest>();
    TRY_ASSIGN(Digest digest, Row(rows).parsed<Digest>());
    return std::optional<Digest>(std::move(digest));
  });
}

Result<void> SqliteGateStore::note_shown(const GateId& gate, const std::string& who,
                                         const Digest& digest, Instant at) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY_ASSIGN(const auto found, find_gate(session, gate));
    if (!found) return std::unexpected(no_such_gate(gate));
    TRY(session.execute("gates.note_shown",
                        {id(gate), text(who), text(digest.text()), instant(at)}));
    return {};
  });
}

Result<std::vector<access::AuditEntry>> SqliteAuditStore::read(std::int64_t after,
                                                               std::size_t limit) const {
  return connections_.read(
      [&](const Session& session) { return read_audit(session, after, limit); });
}

Result<access::ChainHead> SqliteAuditStore::head() const {
  return connections_.read([](const Session& session) { return read_audit_head(session); });
}

}  // namespace gossamer::store::sqlite
