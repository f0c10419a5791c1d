// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/score.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "executors/predict/planned.hpp"
#include "executors/sql/answers.hpp"
#include "executors/train/job_queries.hpp"
#include "scoring/artifact.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;

struct ScoreRequest {
  fs::path rows;
  std::optional<std::string> to;
  std::int64_t limit = 0;
};

Result<ScoreRequest> request_of(const Json& spec) {
  ScoreRequest request;
  TRY_ASSIGN(request.rows, require<std::string>(spec, "rows", "score_rows"));
  TRY_ASSIGN(request.to, optional<std::string>(spec, "to", "score_rows"));
  TRY_ASSIGN(request.limit, require<std::int64_t>(spec, "limit", "score_rows"));
  TRY_ASSIGN(const bool is_there, path_exists(request.rows));
  if (!is_there) return not_found(request.rows.string() + " does not exist");
  if (lower_case(request.rows.extension().string()) == ".parquet") return request;
  return invalid_input(
      fmt::format("{}: the rows must be a .parquet file; `gossamer query ... --to rows.parquet` "
                  "writes one",
                  request.rows.string()));
}

Result<LoadedModel> model_of(const Job& job, const JobModels& models,
                             const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const auto path, optional<std::string>(job.spec, "path", "score_rows"));
  if (!path) {
    TRY_ASSIGN(const auto reference, require<std::string>(job.spec, "model", "score_rows"));
    return models.load(reference);
  }
  TRY_ASSIGN(const auto artifact, scoring::open_model(*path, scoring::names_of(engines)));
  LoadedModel model{.model = *path, .version = 0, .scorer = nullptr};
  TRY_ASSIGN(model.scorer, scoring::load_scorer(engines, artifact));
  return model;
}

Result<AttemptResult> run(const Job& job, JobChannel& channel,
                          const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const ScoreRequest request, request_of(job.spec));
  const auto models = std::make_shared<const JobModels>(job.models, engines);
  TRY_ASSIGN(LoadedModel model, model_of(job, *models, engines));
  PredictPlan plan;
  plan.models.push_back({"", std::move(model)});
  TRY_ASSIGN(const auto type, require<std::string>(job.spec, "output_type", "score_rows"));
  TRY_ASSIGN(plan.type, scoring::parse_output_type(type));
  plan.query = fmt::format("select * from read_parquet([{}], hive_partitioning = false)",
                           warehouse::quoted_text(request.rows.string()));
  SessionExtras extras{.functions = functions_of(plan, counts_for(plan)),
                       .readable_files = {request.rows}};
  if (request.to) extras.writable_folders = {fs::path(*request.to).parent_path()};
  TRY_ASSIGN(auto session, open_session(job, channel, models, extras));
  TRY_ASSIGN(plan.columns, session.describe(plan.query, {}));
  TRY(check_plan(plan));
  // Where a row came from is for tables; here the caller has just said it.
  const std::string sql =
      fmt::format("select * exclude (model_name, model_version, run_id) from ({})",
                  select_scores(plan, "(" + select_packed(plan, score_function) + ")"));
  AttemptResult result;
  result.attempt = job.attempt;
  if (request.to) {
    auto written = write_rows(session, job, sql, *request.to);
    if (!written) return std::unexpected(located(session, plan, {}, written.error()));
    result.result.rows = *written;
    result.result.outputs = {{"file", *request.to}, {"rows", *written}};
    return result;
  }
  auto answer = answer_of(session, job, sql, static_cast<std::size_t>(request.limit));
  if (!answer) return std::unexpected(located(session, plan, {}, answer.error()));
  result.result.rows = answer->rows.size();
  result.result.outputs = {{"columns", std::move(answer->columns)},
                           {"rows", std::move(answer->rows)},
                           {"truncated", answer->truncated}};
  return result;
}

}  // namespace

JobHandler score_rows_handler(std::vector<scoring::Engine> engines) {
  return [engines = std::move(engines)](const Job& job, JobChannel& channel) {
    return run(job, channel, engines);
  };
}

}  // namespace gossamer::executors
