// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "scoring/features.hpp"
#include "scoring/xgboost/engine.hpp"
#include "scoring/xgboost/library.hpp"
#include "scoring/xgboost/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gossamer::scoring::xgboost {
namespace {

constexpr auto known_objectives = std::to_array<Objective>({
    {"reg:squarederror", Task::regression, LabelRule::finite},
    {"reg:squaredlogerror", Task::regression, LabelRule::above_minus_one},
    {"reg:logistic", Task::regression, LabelRule::share},
    {"reg:pseudohubererror", Task::regression, LabelRule::finite},
    {"reg:absoluteerror", Task::regression, LabelRule::finite},
    {"reg:quantileerror", Task::regression, LabelRule::finite},
    {"reg:expectileerror", Task::regression, LabelRule::finite},
    {"reg:gamma", Task::regression, LabelRule::positive},
    {"reg:tweedie", Task::regression, LabelRule::not_negative},
    {"count:poisson", Task::regression, LabelRule::not_negative},
    {"binary:logistic", Task::binary, LabelRule::zero_or_one},
    {"binary:logitraw", Task::binary, LabelRule::zero_or_one},
    {"binary:hinge", Task::binary, LabelRule::zero_or_one},
    {"multi:softprob", Task::multiclass, LabelRule::classes},
    {"multi:softmax", Task::multiclass, LabelRule::classes},
    {"survival:cox", Task::regression, LabelRule::finite},
    {"survival:aft", Task::regression, LabelRule::finite,
     "needs two labels a row (lower and upper bound), which a step cannot give"},
    {"rank:ndcg", Task::regression, LabelRule::finite,
     "needs query groups, which a step cannot give"},
    {"rank:map", Task::regression, LabelRule::finite,
     "needs query groups, which a step cannot give"},
    {"rank:pairwise", Task::regression, LabelRule::finite,
     "needs query groups, which a step cannot give"},
});

// pandas' names for the types, as the Python package writes them into a model.
std::string feature_type(const SignatureColumn& feature, const TrainingSet& set) {
  if (std::ranges::find(set.categorical, feature.name) != set.categorical.end()) return "c";
  switch (feature.type) {
    case ColumnType::boolean:
      return "i";
    case ColumnType::int64:
      return feature.presence == Presence::required ? "int" : "float";
    default:
      return "float";
  }
}

struct FeatureTexts {
  std::vector<std::string> names;
  std::vector<std::string> types;
};

FeatureTexts texts_of(const TrainingSet& set) {
  FeatureTexts texts;
  for (const SignatureColumn& feature : set.features.columns) {
    texts.names.push_back(feature.name);
    texts.types.push_back(feature_type(feature, set));
  }
  return texts;
}

// The columns of some rows (all, where `rows` is empty) as a matrix with label and weight.
Result<Matrix> matrix_of(const TrainingSet& set, std::span<const std::int32_t> rows, int threads) {
  const Selection selection = select(set, rows);
  TRY_ASSIGN(Matrix matrix, make_matrix(ColumnarView(selection.columns), threads));
  const FeatureTexts texts = texts_of(set);
  TRY(set_strings(matrix, "feature_name", texts.names));
  TRY(set_strings(matrix, "feature_type", texts.types));
  TRY(set_floats(matrix, "label", selection.label));
  if (!selection.weight.empty()) TRY(set_floats(matrix, "weight", selection.weight));
  return matrix;
}

struct Evaluation {
  std::map<std::string, double> metrics;  // "train_rmse"
  std::string watched;                    // the last metric of the validation rows
  double value = 0;
};

// "[3]\ttrain-rmse:1.5\tvalidation-rmse:1.7"
Result<Evaluation> parse_evaluation(std::string_view text) {
  Evaluation evaluation;
  const std::vector<std::string> parts = split(text, '\t');
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto colon = parts[i].rfind(':');
    if (colon == std::string::npos) continue;
    std::string name = parts[i].substr(0, colon);
    std::ranges::replace(name, '-', '_');
    // A metric may be nan, for example AUC of one class: it is left out.
    const auto value = parse_number(std::string_view(parts[i]).substr(colon + 1));
    if (!value) continue;
    evaluation.metrics[name] = *value;
    if (name.starts_with("validation_")) {
      evaluation.watched = name;
      evaluation.value = *value;
    }
  }
  return evaluation;
}

// Metrics of which more is better; the Python package has the same list.
bool more_is_better(std::string_view watched) {
  for (const std::string_view name : {"auc", "aucpr", "pre", "map", "ndcg"}) {
    const std::string_view metric = watched.substr(watched.find('_') + 1);
    if (metric == name || metric.starts_with(std::string(name) + "@")) return true;
  }
  return false;
}

struct Matrices {
  Matrix training;
  Matrix validation;  // null: nothing is held back

  [[nodiscard]] std::vector<DMatrixHandle> handles() const {
    std::vector<DMatrixHandle> all{training.get()};
    if (validation) all.push_back(validation.get());
    return all;
  }
};

Result<Evaluation> evaluate(const Booster& booster, const Matrices& matrices, int round) {
  std::vector<DMatrixHandle> handles = matrices.handles();
  std::array<const char*, 2> names{"train", "validation"};
  const char* text = nullptr;
  TRY(check(XGBoosterEvalOneIter(booster.get(), round, handles.data(), names.data(), handles.size(),
                                 &text),
            "evaluate"));
  return parse_evaluation(text);
}

