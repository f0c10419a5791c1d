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
  TRY_ASSIGN(filter.before, cursor_of<RunId>(request));
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

// Those of one run, where one is named, or those in a state.
Result<std::vector<approval::Gate>> listed_gates(const approval::GateStore& gates,
                                                 const Request& request) {
  TRY_ASSIGN(const auto status, gate_status(query_text(request, "state")));
  const auto run = query_text(request, "run");
  if (run.empty()) return gates.list(status);
  TRY_ASSIGN(const auto id, RunId::parse(run));
  TRY_ASSIGN(auto found, gates.of_run(id));
  std::erase_if(found,
                [&](const approval::Gate& gate) { return status && gate.status != *status; });
  return found;
}

approval::Groups groups_of(const orchestration::Definitions& definitions) {
  const auto active = definitions.active();
  return active ? active->definition->workspace.groups : approval::Groups();
}

// The gate with "may_decide": whether a vote of this person would count now, and "why_not".
Json gate_for(const approval::Gate& gate, const approval::Groups& groups, const std::string& who,
              Instant now) {
  approval::Vote vote;
  vote.by = who;
  vote.at = now;
  vote.digest = gate.evidence;
  vote.override_criteria = true;
  vote.comment = "would it count?";
  const auto ruling = approval::judge(gate, vote, groups);
  const bool has_voted = ruling && ruling->verdict == approval::Verdict::repeated;
  const bool is_open = gate.status == approval::GateStatus::open;
  auto shown = gate_json(gate);
  shown["may_decide"] = ruling.has_value() && !has_voted && is_open;
  shown["why_not"] = !is_open    ? ""
                     : !ruling   ? ruling.error().describe()
                     : has_voted ? "you have answered already"
                                 : "";
  return shown;
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

std::vector<Route> gate_reads(const approval::GateStore& gates,
                              const orchestration::Definitions& definitions, const Clock& clock) {
  return {{"GET", "/api/v1/gates", "Gates, open ones first",
           [&](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto found, listed_gates(gates, call.request));
             const auto groups = groups_of(definitions);
             return list_of(found, [&](const approval::Gate& gate) {
               return gate_for(gate, groups, call.request.actor.name, clock.now());
             });
           }},
          {"GET", "/api/v1/gates/:gate", "One gate", [&](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto id, GateId::parse(call.path.at("gate")));
             TRY_ASSIGN(const auto gate, gates.find(id));
             return gate_for(gate, groups_of(definitions), call.request.actor.name, clock.now());
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
             TRY_ASSIGN(auto found, models.list(query_text(call.request, "model")));
             const auto table = query_text(call.request, "trained_on");
             if (!table.empty()) {
               std::erase_if(found, [&](const auto& one) { return !is_trained_on(one, table); });
             }
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
             TRY_ASSIGN(const auto before, cursor_of<SwitchId>(call.request));
             TRY_ASSIGN(const auto found,
                        releases.switches(static_cast<std::size_t>(limit), before));
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
  return {
      {"GET", "/api/v1/audit", "The newest audit entries, or those after one, oldest first",
       [&audit](const Call& call) -> Result<Json> {
         TRY_ASSIGN(const auto limit, query_integer(call.request, "limit", 100, 1, 1'000'000));
         const auto* from_where = query_text(call.request, "cursor").empty() ? "after" : "cursor";
         TRY_ASSIGN(const auto after, query_integer(call.request, from_where, -1, -1, INT64_MAX));
         TRY_ASSIGN(const auto last, audit.last_sequence());
         const auto from = after >= 0 ? after : std::max<std::int64_t>(0, last - limit);
         TRY_ASSIGN(const auto found, audit.read(from, static_cast<std::size_t>(limit)));
         return list_of(found, audit_json);
       }},
      {"GET", "/api/v1/audit/verification", "Whether the chain of digests holds",
       [&audit](const Call&) -> Result<Json> { return verification(audit); }}};
}

}  // namespace gossamer::web
