// SPDX-License-Identifier: Apache-2.0
#include "executors/train/train.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/json.hpp"
#include "base/json_fields.hpp"
#include "executors/evaluate/figures.hpp"
#include "executors/train/features.hpp"
#include "models/mlflow.hpp"

namespace gossamer::executors {
namespace {

Json importance_json(const std::vector<scoring::FeatureImportance>& importance) {
  Json list = Json::array();
  for (const auto& entry : importance) {
    list.push_back({{"feature", entry.feature}, {"gain", entry.gain}, {"splits", entry.splits}});
  }
  return list;
}

// How the model does on its own rows, by our measures: what evaluation says of other rows.
Result<std::map<std::string, double>> training_figures(const scoring::Engine& engine,
                                                       const Batch& rows, const TrainSpec& spec,
                                                       const fs::path& folder) {
  TRY_ASSIGN(const auto scorer, scoring::load_scorer(std::span(&engine, 1), folder));
  TRY_ASSIGN(const Batch predictions, scorer->score(rows, scoring::OutputType::prediction));
  TRY_ASSIGN(const Truth truth, truth_of(rows, spec.request.label, spec.request.weight, *scorer));
  std::map<std::string, double> figures;
  for (const std::string& metric : default_metrics(*scorer)) {
    const auto figure = figure_of(metric, predictions, truth, *scorer);
    if (figure) figures["train_" + metric] = *figure;
  }
  return figures;
}

}  // namespace

Result<TrainSpec> parse_train_spec(const Json& spec) {
  TrainSpec parsed;
  auto& request = parsed.request;
  TRY_ASSIGN(parsed.model, require<std::string>(spec, "model", "train"));
  TRY_ASSIGN(parsed.engine, require<std::string>(spec, "engine", "train"));
  TRY_ASSIGN(const Json data, require<Json>(spec, "data", "train"));
  TRY_ASSIGN(parsed.query, require<std::string>(data, "text", "train.data"));
  TRY_ASSIGN(request.label, require<std::string>(spec, "label", "train"));
  TRY_ASSIGN(const auto weight, optional<std::string>(spec, "weight", "train"));
  request.weight = weight.value_or("");
  TRY_ASSIGN(const auto exclude, optional<std::vector<std::string>>(spec, "exclude", "train"));
  parsed.exclude = exclude.value_or(std::vector<std::string>());
  TRY_ASSIGN(const auto objective, optional<std::string>(spec, "objective", "train"));
  request.objective = objective.value_or("");
  TRY_ASSIGN(const auto rounds, optional_integer<int>(spec, "rounds", "train"));
  request.rounds = rounds.value_or(request.rounds);
  TRY_ASSIGN(const auto params, optional<Json>(spec, "params", "train"));
  request.params = params.value_or(Json::object());
  TRY_ASSIGN(const auto seed, optional<std::int64_t>(spec, "seed", "train"));
  request.seed = seed.value_or(0);
  TRY_ASSIGN(request.validation_fraction, optional<double>(spec, "validation_fraction", "train"));
  TRY_ASSIGN(request.early_stopping_rounds,
             optional_integer<int>(spec, "early_stopping_rounds", "train"));
  return parsed;
}

Result<Training> train_model(const Batch& rows, const TrainSpec& spec,
                             const std::set<std::string>& keys, const scoring::Engine& engine,
                             const fs::path& folder, const scoring::RoundObserver& observer) {
  scoring::TrainingRequest request = spec.request;
  TRY_ASSIGN(request.features,
             features_of(rows, request.label, request.weight, keys, spec.exclude));
  TRY_ASSIGN(const scoring::TrainedModel model, engine.train(rows, request, observer));
  const auto& description = model.description;
  const models::MlflowContent content{
      .flavour = description.flavour,
      .library_version = engine.version,
      .model_file = description.model_file,
      .model_bytes = model.bytes,
      .description = to_json(description),
      .inputs = description.features,
      .outputs = description.classes.empty() ? 1 : static_cast<int>(description.classes.size())};

  Training training;
  auto& registration = training.registration;
  TRY_ASSIGN(registration.digest, models::write_mlflow_folder(folder, content));
  registration.model = spec.model;
  registration.folder = folder.string();
  registration.flavour = description.flavour;
  registration.signature = to_json(description.features);
  std::map<std::string, double> metrics = model.metrics;
  TRY_ASSIGN(const auto figures, training_figures(engine, rows, spec, folder));
  metrics.insert(figures.begin(), figures.end());
  // What a library could not measure is no figure, and JSON has no word for it.
  std::erase_if(metrics, [](const auto& entry) { return !std::isfinite(entry.second); });
  registration.metrics = metrics;
  registration.facts = {{"engine", engine.name},
                        {"library", engine.version},
                        {"objective", description.objective},
                        {"label", request.label},
                        {"weight", request.weight.empty() ? Json(nullptr) : Json(request.weight)},
                        {"params", model.params},
                        {"rounds", model.rounds},
                        {"seed", request.seed},
                        {"rows", model.training_rows},
                        {"validation_rows", model.validation_rows},
                        {"importance", importance_json(model.importance)}};
  training.report = registration.facts;
  training.report["model"] = spec.model;
  training.report["metrics"] = registration.metrics;
  training.report["signature"] = registration.signature;
  return training;
}

}  // namespace gossamer::executors