struct Boosted {
  int rounds = 0;  // to be kept
  Evaluation last;
};

Result<Boosted> boost(const Booster& booster, const Matrices& matrices,
                      const TrainingRequest& request, const RoundObserver& observer) {
  Boosted best;
  const bool stops_early = request.early_stopping_rounds.has_value();
  for (int round = 0; round < request.rounds; ++round) {
    TRY(check(XGBoosterUpdateOneIter(booster.get(), round, matrices.training.get()), "train"));
    const bool is_last = round + 1 == request.rounds;
    if (stops_early || is_last) {
      TRY_ASSIGN(const Evaluation now, evaluate(booster, matrices, round));
      const bool improved =
          !stops_early || best.rounds == 0 ||
          (more_is_better(now.watched) ? now.value > best.last.value : now.value < best.last.value);
      if (improved) best = {round + 1, now};
    }
    if (observer && !observer(round + 1)) {
      return unavailable(fmt::format("training was cancelled after {} rounds", round + 1));
    }
    if (stops_early && round + 1 - best.rounds >= *request.early_stopping_rounds) break;
  }
  return best;
}

Result<std::map<std::string, double>> scores(const Booster& booster, const char* kind) {
  const std::string config = fmt::format(R"({{"importance_type":"{}"}})", kind);
  bst_ulong count = 0;
  const char** names = nullptr;
  bst_ulong dimensions = 0;
  const bst_ulong* shape = nullptr;
  const float* values = nullptr;
  TRY(check(XGBoosterFeatureScore(booster.get(), config.c_str(), &count, &names, &dimensions,
                                  &shape, &values),
            "compute the importance of features"));
  std::map<std::string, double> scores;
  for (bst_ulong i = 0; i < count; ++i)
    scores[names[i]] = static_cast<double>(values[i]);
  return scores;
}

Result<std::vector<FeatureImportance>> importance_of(const Booster& booster,
                                                     const Signature& features) {
  TRY_ASSIGN(const auto gains, scores(booster, "total_gain"));
  TRY_ASSIGN(const auto splits, scores(booster, "weight"));
  const auto in_order = [&](const std::map<std::string, double>& scores) {
    std::vector<double> values;
    for (const SignatureColumn& feature : features.columns) {
      const auto found = scores.find(feature.name);
      values.push_back(found == scores.end() ? 0 : found->second);
    }
    return values;
  };
  return rank_features(features, in_order(gains), in_order(splits));
}

Result<Booster> keep_rounds(Booster booster, int rounds) {
  int boosted = 0;
  TRY(check(XGBoosterBoostedRounds(booster.get(), &boosted), "count its rounds"));
  if (boosted == rounds) return booster;
  BoosterHandle kept = nullptr;
  TRY(check(XGBoosterSlice(booster.get(), 0, rounds, 1, &kept), "keep the best rounds"));
  return Booster(kept);
}

Result<std::string> bytes_of(const Booster& booster) {
  bst_ulong size = 0;
  const char* bytes = nullptr;
  TRY(check(XGBoosterSaveModelToBuffer(booster.get(), R"({"format":"ubj"})", &size, &bytes),
            "save the model"));
  return std::string(bytes, size);
}

}  // namespace

std::span<const Objective> objectives() { return known_objectives; }

Result<TrainedModel> train(const Batch& rows, const TrainingRequest& request,
                           const RoundObserver& observer, int available_threads) {
  const int threads = threads_for(rows.rows(), available_threads);
  const std::string name = request.objective.empty() ? "reg:squarederror" : request.objective;
  TRY_ASSIGN(const Objective objective, find_objective(known_objectives, name, "xgboost"));
  TRY_ASSIGN(const TrainingSet set,
             make_training_set(rows, request, objective, Infinities::refused, "xgboost"));
  TRY_ASSIGN(const Parameters parameters, make_parameters(request, objective, set, threads));

  Matrices matrices;
  TRY_ASSIGN(matrices.training, matrix_of(set, set.training_rows, threads));
  if (!set.validation_rows.empty()) {
    TRY_ASSIGN(matrices.validation, matrix_of(set, set.validation_rows, threads));
  }
  TRY_ASSIGN(Booster booster, make_booster(matrices.handles()));
  for (const auto& [parameter, value] : parameters) {
    TRY(set_parameter(booster, parameter, value));
  }
  // The library itself does not take them over from the data.
  const FeatureTexts texts = texts_of(set);
  TRY(set_strings(booster, "feature_name", texts.names));
  TRY(set_strings(booster, "feature_type", texts.types));
  TRY_ASSIGN(const Boosted boosted, boost(booster, matrices, request, observer));
  TRY_ASSIGN(booster, keep_rounds(std::move(booster), boosted.rounds));

  TrainedModel model =
      trained_on(set, "xgboost", "model.ubj", parameters.front().second, objective.task);
  TRY_ASSIGN(model.importance, importance_of(booster, set.features));
  // The number of threads of the machine must not be in the bytes.
  TRY(set_parameter(booster, "nthread", "0"));
  TRY_ASSIGN(model.bytes, bytes_of(booster));
  model.params = to_json(parameters);
  model.rounds = boosted.rounds;
  model.metrics = boosted.last.metrics;
  return model;
}

}  // namespace gossamer::scoring::xgboost
