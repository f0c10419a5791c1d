// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/schedule_store.hpp"

#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

using orchestration::CatalogVersions;
using orchestration::ScheduleState;

namespace {

Result<CatalogVersions> read_versions(Result<sql::Statement> opened) {
  TRY_ASSIGN(sql::Statement rows, std::move(opened));
  CatalogVersions versions;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return versions;
    Row row(rows);
    const std::string name = row.text();
    versions[name] = row.integer_as<std::uint64_t>();
  }
}

}  // namespace

Result<std::vector<ScheduleState>> SqliteScheduleStore::list() const {
  return connections_.read([](const Session& session) -> Result<std::vector<ScheduleState>> {
    TRY_ASSIGN(sql::Statement rows, session.query("schedules.list"));
    std::vector<ScheduleState> states;
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return states;
      Row row(rows);
      ScheduleState state;
      state.pipeline = row.text();
      state.is_on = row.flag();
      state.handled_until = row.instant();
      state.by = row.text();
      state.at = row.instant();
      states.push_back(std::move(state));
    }
  });
}

Result<void> SqliteScheduleStore::put(const ScheduleState& state,
                                      const std::optional<orchestration::AuditNote>& note) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(session.execute("schedules.put",
                        {text(state.pipeline), number(state.is_on), instant(state.handled_until),
                         text(state.by), instant(state.at)}));
    if (!note) return {};
    return append_audit(session, *note, state.at);
  });
}

Result<CatalogVersions> SqliteScheduleStore::updated_since(std::uint64_t version) const {
  return connections_.read([&](const Session& session) {
    return read_versions(session.query("schedules.updated_since", {number(version)}));
  });
}

Result<std::string> SqliteScheduleStore::newest(const std::string& table,
                                                const std::string& column) const {
  return connections_.read([&](const Session& session) -> Result<std::string> {
    TRY_ASSIGN(sql::Statement rows, session.query("schedules.newest", {text(table), text(column)}));
    TRY_ASSIGN(const bool has_row, rows.step());
    if (!has_row) return std::string();
    return Row(rows).optional_text().value_or("");
  });
}

Result<CatalogVersions> SqliteScheduleStore::updates_handled() const {
  return connections_.read([](const Session& session) {
    return read_versions(session.query("schedules.updates_handled"));
  });
}

Result<void> SqliteScheduleStore::put_updates_handled(const std::string& pipeline,
                                                      std::uint64_t version) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(session.execute("schedules.put_updates_handled", {text(pipeline), number(version)}));
    return {};
  });
}

}  // namespace gossamer::store::sqlite
