// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "web/handlers/handlers.hpp"
#include "web/handlers/verbs.hpp"
#include "web/views.hpp"

namespace gossamer::web {

namespace {

std::vector<std::string> list_in(const Request& request, const std::string& key) {
  const auto text = query_text(request, key);
  return text.empty() ? std::vector<std::string>() : split(text, ',');
}

Result<Json> compare(models::Examiner& examiner, const Call& call) {
  models::CompareRequest request;
  request.from = query_text(call.request, "from");
  request.to = query_text(call.request, "to");
  request.sql = query_text(call.request, "sql");
  request.label = query_text(call.request, "label");
  if (request.sql.empty()) return invalid_input("the comparison has no `sql` for its rows");
  if (request.label.empty()) return invalid_input("the comparison has no `label`");
  request.weight = query_text(call.request, "weight");
  request.metrics = list_in(call.request, "metrics");
  request.by = list_in(call.request, "by");
  request.time_column = query_text(call.request, "time");
  request.period = query_text(call.request, "period");
  request.matured_after = query_text(call.request, "matured_after");
  TRY_ASSIGN(const auto seconds, query_integer(call.request, "seconds", 3600, 1, 86'400));
  request.patience = std::chrono::seconds(seconds);
  return examiner.compare(request);
}

Result<Json> score(models::Examiner& examiner, const Call& call) {
  models::ScoreRequest request;
  request.model = query_text(call.request, "model");
  request.path = query_text(call.request, "path");
  request.rows = query_text(call.request, "rows");
  if (request.model.empty() == request.path.empty()) {
    return invalid_input("give a registered `model`, or the `path` of one");
  }
  if (request.rows.empty()) return invalid_input("there are no `rows` to score");
  if (const auto type = query_text(call.request, "output_type"); !type.empty()) {
    request.output_type = type;
  }
  request.to = query_text(call.request, "to");
  TRY_ASSIGN(request.limit, query_integer(call.request, "limit", 10'000, 1, 10'000'000));
  return examiner.score(request);
}

models::Change change_of(const Call& call, std::string reason, Instant now) {
  const auto& actor = call.request.actor;
  return {actor.name, actor.verified, actor.channel, std::move(reason), now};
}

Result<Json> register_model(const ModelParts& parts, const Call& call) {
  const Json& body = call.request.body;
  models::RegisterRequest request;
  TRY_ASSIGN(request.model, require<std::string>(body, "model"));
  TRY_ASSIGN(request.path, require<std::string>(body, "path"));
  TRY_ASSIGN(const auto signature, optional<Json>(body, "signature"));
  if (signature) {
    TRY_ASSIGN(request.signature, parse_signature(*signature));
  }
  TRY_ASSIGN(const auto metrics, optional<Json>(body, "metrics"));
  if (metrics) request.metrics = *metrics;
  TRY_ASSIGN(const auto reason, optional<std::string>(body, "reason"));
  TRY_ASSIGN(const auto registration, parts.examiner.stage(request));
  const auto change = change_of(call, reason.value_or(""), parts.clock.now());
  // On the engine's thread: a training that ends at this moment takes its number there, too.
  const auto added = parts.engine.call(
      [&](orchestration::Verbs&) { return parts.keeper.add(registration, change); });
  if (!added) {
    static_cast<void>(parts.examiner.discard(registration));
    return std::unexpected(added.error());
  }
  return model_json(*added);
}

Result<Json> delete_model(const ModelParts& parts, const Call& call) {
  TRY_ASSIGN(const auto text, require<std::string>(call.request.body, "name"));
  TRY_ASSIGN(const auto name, models::Name::parse(text));
  if (!name.version) {
    return invalid_input(
        fmt::format("`{}` is no version: write `{}/1`; an alias goes by a switch, a model with its "
                    "last version",
                    text, name.model));
  }
  TRY_ASSIGN(const auto reason, optional<std::string>(call.request.body, "reason"));
  const auto change = change_of(call, reason.value_or(""), parts.clock.now());
  TRY_ASSIGN(const auto removed, parts.engine.call([&](orchestration::Verbs&) {
    return parts.keeper.remove(name.model, *name.version, change);
  }));
  // What a crash leaves here are files that nobody names.
  TRY(parts.examiner.discard(removed.registration));
  return model_json(removed);
}

Json tables_of(const models::Version& version) {
  const Json& facts = version.registration.facts;
  Json tables = Json::array();
  if (!facts.is_object() || !facts.contains("data")) return tables;
  for (const Json& view : facts["data"]) {
    const bool has_table = view.contains("table") && view["table"].is_string();
    tables.push_back({{"table", has_table ? view["table"] : view.value("view", Json())},
                      {"files", view.value("files", Json::array())}});
  }
  return tables;
}

Result<Json> lineage(const models::ModelStore& models, const orchestration::RunStore& runs,
                     const Call& call) {
  TRY_ASSIGN(const auto name, models::Name::parse(query_text(call.request, "name")));
  TRY_ASSIGN(const auto version, models.resolve(name));
  const auto& registration = version.registration;
  TRY_ASSIGN(const auto scored, models.scored_by(registration.model, registration.version));
  Json predictions = Json::array();
  for (const auto& table : scored) {
    predictions.push_back({{"table", table.table},
                           {"partitions", table.partitions},
                           {"current", table.current},
                           {"rows", table.rows}});
  }
  Json shown{{"version", fmt::format("{}/{}", registration.model, registration.version)},
             {"aliases", version.aliases},
             {"digest", registration.digest.text()},
             {"created_at", format_instant(version.created_at)},
             {"run", version.run.value()},
             {"step", version.step},
             {"trained_on", tables_of(version)},
             {"predictions", std::move(predictions)}};
  // A run that has left the control database is in the history's files.
  if (const auto run = version.run.empty()
                           ? Result<orchestration::RunState>(not_found("no run made it"))
                           : runs.load(version.run)) {
    shown["pipeline"] = run->pipeline->name;
    shown["partition"] = run->partition.text();
    shown["definition"] = run->definition->digest.text();
  }
  return shown;
}

}  // namespace

bool is_trained_on(const models::Version& version, const std::string& table) {
  const Json tables = tables_of(version);
  return std::ranges::any_of(tables,
                             [&](const Json& each) { return each.at("table") == Json(table); });
}

std::vector<Route> model_verbs(ModelParts parts) {
  return {{"POST",
           "/api/v1/models",
           "Register a model that another program left",
           [parts](const Call& call) { return register_model(parts, call); },
           std::nullopt,
           {{"path", FileUse::reads}}},
          {"POST", "/api/v1/model-deletions", "Delete a version that nothing needs",
           [parts](const Call& call) { return delete_model(parts, call); }}};
}

std::vector<Route> model_lineage(const models::ModelStore& models,
                                 const orchestration::RunStore& runs) {
  return {{"GET", "/api/v1/model-lineage", "Where a version comes from, and where it went",
           [&models, &runs](const Call& call) { return lineage(models, runs, call); }}};
}

std::vector<Route> model_examinations(models::Examiner& examiner) {
  return {{"GET", "/api/v1/model-comparison", "Two versions on the same rows",
           [&examiner](const Call& call) { return compare(examiner, call); }},
          {"GET", "/api/v1/model-explanation", "What a version is made of, and what scores it",
           [&examiner](const Call& call) {
             return examiner.explain(query_text(call.request, "name"));
           }},
          {"GET",
           "/api/v1/model-scores",
           "The rows of a file, scored",
           [&examiner](const Call& call) { return score(examiner, call); },
           std::nullopt,
           {{"path", FileUse::reads}, {"rows", FileUse::reads}, {"to", FileUse::writes}}}};
}

}  // namespace gossamer::web
