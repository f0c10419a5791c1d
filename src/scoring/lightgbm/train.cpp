// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "scoring/features.hpp"
#include "scoring/lightgbm/engine.hpp"
#include "scoring/lightgbm/library.hpp"
#include "scoring/lightgbm/parameters.hpp"

namespace gossamer::scoring::lightgbm {
namespace {

constexpr std::string_view no_groups = "needs query groups, which a step cannot give";
constexpr auto known_objectives = std::to_array<Objective>({
    {"regression", Task::regression, LabelRule::finite},
    {"regression_l2", Task::regression, LabelRule::finite},
    {"l2", Task::regression, LabelRule::finite},
    {"mean_squared_error", Task::regression, LabelRule::finite},
    {"mse", Task::regression, LabelRule::finite},
    {"rmse", Task::regression, LabelRule::finite},
    {"l2_root", Task::regression, LabelRule::finite},
    {"root_mean_squared_error", Task::regression, LabelRule::finite},
    {"regression_l1", Task::regression, LabelRule::finite},
    {"l1", Task::regression, LabelRule::finite},
    {"mean_absolute_error", Task::regression, LabelRule::finite},
    {"mae", Task::regression, LabelRule::finite},
    {"huber", Task::regression, LabelRule::finite},
    {"fair", Task::regression, LabelRule::finite},
    {"poisson", Task::regression, LabelRule::not_negative},
    {"quantile", Task::regression, LabelRule::finite},
    {"mape", Task::regression, LabelRule::finite},
    {"mean_absolute_percentage_error", Task::regression, LabelRule::finite},
    {"gamma", Task::regression, LabelRule::positive},
    {"tweedie", Task::regression, LabelRule::not_negative},
    {"binary", Task::binary, LabelRule::zero_or_one},
    {"cross_entropy", Task::regression, LabelRule::share},
    {"xentropy", Task::regression, LabelRule::share},
    {"cross_entropy_lambda", Task::regression, LabelRule::share},
    {"xentlambda", Task::regression, LabelRule::share},
    {"multiclass", Task::multiclass, LabelRule::classes},
    {"softmax", Task::multiclass, LabelRule::classes},
    {"multiclassova", Task::multiclass, LabelRule::classes},
    {"ova", Task::multiclass, LabelRule::classes},
    {"lambdarank", Task::regression, LabelRule::finite, no_groups},
    {"rank_xendcg", Task::regression, LabelRule::finite, no_groups},
});

Result<void> check_names(const Signature& features) {
  for (const SignatureColumn& feature : features.columns) {
    if (feature.name.find_first_of("\",:[]{}") == std::string::npos) continue;
    return invalid_input(fmt::format(
        "feature `{}`: lightgbm allows none of \" , : [ ] {{ }} in a name; rename it in the query",
        feature.name));
  }
  return {};
}

Result<void> set_floats(const Dataset& dataset, const char* field, std::span<const float> values) {
  return check(LGBM_DatasetSetField(dataset.get(), field, values.data(),
                                    static_cast<int>(values.size()), C_API_DTYPE_FLOAT32),
               fmt::format("take the {}", field));
}

// Some rows (all, where `rows` is empty) as a dataset, binned as `reference` is.
Result<Dataset> dataset_of(const TrainingSet& set, std::span<const std::int32_t> rows,
                           const std::string& parameters, const Dataset& reference) {
  const Selection selection = select(set, rows);
  const std::vector<double> matrix = to_matrix(selection.columns, Layout::by_column);
  DatasetHandle handle = nullptr;
  TRY(check(LGBM_DatasetCreateFromMat(matrix.data(), C_API_DTYPE_FLOAT64,
                                      static_cast<std::int32_t>(selection.columns.front()->size()),
                                      static_cast<std::int32_t>(selection.columns.size()), 0,
                                      parameters.c_str(), reference.get(), &handle),
            "read the columns"));
  Dataset dataset(handle);
  std::vector<const char*> names;
  for (const SignatureColumn& feature : set.features.columns)
    names.push_back(feature.name.c_str());
  TRY(check(LGBM_DatasetSetFeatureNames(handle, names.data(), static_cast<int>(names.size())),
            "take the names of features"));
  TRY(set_floats(dataset, "label", selection.label));
  if (!selection.weight.empty()) TRY(set_floats(dataset, "weight", selection.weight));
  return dataset;
}

// Metrics of which more is better; the Python package has the same list.
bool more_is_better(std::string_view metric) {
  for (const std::string_view name : {"auc", "average_precision", "ndcg", "map", "r2"}) {
    if (metric.starts_with(name)) return metric != "mape";
  }
  return false;
}

enum class Rows : int { training = 0, validation = 1 };

Result<std::vector<double>> evaluate(const Booster& booster, Rows rows, std::size_t metrics) {
  std::vector<double> values(metrics);
  int count = 0;
  TRY(check(LGBM_BoosterGetEval(booster.get(), static_cast<int>(rows), &count, values.data()),
            "evaluate"));
  return values;
}

struct Boosted {
  int rounds = 0;  // to be kept
  std::map<std::string, double> metrics;
  double watched = 0;  // the first metric of the validation rows
};

class Boosting {
 public:
  Boosting(const Booster& booster, const TrainingRequest& request, bool has_validation,
           std::vector<std::string> metrics)
      : booster_(booster),
        request_(request),
        has_validation_(has_validation),
        metrics_(std::move(metrics)) {}

