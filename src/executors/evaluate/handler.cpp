// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/json.hpp"
#include "executors/evaluate/evaluate.hpp"
#include "executors/train/job_queries.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;
using orchestration::Outcome;

Result<AttemptResult> run(const Job& job, JobChannel& context,
                          const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const EvaluateSpec spec, parse_evaluate_spec(job.spec));
  const auto models = std::make_shared<const JobModels>(job.models, engines);
  TRY_ASSIGN(const LoadedModel model, models->load(spec.model));
  std::optional<LoadedModel> against;
  if (!spec.against.empty() && models->find(spec.against) != nullptr) {
    TRY_ASSIGN(against, models->load(spec.against));
  } else if (!spec.against.empty()) {
    context.log(
        fmt::format("{} does not exist yet: there is nothing to compare with", spec.against));
  }
  TRY_ASSIGN(auto session, open_session(job, context, models));
  TRY_ASSIGN(const Batch rows, fetch_rows(session, job, spec.query));
  TRY_ASSIGN(Evaluation evaluation, evaluate(rows, spec, model, against));

  AttemptResult result;
  result.attempt = job.attempt;
  result.outcome = evaluation.criteria_failed ? Outcome::failed_criteria : Outcome::passed;
  result.criteria_failed = evaluation.criteria_failed;
  result.result.rows = rows.rows();
  Json figures = Json::object();
  for (const Json& metric : evaluation.report.at("metrics")) {
    figures[metric.at("name").get<std::string>()] = metric.at("new");
  }
  result.result.outputs = {{"metrics", std::move(figures)},
                           {"passed", !evaluation.criteria_failed}};
  result.result.report = std::move(evaluation.report);
  return result;
}

}  // namespace

JobHandler evaluate_handler(std::vector<scoring::Engine> engines) {
  return [engines = std::move(engines)](const Job& job, JobChannel& context) {
    return run(job, context, engines);
  };
}

}  // namespace gossamer::executors
