// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/schedule_store.hpp"

#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

using orchestration::ScheduleState;

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

}  // namespace gossamer::store::sqlite
