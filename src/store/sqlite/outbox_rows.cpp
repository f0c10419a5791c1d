// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/outbox_rows.hpp"

#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

Result<void> add_effect(const Session& session, const RunId& run,
                        const orchestration::Effect& effect) {
  TRY(session.execute("outbox.add",
                      {id_or_null(run), text(effect.key), text(orchestration::kind_of(effect)),
                       text(stored(orchestration::to_json(effect)))}));
  return {};
}

Result<std::vector<orchestration::OutboxRow>> read_outbox(const Session& session,
                                                          std::int64_t after) {
  TRY_ASSIGN(sql::Statement rows, session.query("outbox.list", {number(after)}));
  std::vector<orchestration::OutboxRow> outbox;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return outbox;
    Row row(rows);
    orchestration::OutboxRow waiting;
    waiting.id = row.integer();
    TRY_ASSIGN(const std::optional<RunId> run, row.optional_parsed<RunId>());
    if (run) waiting.run = *run;
    TRY_ASSIGN(const Json body, row.json());
    TRY_ASSIGN(waiting.effect, orchestration::effect_from_json(body));
    outbox.push_back(std::move(waiting));
  }
}

}  // namespace gossamer::store::sqlite
