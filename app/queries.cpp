// SPDX-License-Identifier: Apache-2.0
#include "app/queries.hpp"

#include <fmt/format.h>

namespace gossamer::app {

namespace {

constexpr Duration parse_patience = std::chrono::seconds(60);

executors::Job parse_job(std::string_view sql, IdSource& ids) {
  executors::Job job;
  job.attempt = AttemptId::make(ids);
  job.kind = "parse_sql";
  job.step = "parse_sql";
  job.spec = {{"sql", sql}};
  return job;
}

}  // namespace

Result<pipeline::ParsedQuery> QueryParser::parse(std::string_view sql) {
  const auto digest = digest_of(sql);
  if (const auto known = parsed_.find(digest.text()); known != parsed_.end()) return known->second;
  const auto file = folder_ / (std::string(digest.hex()) + ".json");
  if (const auto text = read_file(file)) {
    // A file that does not read is only a cache that is of no use: it is asked for again.
    if (const auto json = parse_json(*text, file.string())) {
      if (auto parsed = pipeline::parsed_query_from_json(*json)) {
        return parsed_.emplace(digest.text(), *std::move(parsed)).first->second;
      }
    }
  }
  TRY_ASSIGN(auto* const workers, workers_());
  TRY_ASSIGN(const auto answer, workers->call(parse_job(sql, *ids_), parse_patience));
  TRY_ASSIGN(auto parsed, pipeline::parsed_query_from_json(answer.outputs));
  if (make_folders(folder_)) {
    // A read-only workspace is validated all the same, only not as fast.
    static_cast<void>(write_file_durably(file, pipeline::to_json(parsed).dump()));
  }
  return parsed_.emplace(digest.text(), std::move(parsed)).first->second;
}

pipeline::SqlParser QueryParser::as_function() {
  return [this](std::string_view sql) { return parse(sql); };
}

Result<Json> QueryParser::kept_for(const pipeline::Definition& definition,
                                   const pipeline::Known& known, const std::string& overlay) {
  // Loading asks for exactly the queries that matter.
  Json queries = Json::object();
  const auto keep = [&](std::string_view sql) -> Result<pipeline::ParsedQuery> {
    auto parsed = parse(sql);
    if (parsed) queries[digest_of(sql).text()] = pipeline::to_json(*parsed);
    return parsed;
  };
  const auto loaded = pipeline::load_files(definition.files, keep, known, overlay);
  if (!loaded.definition) {
    return bug("a valid definition does not load again from its own files");
  }
  return Json{{"queries", std::move(queries)},
              {"tables", known.tables},
              {"models", known.models},
              {"overlay", overlay}};
}

Result<std::shared_ptr<const pipeline::Definition>> read_definition(
    const orchestration::StoredDefinition& stored) {
  TRY_ASSIGN(const auto queries, require<Json>(stored.parsed, "queries"));
  pipeline::Known known;
  TRY_ASSIGN(known.tables, require<std::vector<std::string>>(stored.parsed, "tables"));
  TRY_ASSIGN(known.models, require<std::vector<std::string>>(stored.parsed, "models"));
  TRY_ASSIGN(const auto overlay, require<std::string>(stored.parsed, "overlay"));
  const auto parse = [&](std::string_view sql) -> Result<pipeline::ParsedQuery> {
    const auto found = queries.find(digest_of(sql).text());
    if (found == queries.end()) return bug("a stored definition lacks what its SQL says");
    return pipeline::parsed_query_from_json(*found);
  };
  const auto loaded = pipeline::load_files(stored.files, parse, known, overlay);
  if (!loaded.definition) {
    return unavailable(fmt::format(
        "the stored definition {} does not load with this program: {}; apply the workspace again",
        stored.digest.text(),
        loaded.errors.empty() ? "no reason given" : loaded.errors.front().describe()));
  }
  return loaded.definition;
}

}  // namespace gossamer::app
