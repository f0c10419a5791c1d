// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "web/handlers/handlers.hpp"
#include "web/handlers/verbs.hpp"
#include "web/views.hpp"

namespace gossamer::web {

namespace {

Result<warehouse::ImportRequest> import_request(const Call& call) {
  const Json& body = call.request.body;
  warehouse::ImportRequest request;
  request.table = call.path.at("table");
  TRY_ASSIGN(request.files, require<std::vector<std::string>>(body, "files"));
  TRY_ASSIGN(const auto format, optional<std::string>(body, "format"));
  TRY_ASSIGN(const auto select, optional<std::string>(body, "select"));
  TRY_ASSIGN(const auto partition_by, optional<std::string>(body, "partition_by"));
  TRY_ASSIGN(const auto max_rejects, optional<std::int64_t>(body, "max_rejects"));
  request.format = format.value_or("");
  request.select = select.value_or("");
  request.partition_by = partition_by.value_or("");
  request.max_rejects = max_rejects.value_or(0);
  request.actor = call.request.actor.name;
  return request;
}

Result<Json> import_table(warehouse::Tables& tables, const Call& call) {
  TRY_ASSIGN(const auto request, import_request(call));
  TRY_ASSIGN(const auto report, tables.import_table(request));
  return Json{{"table", report.table},
              {"rows", report.rows},
              {"partitions", report.partitions},
              {"rejected", report.rejected},
              {"reject_file", report.reject_file.empty() ? Json() : Json(report.reject_file)}};
}

Result<Json> collect(warehouse::Tables& tables, const Call& call) {
  TRY_ASSIGN(const auto dry_run, optional<bool>(call.request.body, "dry_run"));
  TRY_ASSIGN(const auto garbage,
             tables.collect(dry_run.value_or(false) ? warehouse::CollectMode::list
                                                    : warehouse::CollectMode::remove));
  Json removed = Json::array();
  for (const auto& item : garbage) {
    removed.push_back(
        {{"table", item.table}, {"attempt", item.attempt.value()}, {"bytes", item.bytes}});
  }
  return Json{{"removed", std::move(removed)}, {"dry_run", dry_run.value_or(false)}};
}

Result<Json> roll_back(warehouse::Tables& tables, orchestration::ReleaseStore& releases,
                       const Call& call) {
  warehouse::RollbackRequest request;
  request.table = call.path.at("table");
  TRY_ASSIGN(const auto partition, optional<std::string>(call.request.body, "partition"));
  if (partition) {
    TRY_ASSIGN(request.key, release::PartitionKey::parse(*partition));
  }
  TRY_ASSIGN(const auto to, optional<std::string>(call.request.body, "to"));
  request.to = to.value_or("");
  TRY_ASSIGN(const auto reason, optional<std::string>(call.request.body, "reason"));
  TRY_ASSIGN(auto change, tables.rollback_of(request));
  change.actor = call.request.actor.name;
  change.reason = reason.value_or("");
  auto subject = request.table;
  if (partition) subject += " " + *partition;
  TRY(releases.apply(
      change, {call.request.actor, "table.rollback", subject, release::to_json(change)}, {}));
  TRY(tables.project(request.table));
  return switch_json(change);
}

Result<Json> publish(warehouse::Tables& tables, orchestration::ReleaseStore& releases,
                     const Call& call) {
  const auto& table = call.path.at("table");
  TRY_ASSIGN(const auto candidate, require<std::string>(call.request.body, "candidate"));
  TRY_ASSIGN(const auto reason, optional<std::string>(call.request.body, "reason"));
  TRY_ASSIGN(auto change, tables.publish_of(table, candidate));
  change.actor = call.request.actor.name;
  change.reason = reason.value_or("");
  TRY(releases.apply(change,
                     {call.request.actor, "table.publish", fmt::format("{} {}", table, candidate),
                      release::to_json(change)},
                     {}));
  TRY(tables.project(table));
  return switch_json(change);
}

Result<Json> compare(warehouse::Tables& tables, const Call& call) {
  warehouse::CompareRequest request;
  request.table = call.path.at("table");
  request.candidate = query_text(call.request, "candidate");
  if (const auto value = query_text(call.request, "value"); !value.empty()) request.value = value;
  request.labels = query_text(call.request, "labels");
  const auto on = query_text(call.request, "on");
  if (!on.empty()) request.on = split(on, ',');
  return tables.compare(request);
}

}  // namespace

std::vector<Route> table_verbs(warehouse::Tables& tables, orchestration::ReleaseStore& releases) {
  return {{"POST",
           "/api/v1/tables/:table/imports",
           "Bring files in, all partitions or none",
           [&tables](const Call& call) { return import_table(tables, call); },
           std::nullopt,
           {{"files", FileUse::reads}}},
          {"POST", "/api/v1/tables-gc", "Remove files that nothing kept needs",
           [&tables](const Call& call) { return collect(tables, call); }},
          {"POST", "/api/v1/tables/:table/publish", "Make a candidate's partitions current",
           [&tables, &releases](const Call& call) { return publish(tables, releases, call); }},
          {"POST", "/api/v1/tables/:table/rollback", "Make former contents current again",
           [&tables, &releases](const Call& call) { return roll_back(tables, releases, call); }}};
}

std::vector<Route> query_reads(warehouse::Tables& tables) {
  return {{"GET", "/api/v1/tables/:table/comparison", "A candidate beside what is current",
           [&tables](const Call& call) { return compare(tables, call); }},
          {"GET",
           "/api/v1/query",
           "Read the tables with SQL",
           [&tables](const Call& call) -> Result<Json> {
             warehouse::QueryRequest request;
             request.sql = query_text(call.request, "sql");
             if (request.sql.empty()) return invalid_input("the query has no SQL");
             request.as_of = query_text(call.request, "as_of");
             request.file = query_text(call.request, "file");
             TRY_ASSIGN(request.limit, query_integer(call.request, "limit", 10'000, 1, 10'000'000));
             TRY_ASSIGN(const auto seconds, query_integer(call.request, "seconds", 60, 1, 86'400));
             request.patience = std::chrono::seconds(seconds);
             return tables.query(request);
           },
           std::nullopt,
           {{"file", FileUse::writes}}}};
}

}  // namespace gossamer::web
