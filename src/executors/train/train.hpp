// SPDX-License-Identifier: Apache-2.0
// The step kind `train`: a query's rows to a model folder and what the registry is told of it.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/files.hpp"
#include "executors/job.hpp"
#include "scoring/engine.hpp"

namespace gossamer::executors {

// Job::spec of a train step, checked.
struct TrainSpec {
  std::string model;
  std::string engine;
  std::string query;
  std::vector<std::string> exclude;
  scoring::TrainingRequest request;  // without the features, which the rows give
};
Result<TrainSpec> parse_train_spec(const Json& spec);

// Trains on the rows and leaves a sealed model folder at `folder`. The registration has no version:
// the engine assigns it. `facts`: {engine, library, params, rounds, seed, objective, label, weight,
// rows, validation_rows, importance: [{feature, gain, splits}], data: the caller's}.
struct Training {
  release::ModelRegistration registration;
  Json report;  // docs/reports.md, "train"
};
Result<Training> train_model(const Batch& rows, const TrainSpec& spec,
                             const std::set<std::string>& keys, const scoring::Engine& engine,
                             const fs::path& folder, const scoring::RoundObserver& observer);

// The handler of kind `train`; `engines` are copied.
JobHandler train_handler(std::vector<scoring::Engine> engines);

}  // namespace gossamer::executors
