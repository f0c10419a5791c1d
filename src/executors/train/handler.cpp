// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/json.hpp"
#include "executors/state_folder.hpp"
#include "executors/train/features.hpp"
#include "executors/train/job_queries.hpp"
#include "executors/train/train.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;

// The run's window of event time; null where it has none.
Json window_of(const Job& job) {
  const auto start = job.parameters.find("window_start");
  const auto end = job.parameters.find("window_end");
  if (start == job.parameters.end() || end == job.parameters.end()) return nullptr;
  return {{"start", start->value("value", Json())}, {"end", end->value("value", Json())}};
}

Result<AttemptResult> run(const Job& job, JobChannel& context,
                          const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const TrainSpec spec, parse_train_spec(job.spec));
  TRY_ASSIGN(const scoring::Engine* engine, scoring::find_engine(engines, spec.engine));
  const auto models = std::make_shared<const JobModels>(job.models, engines);
  TRY_ASSIGN(const Batch rows, [&]() -> Result<Batch> {
    // Closed before training, which needs the memory.
    TRY_ASSIGN(auto session, open_session(job, context, models));
    return fetch_rows(session, job, spec.query);
  }());
  context.log(fmt::format("training {} on {} rows with {} {}", spec.model, rows.rows(),
                          engine->name, engine->version));
  const auto total = static_cast<std::uint64_t>(std::max(1, spec.request.rounds));
  const auto observer = [&](int rounds) {
    context.progress(static_cast<std::uint64_t>(rounds), total);
    return !context.is_cancelled();
  };
  const fs::path folder = fs::path(job.folder) / "model";
  TRY_ASSIGN(Training training,
             train_model(rows, spec, key_columns_of(job), *engine, folder, observer));
  training.registration.folder = relative_to_state(folder);
  training.registration.facts["data"] = data_of(job);
  training.registration.facts["window"] = window_of(job);

  AttemptResult result;
  result.attempt = job.attempt;
  result.result.rows = rows.rows();
  result.result.report = std::move(training.report);
  result.result.outputs = {{"metrics", training.registration.metrics}};
  result.result.model = std::move(training.registration);
  return result;
}

}  // namespace

JobHandler train_handler(std::vector<scoring::Engine> engines) {
  return [engines = std::move(engines)](const Job& job, JobChannel& context) {
    return run(job, context, engines);
  };
}

}  // namespace gossamer::executors
