// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {
namespace {

// Objectives that a label column alone is enough for.
const std::vector<std::string>& objectives_of(const std::string& engine) {
  static const std::vector<std::string> xgboost{
      "reg:squarederror",  "reg:squaredlogerror", "reg:logistic",  "reg:pseudohubererror",
      "reg:absoluteerror", "reg:gamma",           "reg:tweedie",   "binary:logistic",
      "binary:logitraw",   "binary:hinge",        "count:poisson", "multi:softmax",
      "multi:softprob"};
  static const std::vector<std::string> lightgbm{
      "regression",    "regression_l1", "huber",        "fair",    "poisson",
      "quantile",      "mape",          "gamma",        "tweedie", "binary",
      "cross_entropy", "multiclass",    "multiclassova"};
  return engine == "lightgbm" ? lightgbm : xgboost;
}

struct Reserved {
  std::string_view param;
  std::string_view instead;
};
constexpr std::array reserved{
    Reserved{"objective", "`objective` beside `params`"},
    Reserved{"seed", "`seed` beside `params`"},
    Reserved{"random_state", "`seed` beside `params`"},
    Reserved{"num_boost_round", "`rounds` beside `params`"},
    Reserved{"n_estimators", "`rounds` beside `params`"},
    Reserved{"num_iterations", "`rounds` beside `params`"},
    Reserved{"num_rounds", "`rounds` beside `params`"},
    Reserved{"early_stopping_rounds", "`early_stopping_rounds` beside `params`"},
    Reserved{"nthread", "the pool's size"},
    Reserved{"n_jobs", "the pool's size"},
    Reserved{"num_threads", "the pool's size"},
};

void check(const StepDraft& draft, const Surroundings&, Problems& problems) {
  const auto& step = std::get<TrainStep>(draft.step.body);
  if (!step.engine.empty() && !step.objective.empty()) {
    const std::vector<std::string>& known = objectives_of(step.engine);
    if (std::ranges::find(known, step.objective) == known.end()) {
      problems.error(*draft.body->find("objective"),
                     fmt::format("`{}` is no objective of {} that a label column is enough for{}",
                                 step.objective, step.engine, did_you_mean(step.objective, known)));
    }
  }
  if (const YamlNode* params = draft.body->find("params")) {
    for (const YamlEntry& entry : params->entries) {
      const auto rule = std::ranges::find(reserved, entry.key.text, &Reserved::param);
      if (rule == reserved.end()) continue;
      problems.error(entry.key, fmt::format("`{}` cannot stand under `params`: it is said by {}",
                                            entry.key.text, rule->instead));
    }
  }
  if (step.early_stopping_rounds && !step.validation_fraction &&
      draft.body->find("validation_fraction") == nullptr) {
    problems.error(*draft.body->find("early_stopping_rounds"),
                   "`early_stopping_rounds` needs a `validation_fraction` to watch");
  }
}

}  // namespace

Kind train_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::train;
  kind.description = "Trains a model from a query and registers a version of it.";
  kind.body = as_body(object<TrainStep>(
      "a train step",
      {required("model", &TrainStep::model, name(identifier("a model's name")),
                "The model that gets a new version."),
       required("engine", &TrainStep::engine,
                choice<std::string>({{"xgboost", "xgboost"}, {"lightgbm", "lightgbm"}}),
                "The training library."),
       required("data", &TrainStep::data, query(), "The rows to train on."),
       required("label", &TrainStep::label, name(column_name()), "The column to predict."),
       optional("weight", &TrainStep::weight, name(column_name()), "The column of row weights."),
       optional("exclude", &TrainStep::exclude,
                one_or_many("a column or a list", name(column_name())),
                "Columns that are no features."),
       required("objective", &TrainStep::objective, text("an objective"),
                "The library's name of the objective."),
       optional("rounds", &TrainStep::rounds, or_reference(as_json(whole_number(1, 100'000))),
                "Boosting rounds, or a reference such as \"${params.rounds}\"."),
       optional("params", &TrainStep::params,
                map_of("a mapping of parameters", variable_name(), or_reference(anything())),
                "Other parameters of the library."),
       optional("seed", &TrainStep::seed, whole_number(0, 2'147'483'647), "The random seed."),
       optional("validation_fraction", &TrainStep::validation_fraction,
                number({.least = 0.001, .most = 0.9}),
                "The share of rows held out while training."),
       optional("early_stopping_rounds", &TrainStep::early_stopping_rounds,
                small_number(1, 100'000), "Stop when this many rounds brought nothing.")}));
  kind.queries = [](StepBody& body) {
    return std::vector<Query*>{&std::get<TrainStep>(body).data};
  };
  kind.texts = [](const StepBody& body) {
    const auto& step = std::get<TrainStep>(body);
    std::vector<const Text*> texts;
    const auto add = [&](const Value& value) {
      if (const auto* text = std::get_if<Text>(&value)) texts.push_back(text);
    };
    add(step.rounds);
    for (const auto& [param, value] : step.params)
      add(value);
    return texts;
  };
  kind.check = check;
  return kind;
}

}  // namespace gossamer::pipeline
