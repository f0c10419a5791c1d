// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.hpp"
#include "web/handlers/handlers.hpp"
#include "web/views.hpp"

namespace gossamer::web {

namespace {

template <class Items, class View>
Json list_of(const Items& items, View view) {
  Json rows = Json::array();
  for (const auto& item : items)
    rows.push_back(view(item));
  return rows;
}

Result<orchestration::RunFilter> run_filter(const Request& request) {
  orchestration::RunFilter filter;
  filter.pipeline = query_text(request, "pipeline");
  if (const auto state = query_text(request, "state"); !state.empty()) {
    TRY_ASSIGN(filter.status, orchestration::parse_run_status(state));
  }
  if (const auto partition = query_text(request, "partition"); !partition.empty()) {
    TRY_ASSIGN(filter.partition, release::PartitionKey::parse(partition));
  }
  TRY_ASSIGN(const auto limit, query_integer(request, "limit", 50, 1, 100'000));
  filter.limit = static_cast<std::size_t>(limit);
  return filter;
}

Result<std::optional<approval::GateStatus>> gate_status(const std::string& text) {
  using approval::GateStatus;
  if (text.empty() || text == "all") return std::nullopt;
  for (const auto status :
       {GateStatus::open, GateStatus::approved, GateStatus::rejected, GateStatus::reworked,
        GateStatus::expired, GateStatus::superseded, GateStatus::withdrawn}) {
    if (approval::name_of(status) == text) return status;
  }
  return invalid_input(fmt::format(
      "\"{}\" is no state of a gate; use open, approved, rejected, reworked, expired, superseded, "
      "withdrawn or all",
      text));
}

Result<Json> verification(const access::AuditStore& audit) {
  TRY_ASSIGN(const auto report, access::verify_store(audit, std::nullopt));
  const bool is_empty = report.entries == 0;
  Json answer{{"entries", report.entries},
              {"head", is_empty ? "" : report.head.digest.text()},
              {"fault", nullptr}};
  if (report.fault) {
    answer["fault"] = {{"sequence", report.fault->sequence}, {"reason", report.fault->reason}};
  }
  return answer;
}

}  // namespace

std::string query_text(const Request& request, const std::string& key) {
  const auto found = request.query.find(key);
  return found == request.query.end() ? std::string() : found->second;
}

Result<std::int64_t> query_integer(const Request& request, const std::string& key,
                                   std::int64_t fallback, std::int64_t least, std::int64_t most) {
  const auto text = query_text(request, key);
  if (text.empty()) return fallback;
  auto number = parse_integer(text, least, most);
  if (!number) return std::unexpected(number.error().wrapped(key));
  return number;
}

std::vector<Route> run_reads(const orchestration::RunStore& runs,
                             const orchestration::RunViews& views) {
  const auto load = [&runs](const Call& call) -> Result<orchestration::RunState> {
    TRY_ASSIGN(const auto id, RunId::parse(call.path.at("run")));
    return runs.load(id);
  };
  return {{"GET", "/api/v1/runs", "Runs, newest first",
           [&views](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto filter, run_filter(call.request));
             TRY_ASSIGN(const auto found, views.list(filter));
             return list_of(found, run_summary_json);
           }},
          {"GET", "/api/v1/runs/:run", "One run with its steps",
           [load](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto run, load(call));
             return run_json(run);
           }},
          {"GET", "/api/v1/runs/:run/steps", "The steps of a run",
           [load](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto run, load(call));
             return steps_json(run);
           }},
          {"GET", "/api/v1/runs/:run/history", "Every transition of a run, oldest first",
           [&views](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto id, RunId::parse(call.path.at("run")));
             TRY_ASSIGN(const auto entries, views.history(id));
             return list_of(entries, history_json);
           }}};
}

std::vector<Route> gate_reads(const approval::GateStore& gates) {
  return {{"GET", "/api/v1/gates", "Gates, open ones first",
           [&gates](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto status, gate_status(query_text(call.request, "state")));
             TRY_ASSIGN(const auto found, gates.list(status));
             return list_of(found, gate_json);
           }},
          {"GET", "/api/v1/gates/:gate", "One gate", [&gates](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto id, GateId::parse(call.path.at("gate")));
             TRY_ASSIGN(const auto gate, gates.find(id));
             return gate_json(gate);
           }}};
}

