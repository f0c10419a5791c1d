// SPDX-License-Identifier: Apache-2.0
// The routes, by noun. Each function names what its handlers use; `wire.cpp` joins the lists.
#pragma once

#include "access/audit.hpp"
#include "approval/gate.hpp"
#include "base/clock.hpp"
#include "models/registry.hpp"
#include "models/services.hpp"
#include "orchestration/backfill.hpp"
#include "orchestration/ports.hpp"
#include "warehouse/catalog.hpp"
#include "web/request.hpp"

namespace gossamer::web {

// Reads: they work beside a running engine, and without one.
std::vector<Route> run_reads(const orchestration::RunStore& runs,
                             const orchestration::RunViews& views);
std::vector<Route> backfill_reads(const orchestration::BackfillStore& backfills);
std::vector<Route> gate_reads(const approval::GateStore& gates,
                              const orchestration::Definitions& definitions, const Clock& clock);
// What was applied last.
std::vector<Route> pipeline_reads(const orchestration::Definitions& definitions,
                                  const orchestration::RunViews& views);
std::vector<Route> table_reads(const warehouse::CatalogStore& catalog,
                               const warehouse::CatalogHistory& history);
std::vector<Route> model_reads(const models::ModelStore& models);
std::vector<Route> model_examinations(models::Examiner& examiner);
std::vector<Route> model_lineage(const models::ModelStore& models,
                                 const orchestration::RunStore& runs);
// Whether the version learned from rows of this table.
bool is_trained_on(const models::Version& version, const std::string& table);
std::vector<Route> switch_reads(const orchestration::ReleaseStore& releases);
std::vector<Route> setting_reads(const orchestration::ReleaseStore& releases,
                                 const orchestration::Definitions& definitions);
std::vector<Route> schedule_reads(const orchestration::Definitions& definitions,
                                  const orchestration::ScheduleStore& schedules,
                                  const Clock& clock);
std::vector<Route> audit_reads(const access::AuditStore& audit);

// A whole number in the query, `fallback` where it is missing; invalid_input outside the bounds.
Result<std::int64_t> query_integer(const Request& request, const std::string& key,
                                   std::int64_t fallback, std::int64_t least, std::int64_t most);
std::string query_text(const Request& request, const std::string& key);
// The id of the row that a list goes on behind; nothing where it begins.
template <class Named>
Result<std::optional<Named>> cursor_of(const Request& request) {
  const auto text = query_text(request, "cursor");
  if (text.empty()) return std::nullopt;
  auto id = Named::parse(text);
  if (!id) return std::unexpected(id.error().wrapped("cursor"));
  return *std::move(id);
}

}  // namespace gossamer::web
