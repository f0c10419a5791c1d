// SPDX-License-Identifier: Apache-2.0
// A training library as a plain value; the table of them is written out where the program is wired.
#pragma once

#include "base/columns/batch.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "scoring/artifact.hpp"
#include "scoring/scorer.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::scoring {

// What to learn. The label, the weight and the features are columns of the rows given beside it.
struct TrainingRequest {
  std::string label;
  std::string weight;                 // empty: every row counts 1
  std::vector<std::string> features;  // in this order; at least one
  std::string objective;              // empty: squared error
  Json params = Json::object();  // by the engine's own names; `categorical: [feature]` for both
  int rounds = 100;
  std::int64_t seed = 0;
  std::optional<double> validation_fraction;  // in (0, 1): share of rows held back
  std::optional<int> early_stopping_rounds;   // needs the fraction
};

struct FeatureImportance {
  std::string feature;
  double gain = 0;    // total over all splits
  double splits = 0;  // how often the feature splits

  bool operator==(const FeatureImportance&) const = default;
};

struct TrainedModel {
  Description description;
  std::string bytes;  // the content of description.model_file
  Json params;        // all that the engine was given, defaults of ours included
  int rounds = 0;     // in the model, after early stopping
  std::vector<FeatureImportance> importance;  // most gain first, every feature
  // The engine's own metric after the last round kept: "train_rmse", "validation_rmse".
  std::map<std::string, double> metrics;
  std::size_t training_rows = 0;
  std::size_t validation_rows = 0;
};

// Called after each round with the number of rounds done; false ends the training with an error.
using RoundObserver = std::function<bool(int rounds_done)>;

struct LoadOptions {
  int threads = 1;
};

// The same rows, request and library give the same bytes, whatever the number of threads.
struct Engine {
  std::string name;     // the flavour: xgboost | lightgbm
  std::string version;  // of the library
  std::function<Result<TrainedModel>(const Batch& rows, const TrainingRequest& request,
                                     const RoundObserver& observer)>
      train;
  std::function<Result<std::shared_ptr<const Scorer>>(const Artifact& artifact,
                                                      const LoadOptions& options)>
      load;
};

using TrainFunction = Result<TrainedModel> (*)(const Batch& rows, const TrainingRequest& request,
                                               const RoundObserver& observer, int threads);
using LoadFunction = Result<std::shared_ptr<const Scorer>> (*)(const Artifact& artifact,
                                                               const LoadOptions& options);
Engine make_engine(std::string name, std::string version, int threads, TrainFunction train,
                   LoadFunction load);

// The engine of that name; not_found with a suggestion.
Result<const Engine*> find_engine(std::span<const Engine> engines, std::string_view name);

// Loads the model in `folder` with the engine that its flavour asks for.
Result<std::shared_ptr<const Scorer>> load_scorer(std::span<const Engine> engines,
                                                  const std::filesystem::path& folder,
                                                  const LoadOptions& options = {});
// The same of a model that lies anywhere, as open_model reads it.
Result<std::shared_ptr<const Scorer>> load_scorer(std::span<const Engine> engines,
                                                  const Artifact& artifact,
                                                  const LoadOptions& options = {});
std::vector<std::string> names_of(std::span<const Engine> engines);

}  // namespace gossamer::scoring
