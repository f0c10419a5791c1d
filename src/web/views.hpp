// SPDX-License-Identifier: Apache-2.0
// How runs, gates, tables, models and switches look to the outside. Each field's name is part of
// the API.
#pragma once

#include "access/audit.hpp"
#include "approval/gate.hpp"
#include "base/json.hpp"
#include "models/registry.hpp"
#include "orchestration/backfill.hpp"
#include "orchestration/ports.hpp"
#include "release/switch.hpp"
#include "warehouse/catalog.hpp"

namespace gossamer::web {

// Seconds between two moments; null where one is missing.
Json seconds_between(const std::optional<Instant>& from, const std::optional<Instant>& until);
Json instant_or_null(const std::optional<Instant>& instant);
// The names of the steps that a step comes after, each once.
Json after_json(const pipeline::Pipeline& pipeline, const pipeline::Step& step);

// {"run","pipeline","partition","state","model","params","starter","created_at","started_at",
// "finished_at","steps":[...]}
Json run_json(const orchestration::RunState& run);
// {"step","kind","after":[steps],"state","outcome","attempts","rows","started_at","finished_at",
// "seconds"}, and "error" where it failed.
Json steps_json(const orchestration::RunState& run);
Json run_summary_json(const orchestration::RunSummary& run);
Json history_json(const orchestration::HistoryEntry& entry);
// {"gate","question","pipeline","partition","run","step","state","opened_at","due_at","digest",
// "closed_at","criteria_failed","on_approval":[what an approval changes],"approvers","votes":[...],
// "needed"}
Json gate_json(const approval::Gate& gate);
Json table_json(const warehouse::TableEntry& table);
Json table_change_json(const warehouse::TableChange& change);
Json content_json(const warehouse::ContentEntry& entry);
// {"model","version","aliases","run","metrics"}
Json model_json(const models::Version& version);
Json switch_json(const release::Switch& change);
// {"plan","pipeline","state","partitions","pending",...}
Json backfill_json(const orchestration::BackfillView& view);
Json backfill_row_json(const orchestration::Backfill& backfill,
                       const orchestration::BackfillRow& row);
Json audit_json(const access::AuditEntry& entry);

}  // namespace gossamer::web