  Result<Boosted> run(const RoundObserver& observer) const {
    const bool stops_early = request_.early_stopping_rounds.has_value() && !metrics_.empty();
    Boosted best;
    for (int round = 1; round <= request_.rounds; ++round) {
      int finished = 0;
      TRY(check(LGBM_BoosterUpdateOneIter(booster_.get(), &finished), "train"));
      // No leaf can be split any more: further rounds would change nothing.
      const bool is_last = round == request_.rounds || finished != 0;
      if (stops_early || is_last) {
        TRY_ASSIGN(Boosted now, measure(round));
        const bool improved = !stops_early || best.rounds == 0 ||
                              (more_is_better(metrics_.front()) ? now.watched > best.watched
                                                                : now.watched < best.watched);
        if (improved) best = std::move(now);
      }
      if (observer && !observer(round)) {
        return unavailable(fmt::format("training was cancelled after {} rounds", round));
      }
      if (is_last) break;
      if (stops_early && round - best.rounds >= *request_.early_stopping_rounds) break;
    }
    return best;
  }

 private:
  Result<Boosted> measure(int round) const {
    Boosted now;
    now.rounds = round;
    TRY_ASSIGN(const auto training, evaluate(booster_, Rows::training, metrics_.size()));
    for (std::size_t i = 0; i < metrics_.size(); ++i)
      now.metrics["train_" + metrics_[i]] = training[i];
    if (!has_validation_) return now;
    TRY_ASSIGN(const auto held, evaluate(booster_, Rows::validation, metrics_.size()));
    for (std::size_t i = 0; i < metrics_.size(); ++i)
      now.metrics["validation_" + metrics_[i]] = held[i];
    if (!held.empty()) now.watched = held.front();
    return now;
  }

  const Booster& booster_;
  const TrainingRequest& request_;
  bool has_validation_;
  std::vector<std::string> metrics_;
};

Result<std::vector<FeatureImportance>> importance_of(const Booster& booster, int rounds,
                                                     const Signature& features) {
  const std::size_t count = features.columns.size();
  std::vector<double> gains(count);
  std::vector<double> splits(count);
  TRY(check(LGBM_BoosterFeatureImportance(booster.get(), rounds, C_API_FEATURE_IMPORTANCE_GAIN,
                                          gains.data()),
            "compute the importance of features"));
  TRY(check(LGBM_BoosterFeatureImportance(booster.get(), rounds, C_API_FEATURE_IMPORTANCE_SPLIT,
                                          splits.data()),
            "compute the importance of features"));
  return rank_features(features, gains, splits);
}

Result<std::string> text_of(const Booster& booster, int rounds) {
  std::int64_t size = 0;
  const auto save = [&](std::int64_t capacity, char* text) {
    return check(
        LGBM_BoosterSaveModelToString(booster.get(), 0, rounds, C_API_FEATURE_IMPORTANCE_SPLIT,
                                      capacity, &size, text),
        "save the model");
  };
  TRY(save(0, nullptr));
  std::string text(static_cast<std::size_t>(size), '\0');
  TRY(save(size, text.data()));
  while (!text.empty() && text.back() == '\0')
    text.pop_back();
  return text;
}

// Where the Python package would write how its own data frames coded categories.
constexpr std::string_view no_pandas_categories = "\npandas_categorical:[]\n";

}  // namespace

std::span<const Objective> objectives() { return known_objectives; }

Result<TrainedModel> train(const Batch& rows, const TrainingRequest& request,
                           const RoundObserver& observer, int available_threads) {
  const int threads = threads_for(rows.rows(), available_threads);
  const std::string name = request.objective.empty() ? "regression" : request.objective;
  TRY_ASSIGN(const Objective objective, find_objective(known_objectives, name, "lightgbm"));
  TRY_ASSIGN(const TrainingSet set,
             make_training_set(rows, request, objective, Infinities::allowed, "lightgbm"));
  TRY(check_names(set.features));
  TRY_ASSIGN(const Parameters parameters, make_parameters(request, objective, set));
  const std::string text = to_text(parameters, threads);

  TRY_ASSIGN(const Dataset training, dataset_of(set, set.training_rows, text, Dataset()));
  Dataset validation;
  if (!set.validation_rows.empty()) {
    TRY_ASSIGN(validation, dataset_of(set, set.validation_rows, text, training));
  }
  BoosterHandle handle = nullptr;
  TRY(check(LGBM_BoosterCreate(training.get(), text.c_str(), &handle), "make a model"));
  const Booster booster(handle);
  if (validation) {
    TRY(check(LGBM_BoosterAddValidData(handle, validation.get()), "take the validation rows"));
  }
  TRY_ASSIGN(std::vector<std::string> metrics,
             names_of(booster, LGBM_BoosterGetEvalNames, "name its metrics"));
  const Boosting boosting(booster, request, validation != nullptr, std::move(metrics));
  TRY_ASSIGN(Boosted boosted, boosting.run(observer));

  TrainedModel model = trained_on(set, "lightgbm", "model.lgb", name, objective.task);
  TRY_ASSIGN(model.importance, importance_of(booster, boosted.rounds, set.features));
  // The file ends with all parameters: the number of threads of this machine must not be among
  // them.
  TRY(check(LGBM_BoosterResetParameter(handle, "num_threads=0"), "forget its threads"));
  TRY_ASSIGN(model.bytes, text_of(booster, boosted.rounds));
  model.bytes += no_pandas_categories;
  model.params = to_json(parameters);
  model.rounds = boosted.rounds;
  model.metrics = std::move(boosted.metrics);
  return model;
}

}  // namespace gossamer::scoring::lightgbm
