// SPDX-License-Identifier: Apache-2.0
#include "executors/sql/handlers.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/guarded.hpp"
#include "executors/sql/answers.hpp"
#include "executors/sql/output.hpp"
#include "executors/train/job_queries.hpp"
#include "pipeline/load.hpp"
#include "warehouse/duckdb/parse.hpp"

namespace gossamer::executors {

namespace {

using orchestration::AttemptResult;

constexpr std::size_t max_returned_rows = 10'000;

AttemptResult answer_to(const Job& job) {
  AttemptResult result;
  result.attempt = job.attempt;
  return result;
}

Result<warehouse::Session> open_for(const Job& job, JobChannel& context, const QueryTools& tools,
                                    SessionExtras extras = {}) {
  extras.spares = tools.spares.get();
  return open_session(job, context, std::make_shared<const JobModels>(job.models, tools.engines),
                      extras);
}

Result<AttemptResult> run_sql(const Job& job, JobChannel& context, const QueryTools& tools) {
  TRY_ASSIGN(const Json query, require<Json>(job.spec, "query", "sql"));
  TRY_ASSIGN(const auto text, require<std::string>(query, "text", "sql.query"));
  TRY_ASSIGN(auto session, open_for(job, context, tools));
  // Validated when it was applied; here it guards a statement that carries the text inside.
  const auto parts = warehouse::parse_query(session, text);
  if (!parts) return std::unexpected(in_file(parts.error(), job, "query"));
  if (job.output) {
    TRY_ASSIGN(auto written, write_output(session, job, text));
    context.log(
        fmt::format("{} rows for {} {}", written.rows, job.output->table, job.output->key.text()));
    auto result = result_of(job, std::move(written));
    // Lineage: the job was given exactly the versions that its query names.
    for (const ModelBinding& model : job.models) {
      result.result.report["models"].push_back(
          {{"model", fmt::format("{}/{}", model.model, model.version)},
           {"reference", model.reference}});
    }
    return result;
  }
  TRY_ASSIGN(auto answer, answer_of(session, job, text, max_returned_rows));
  auto result = answer_to(job);
  result.result.rows = answer.rows.size();
  result.result.outputs = {{"rows", std::move(answer.rows)}};
  return result;
}

// Made for the first text and kept: a worker parses many.
using KeptParser = Guarded<std::optional<warehouse::QueryParser>>;

Result<AttemptResult> run_parse(const Job& job, const std::shared_ptr<KeptParser>& parser) {
  TRY_ASSIGN(const auto sql, require<std::string>(job.spec, "sql", "parse_sql"));
  auto parts = parser->with([&](auto& kept) -> Result<warehouse::QueryParts> {
    if (!kept) {
      TRY_ASSIGN(kept, warehouse::QueryParser::open());
    }
    return kept->parse(sql);
  });
  auto result = answer_to(job);
  if (parts) {
    result.result.outputs = pipeline::to_json(pipeline::ParsedQuery{
        std::move(parts->tables), std::move(parts->parameters), std::move(parts->functions),
        parts->is_volatile, std::move(parts->predict_models)});
    return result;
  }
  if (parts.error().kind != ErrorKind::invalid_input) {
    return std::unexpected(std::move(parts).error());
  }
  // Why a text is no query is an answer too: as a failure it would lose its line and column.
  result.result.outputs =
      pipeline::to_json(Result<pipeline::ParsedQuery>(std::unexpected(std::move(parts).error())));
  return result;
}

Result<AttemptResult> run_query(const Job& job, JobChannel& context, const QueryTools& tools) {
  TRY_ASSIGN(const auto sql, require<std::string>(job.spec, "sql", "query"));
  TRY_ASSIGN(const auto limit, require<std::int64_t>(job.spec, "limit", "query"));
  TRY_ASSIGN(const auto file, optional<std::string>(job.spec, "file", "query"));
  SessionExtras extras;
  if (file) extras.writable_folders = {fs::path(*file).parent_path()};
  TRY_ASSIGN(auto session, open_for(job, context, tools, extras));
  TRY(warehouse::parse_query(session, sql));
  auto result = answer_to(job);
  if (file) {
    TRY_ASSIGN(result.result.rows, write_rows(session, job, sql, *file));
    result.result.outputs = {{"file", *file}, {"rows", result.result.rows}};
    return result;
  }
  TRY_ASSIGN(auto answer, answer_of(session, job, sql, static_cast<std::size_t>(limit)));
  result.result.rows = answer.rows.size();
  result.result.outputs = {{"columns", std::move(answer.columns)},
                           {"rows", std::move(answer.rows)},
                           {"truncated", answer.truncated}};
  return result;
}

Result<AttemptResult> run_adopt(const Job& job, JobChannel& context, const QueryTools& tools) {
  TRY_ASSIGN(const auto folder, require<std::string>(job.spec, "source", "adopt_output"));
  TRY_ASSIGN(const auto names, list_folder(folder));
  std::vector<fs::path> files;
  for (const auto& name : names) {
    if (name.ends_with(".parquet")) files.push_back(fs::path(folder) / name);
  }
  if (files.empty()) {
    return invalid_input(
        fmt::format("the program wrote no .parquet file into GOSSAMER_OUTPUT; a partition without "
                    "rows is a file "
                    "without rows"));
  }
  TRY_ASSIGN(auto session, open_for(job, context, tools, {.readable_files = files}));
  TRY_ASSIGN(auto written, adopt_output(session, job, files));
  return result_of(job, std::move(written));
}

}  // namespace

JobHandler sql_handler(QueryTools tools) {
  return [tools = std::move(tools)](const Job& job, JobChannel& context) {
    return run_sql(job, context, tools);
  };
}

JobHandler parse_sql_handler() {
  return [parser = std::make_shared<KeptParser>()](const Job& job, JobChannel&) {
    return run_parse(job, parser);
  };
}

JobHandler query_handler(QueryTools tools) {
  return [tools = std::move(tools)](const Job& job, JobChannel& context) {
    return run_query(job, context, tools);
  };
}

JobHandler adopt_output_handler(QueryTools tools) {
  return [tools = std::move(tools)](const Job& job, JobChannel& context) {
    return run_adopt(job, context, tools);
  };
}

}  // namespace gossamer::executors
