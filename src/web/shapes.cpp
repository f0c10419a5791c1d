// SPDX-License-Identifier: Apache-2.0
#include "web/shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::web {

namespace {

// Fields are written as `name`, `name:type` and, behind both, `!`: required in a request, `~`: may
// be missing in an answer. A type is text (where none is written), whole, number, flag, time,
// object, any, the name of a shared schema, or a list [TYPE] of them; `?` behind it: or null.
struct Declared {
  std::string_view name;
  std::string_view fields;
};

constexpr std::array shared{
    Declared{"Cause", "kind parent~ detail~"},
    Declared{"RunSummary",
             "run pipeline partition state model starter cause:Cause created_at:time "
             "started_at:time? finished_at:time? seconds:number?"},
    Declared{"Step",
             "step kind after:[text] state outcome attempts:whole rows:whole started_at:time? "
             "finished_at:time? seconds:number? error~"},
    Declared{"Run",
             "run pipeline partition state model params:object starter created_at:time "
             "started_at:time? finished_at:time? steps:[Step]"},
    Declared{"Window", "start:time end:time"},
    Declared{"PreviewStep", "step kind state"},
    Declared{"RunPreview",
             "pipeline partition params:object steps:[PreviewStep] window:Window~ joins~"},
    Declared{"HistoryEntry", "at:time what cause actor details:any"},
    Declared{"Log", "step attempt:whole text"},
    Declared{"Vote", "by answer at:time channel comment"},
    Declared{"Gate",
             "gate question pipeline partition run opened_at:time criteria_failed:flag "
             "on_approval:[text] step state due_at:time? closed_at:time? approvers:[text] digest "
             "votes:[Vote] needed:whole"},
    Declared{"GateForMe",
             "gate question pipeline partition run opened_at:time criteria_failed:flag "
             "on_approval:[text] step state due_at:time? closed_at:time? approvers:[text] digest "
             "votes:[Vote] needed:whole may_decide:flag why_not"},
    Declared{"Evidence", "gate:Gate text html"},
    Declared{"Pipeline",
             "pipeline description owner file partitions steps:whole recent:[RunSummary]"},
    Declared{"PipelineStep", "step kind after:[text] output:text? checks:whole"},
    Declared{"Parameter", "parameter type default:any description"},
    Declared{"Input", "input table"},
    Declared{"PipelineDetail",
             "pipeline description owner file partitions steps:[PipelineStep] "
             "recent:[RunSummary] parameters:[Parameter] inputs:[Input] text"},
    Declared{"Column", "name type"},
    Declared{"Table",
             "table keys:[text] partitions:whole rows:whole columns:[Column] updated_at:time"},
    Declared{"Partition",
             "partition state candidate rows:whole bytes:whole attempt run written_at:time "
             "checks:any digest"},
    Declared{"TableChange",
             "version:whole at:time actor run partitions:whole partition what added:whole "
             "replaced:whole removed:whole"},
    Declared{"Imported", "table rows:whole partitions:whole rejected:whole reject_file:text?"},
    Declared{"Rows", "columns:[Column] rows:[object] truncated:flag"},
    Declared{"Collected", "removed:[object] dry_run:flag"},
    Declared{"Model", "model version:whole aliases:[text] run metrics:any"},
    Declared{"ModelDetail",
             "model version:whole aliases:[text] run metrics:any digest flavour signature:any "
             "facts:any step created_at:time"},
    Declared{"TrainedOn", "table:any files:[any]"},
    Declared{"ScoredTable", "table partitions:whole current:whole rows:whole"},
    Declared{"Lineage",
             "version aliases:[text] digest created_at:time run step trained_on:[TrainedOn] "
             "predictions:[ScoredTable] pipeline~ partition~ definition~"},
    Declared{"AliasChange", "model alias from:any to:any"},
    Declared{"SettingChange", "name from:any to:any"},
    Declared{"ContentChange", "table partition from:any to:any"},
    Declared{"Switch",
             "id:text? switch cause actor reason at:time gate:text? undoes:text? "
             "aliases:[AliasChange] settings:[SettingChange] contents:[ContentChange] "
             "changes:[text]"},
    Declared{"Setting", "setting type default:any value:any"},
    Declared{"Schedule", "pipeline when state next:time? zone calendar by catch_up kind"},
    Declared{"Start", "pipeline at:time local partition window_start:text? window_end:text? when"},
    Declared{"SchedulePreview", "pipeline state at_once:whole starts:[Start]"},
    Declared{"SwitchedSchedule", "pipeline state at_once:whole starts:[Start] served:flag"},
    Declared{"Backfill",
             "plan:text? pipeline state from to reprocess:[text] model params:object "
             "partitions:whole pending:whole running:whole succeeded:whole failed:whole "
             "cancelled:whole skipped:whole message seconds_each:number? planned_by "
             "planned_at:time started_at:time? finished_at:time? order~ max_active:whole~ "
             "on_failure~ started_by~"},
    Declared{"BackfillRow", "partition reason state run:text? seconds_expected:number? detail"},
    Declared{"BackfillDetail",
             "plan:text? pipeline state from to reprocess:[text] model params:object "
             "partitions:whole pending:whole running:whole succeeded:whole failed:whole "
             "cancelled:whole skipped:whole message seconds_each:number? planned_by "
             "planned_at:time started_at:time? finished_at:time? order~ max_active:whole~ "
             "on_failure~ started_by~ rows:[BackfillRow]"},
    Declared{"Change", "change what detail:[text]"},
    Declared{"Applied", "digest changes:[Change] activated:flag"},
    Declared{"AuditEntry",
             "sequence:whole at:time actor verified:flag channel action subject details:any "
             "digest"},
    Declared{"Fault", "sequence:whole reason"},
    Declared{"Verification", "entries:whole head fault:Fault?"},
    Declared{"User", "user role active:flag created_at:time"},
    Declared{"Token", "token name user role created_at:time expires_at:time revoked_at:time?"},
    Declared{"IssuedToken",
             "token name user role created_at:time expires_at:time revoked_at:time? secret"},
};

struct DeclaredRoute {
  std::string_view route;  // method, pattern
  std::string_view takes;
  std::string_view answers;  // a type; several with "|" between them
};

constexpr std::array routes{
    DeclaredRoute{"GET /api/v1/runs", "pipeline state partition limit:whole cursor",
                  "[RunSummary]"},
    DeclaredRoute{"GET /api/v1/runs/:run", "", "Run"},
    DeclaredRoute{"GET /api/v1/runs/:run/steps", "", "[Step]"},
    DeclaredRoute{"GET /api/v1/runs/:run/history", "", "[HistoryEntry]"},
    DeclaredRoute{"GET /api/v1/runs/:run/logs", "step attempt:whole", "[Log]"},
    DeclaredRoute{"POST /api/v1/runs",
                  "pipeline! partition model params:object only:[text] from:[text] select:[text] "
                  "new:flag dry_run:flag detach:flag data code",
                  "Run|RunPreview"},
    DeclaredRoute{"POST /api/v1/runs/:run/cancel", "reason", "Run"},
    DeclaredRoute{"POST /api/v1/runs/:run/wait", "", "Run"},
    DeclaredRoute{"POST /api/v1/runs/:run/retry", "from:[text] data code", "Run"},
    DeclaredRoute{"POST /api/v1/runs/:run/force", "step! reason!", "Run"},
    DeclaredRoute{"GET /api/v1/gates", "state run limit:whole cursor", "[GateForMe]"},
    DeclaredRoute{"GET /api/v1/gates/:gate", "", "GateForMe"},
    DeclaredRoute{"POST /api/v1/gates/:gate/votes",
                  "answer! digest comment override:flag rework:object", "Gate"},
    DeclaredRoute{"POST /api/v1/gates/:gate/views", "html:flag inside:flag", "Evidence"},
    DeclaredRoute{"GET /api/v1/pipelines", "runs:whole limit:whole cursor", "[Pipeline]"},
    DeclaredRoute{"GET /api/v1/pipelines/:pipeline", "runs:whole", "PipelineDetail"},
    DeclaredRoute{"POST /api/v1/definitions", "dry_run:flag", "Applied"},
    DeclaredRoute{"GET /api/v1/tables", "limit:whole cursor", "[Table]"},
    DeclaredRoute{"GET /api/v1/tables/:table", "", "Table"},
    DeclaredRoute{"GET /api/v1/tables/:table/partitions", "limit:whole cursor", "[Partition]"},
    DeclaredRoute{"GET /api/v1/tables/:table/history", "limit:whole cursor", "[TableChange]"},
    DeclaredRoute{"GET /api/v1/tables/:table/comparison", "candidate! value labels on", "any"},
    DeclaredRoute{"POST /api/v1/tables/:table/imports",
                  "files:[text]! format select partition_by max_rejects:whole", "Imported"},
    DeclaredRoute{"POST /api/v1/tables/:table/publish", "candidate! reason", "Switch"},
    DeclaredRoute{"POST /api/v1/tables/:table/rollback", "partition to reason", "Switch"},
    DeclaredRoute{"POST /api/v1/tables-gc", "dry_run:flag", "Collected"},
    DeclaredRoute{"POST /api/v1/garbage", "dry_run:flag", "Collected"},
    DeclaredRoute{"GET /api/v1/query", "sql! as_of limit:whole seconds:whole", "Rows"},
    DeclaredRoute{"GET /api/v1/models", "model trained_on limit:whole cursor", "[Model]"},
    DeclaredRoute{"GET /api/v1/model", "name!", "ModelDetail"},
    DeclaredRoute{"GET /api/v1/model-lineage", "name!", "Lineage"},
    DeclaredRoute{"GET /api/v1/model-comparison",
                  "from! to! sql! label! weight metrics by time period matured_after "
                  "seconds:whole",
                  "object"},
    DeclaredRoute{"GET /api/v1/model-explanation", "name!", "object"},
    DeclaredRoute{"GET /api/v1/model-scores", "model path rows! output_type limit:whole", "Rows"},
    DeclaredRoute{"POST /api/v1/models", "model! path! signature:any metrics:object reason",
                  "Model"},
    DeclaredRoute{"POST /api/v1/model-deletions", "name! reason", "Model"},
    DeclaredRoute{"GET /api/v1/switches", "limit:whole cursor", "[Switch]"},
    DeclaredRoute{"GET /api/v1/switches/:switch", "", "Switch"},
    DeclaredRoute{"POST /api/v1/switches/:switch/undo", "reason", "Switch"},
    DeclaredRoute{"GET /api/v1/settings", "limit:whole cursor", "[Setting]"},
    DeclaredRoute{"GET /api/v1/schedules", "", "[Schedule]"},
    DeclaredRoute{"GET /api/v1/schedules/next", "pipeline limit:whole", "[Start]"},
    DeclaredRoute{"GET /api/v1/schedules/:pipeline/preview", "", "SchedulePreview"},
    DeclaredRoute{"POST /api/v1/schedules/:pipeline/resume", "", "SwitchedSchedule"},
    DeclaredRoute{"POST /api/v1/schedules/:pipeline/pause", "", "SwitchedSchedule"},
    DeclaredRoute{"GET /api/v1/backfills", "limit:whole cursor", "[Backfill]"},
    DeclaredRoute{"GET /api/v1/backfills/:plan", "limit:whole state", "BackfillDetail"},
    DeclaredRoute{"POST /api/v1/backfills",
                  "pipeline! from to model params:object reprocess:[text]", "Backfill"},
    DeclaredRoute{"POST /api/v1/backfills/:plan/start", "order on_failure max_active:whole",
                  "Backfill"},
    DeclaredRoute{"POST /api/v1/backfills/:plan/wait", "", "Backfill"},
    DeclaredRoute{"POST /api/v1/backfills/:plan/pause", "", "Backfill"},
    DeclaredRoute{"POST /api/v1/backfills/:plan/resume", "", "Backfill"},
    DeclaredRoute{"POST /api/v1/backfills/:plan/cancel", "reason", "Backfill"},
    DeclaredRoute{"GET /api/v1/audit", "limit:whole after:whole cursor", "[AuditEntry]"},
    DeclaredRoute{"GET /api/v1/audit/verification", "", "Verification"},
    DeclaredRoute{"GET /api/v1/users", "limit:whole cursor", "[User]"},
    DeclaredRoute{"POST /api/v1/users", "user! role! password!", "User"},
    DeclaredRoute{"POST /api/v1/users/:user", "role password active:flag", "User"},
    DeclaredRoute{"GET /api/v1/tokens", "limit:whole cursor", "[Token]"},
    DeclaredRoute{"POST /api/v1/tokens", "name! user! role! valid_for!", "IssuedToken"},
    DeclaredRoute{"POST /api/v1/tokens/:token/revoke", "", "Token"},
};

Json schema_of(std::string_view type) {
  if (type.ends_with('?')) {
    return {{"anyOf", {schema_of(type.substr(0, type.size() - 1)), {{"type", "null"}}}}};
  }
  if (type.starts_with('[')) {
    return {{"type", "array"}, {"items", schema_of(type.substr(1, type.size() - 2))}};
  }
  if (type.empty() || type == "text") return {{"type", "string"}};
  if (type == "whole") return {{"type", "integer"}};
  if (type == "number") return {{"type", "number"}};
  if (type == "flag") return {{"type", "boolean"}};
  if (type == "object") return {{"type", "object"}};
  if (type == "time") return {{"type", "string"}, {"format", "date-time"}};
  if (type == "any") return Json::object();
  return {{"$ref", fmt::format("#/components/schemas/{}", type)}};
}

struct Field {
  std::string name;
  std::string type;
  char mark = ' ';  // '!' or '~' where there is one
};

std::vector<Field> fields_of(std::string_view text) {
  std::vector<Field> fields;
  if (text.empty()) return fields;
  for (const auto& word : split(text, ' ')) {
    Field field;
    std::string_view rest = word;
    if (rest.ends_with('!') || rest.ends_with('~')) {
      field.mark = rest.back();
      rest.remove_suffix(1);
    }
    const auto colon = std::min(rest.find(':'), rest.size());
    field.name = rest.substr(0, colon);
    if (colon < rest.size()) field.type = rest.substr(colon + 1);
    fields.push_back(std::move(field));
  }
  return fields;
}

enum class Side : std::uint8_t { request, answer };

Json object_of(std::string_view text, Side side) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& field : fields_of(text)) {
    properties[field.name] = schema_of(field.type);
    if (side == Side::request ? field.mark == '!' : field.mark != '~') {
      required.push_back(field.name);
    }
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

Json query_of(std::string_view text) {
  Json query = Json::object();
  for (const auto& field : fields_of(text)) {
    query[field.name] = {{"schema", schema_of(field.type)}, {"required", field.mark == '!'}};
  }
  return query;
}

Json answer_of(std::string_view types) {
  const auto each = split(types, '|');
  if (each.size() == 1) return schema_of(each.front());
  Json schemas = Json::array();
  for (const auto& type : each)
    schemas.push_back(schema_of(type));
  return {{"anyOf", std::move(schemas)}};
}

const DeclaredRoute* find(const Route& route) {
  const auto name = fmt::format("{} {}", route.method, route.pattern);
  const auto* found = std::ranges::find(routes, name, &DeclaredRoute::route);
  return found == routes.end() ? nullptr : found;
}

}  // namespace

