// SPDX-License-Identifier: Apache-2.0
#include "app/parts.hpp"

#include <set>

#include "executors/bundle.hpp"
#include "executors/dispatch.hpp"
#include "web/handlers/accounts.hpp"
#include "web/handlers/handlers.hpp"

namespace gossamer::app {

using store::sqlite::Store;
using web::Route;

namespace {

web::LogReader log_reader(const Paths& paths) {
  return [state = executors::StateFolder(paths.state)](
             const orchestration::AttemptRow& attempt) -> Result<std::string> {
    const auto file = state.attempt(attempt.run, attempt.step, attempt.id).log();
    TRY_ASSIGN(const bool exists, path_exists(file));
    if (!exists) return std::string();
    return read_file(file);
  };
}

}  // namespace

web::EvidenceReader evidence_reader(const Paths& paths) {
  return [folder = paths.evidence](const Digest& digest) {
    return executors::read_bundle(folder, digest);
  };
}

void append(std::vector<Route>& all, std::vector<Route> more) {
  for (auto& route : more)
    all.push_back(std::move(route));
}

std::vector<Route> read_routes(Store& store, const Paths& paths, const Clock& clock) {
  using access::Permission;
  std::vector<Route> routes;
  append(routes, web::run_reads(store.runs(), store.run_views()));
  append(routes, web::log_reads(store.run_views(), log_reader(paths)));
  append(routes, web::pipeline_reads(store.definitions(), store.run_views()));
  append(routes, web::backfill_reads(store.backfills()));
  append(routes, web::gate_reads(store.gates(), store.definitions(), clock));
  append(routes, web::table_reads(store.catalog(), store.catalog_history()));
  append(routes, web::model_reads(store.models()));
  append(routes, web::model_lineage(store.models(), store.runs()));
  append(routes, web::switch_reads(store.releases()));
  append(routes, web::setting_reads(store.releases(), store.definitions()));
  append(routes, web::schedule_reads(store.definitions(), store.schedules(), clock));
  routes = web::needing(Permission::read, std::move(routes));
  append(routes, web::needing(Permission::administer, web::audit_reads(store.audit())));
  append(routes, web::needing(Permission::administer, web::account_reads(store.accounts())));
  return routes;
}

Result<pipeline::Known> known_names(Store& store) {
  pipeline::Known known;
  TRY_ASSIGN(const auto tables, store.catalog().tables());
  for (const auto& table : tables)
    known.tables.push_back(table.name);
  TRY_ASSIGN(const auto versions, store.models().list(""));
  std::set<std::string> names;
  for (const auto& version : versions)
    names.insert(version.registration.model);
  known.models.assign(names.begin(), names.end());
  return known;
}

}  // namespace gossamer::app