std::vector<Route> table_reads(const warehouse::CatalogStore& catalog,
                               const warehouse::CatalogHistory& history) {
  return {{"GET", "/api/v1/tables", "Tables with their sizes",
           [&catalog](const Call&) -> Result<Json> {
             TRY_ASSIGN(const auto tables, catalog.tables());
             return list_of(tables, table_json);
           }},
          {"GET", "/api/v1/tables/:table", "One table",
           [&catalog](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto table, catalog.find_table(call.path.at("table")));
             return table_json(table);
           }},
          {"GET", "/api/v1/tables/:table/partitions", "Contents: current, former, candidates",
           [&catalog](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto table, catalog.find_table(call.path.at("table")));
             TRY_ASSIGN(const auto contents, catalog.contents(table.name));
             return list_of(contents, content_json);
           }},
          {"GET", "/api/v1/tables/:table/history", "What changed a table, newest first",
           [&catalog, &history](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto table, catalog.find_table(call.path.at("table")));
             TRY_ASSIGN(const auto changes, history.changes(table.name));
             return list_of(changes, table_change_json);
           }}};
}

std::vector<Route> model_reads(const models::ModelStore& models) {
  return {{"GET", "/api/v1/models", "Model versions, newest first",
           [&models](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto found, models.list(query_text(call.request, "model")));
             return list_of(found, model_json);
           }},
          {"GET", "/api/v1/model", "One version by name: credit/7, credit@champion",
           [&models](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto name, models::Name::parse(query_text(call.request, "name")));
             TRY_ASSIGN(const auto version, models.resolve(name));
             auto shown = model_json(version);
             shown["digest"] = version.registration.digest.text();
             shown["flavour"] = version.registration.flavour;
             shown["signature"] = version.registration.signature;
             shown["facts"] = version.registration.facts;
             shown["step"] = version.step;
             shown["created_at"] = format_instant(version.created_at);
             return shown;
           }}};
}

std::vector<Route> switch_reads(const orchestration::ReleaseStore& releases) {
  return {{"GET", "/api/v1/switches", "Switches, newest first",
           [&releases](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto limit, query_integer(call.request, "limit", 100, 1, 100'000));
             TRY_ASSIGN(const auto found, releases.switches(static_cast<std::size_t>(limit)));
             return list_of(found, switch_json);
           }},
          {"GET", "/api/v1/switches/:switch", "One switch with every change",
           [&releases](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto id, SwitchId::parse(call.path.at("switch")));
             TRY_ASSIGN(const auto found, releases.find(id));
             return switch_json(found);
           }}};
}

std::vector<Route> setting_reads(const orchestration::ReleaseStore& releases,
                                 const orchestration::Definitions& definitions) {
  return {{"GET", "/api/v1/settings", "Declared settings with their present values",
           [&releases, &definitions](const Call&) -> Result<Json> {
             TRY_ASSIGN(const auto active, definitions.active());
             TRY_ASSIGN(const auto switched, releases.settings());
             Json rows = Json::array();
             for (const auto& [name, setting] : active.definition->workspace.settings) {
               rows.push_back({{"setting", name},
                               {"type", setting.type},
                               {"default", setting.default_value},
                               {"value", switched.value(name, setting.default_value)}});
             }
             return rows;
           }}};
}

std::vector<Route> audit_reads(const access::AuditStore& audit) {
  return {{"GET", "/api/v1/audit", "The newest audit entries, or those after one, oldest first",
           [&audit](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto limit, query_integer(call.request, "limit", 100, 1, 1'000'000));
             TRY_ASSIGN(const auto after, query_integer(call.request, "after", -1, -1, INT64_MAX));
             TRY_ASSIGN(const auto last, audit.last_sequence());
             const auto from = after >= 0 ? after : std::max<std::int64_t>(0, last - limit);
             TRY_ASSIGN(const auto found, audit.read(from, static_cast<std::size_t>(limit)));
             return list_of(found, audit_json);
           }},
          {"GET", "/api/v1/audit/verification", "Whether the chain of digests holds",
           [&audit](const Call&) -> Result<Json> { return verification(audit); }}};
}

}  // namespace gossamer::web