bool has_shape(const Route& route) { return find(route) != nullptr; }

Result<void> check_fields(const Route& route, const Request& request) {
  const auto* known = find(route);
  if (known == nullptr) return {};
  std::vector<std::string> names;
  for (const auto& field : fields_of(known->takes))
    names.push_back(field.name);
  const auto check = [&](const std::string& name) -> Result<void> {
    const bool is_file =
        std::ranges::find(route.files, name, &FileField::name) != route.files.end();
    if (is_file || std::ranges::find(names, name) != names.end()) return {};
    return invalid_input(
        fmt::format("`{}` is no field of {} {}{}; {}", name, route.method, request.path,
                    did_you_mean(name, names),
                    names.empty() ? "it takes none" : "it takes " + join(names, ", ")));
  };
  if (route.method == "GET") {
    for (const auto& [name, value] : request.query)
      TRY(check(name));
  } else {
    for (const auto& [name, value] : request.body.items())
      TRY(check(name));
  }
  return {};
}

Shape shape_of(const Route& route) {
  const auto* known = find(route);
  if (known == nullptr) return {Json::object(), {{"type", "object"}}, Json::object()};
  return {query_of(known->takes), object_of(known->takes, Side::request),
          answer_of(known->answers)};
}

Json shared_schemas() {
  Json schemas = Json::object();
  for (const auto& [name, fields] : shared)
    schemas[std::string(name)] = object_of(fields, Side::answer);
  return schemas;
}

}  // namespace gossamer::web
