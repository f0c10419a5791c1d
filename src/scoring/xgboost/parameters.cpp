// SPDX-License-Identifier: Apache-2.0
#include "scoring/xgboost/parameters.hpp"

#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace gossamer::scoring::xgboost {
namespace {

// xgboost.readthedocs.io/en/release_3.4.0/parameter.html, without what is refused below.
constexpr auto known_names = std::to_array<std::string_view>({"alpha",
                                                              "base_score",
                                                              "booster",
                                                              "colsample_bylevel",
                                                              "colsample_bynode",
                                                              "colsample_bytree",
                                                              "disable_default_eval_metric",
                                                              "eta",
                                                              "eval_metric",
                                                              "expectile_alpha",
                                                              "gamma",
                                                              "grow_policy",
                                                              "huber_slope",
                                                              "interaction_constraints",
                                                              "lambda",
                                                              "learning_rate",
                                                              "max_bin",
                                                              "max_cached_hist_node",
                                                              "max_cat_threshold",
                                                              "max_cat_to_onehot",
                                                              "max_delta_step",
                                                              "max_depth",
                                                              "max_leaves",
                                                              "min_child_weight",
                                                              "min_split_loss",
                                                              "monotone_constraints",
                                                              "multi_strategy",
                                                              "normalize_type",
                                                              "num_class",
                                                              "num_parallel_tree",
                                                              "one_drop",
                                                              "quantile_alpha",
                                                              "rate_drop",
                                                              "refresh_leaf",
                                                              "reg_alpha",
                                                              "reg_lambda",
                                                              "sample_type",
                                                              "sampling_method",
                                                              "scale_pos_weight",
                                                              "seed_per_iteration",
                                                              "skip_drop",
                                                              "sketch_ratio",
                                                              "subsample",
                                                              "tree_method",
                                                              "tweedie_variance_power",
                                                              "updater",
                                                              "verbosity",
                                                              "feature_selector",
                                                              "top_k",
                                                              "categorical"});

// A name that has a place of its own, and what to do instead.
struct Redirect {
  std::string_view name;
  std::string_view instead;
};
constexpr auto redirects = std::to_array<Redirect>({
    {"objective", "say it as the step's `objective`"},
    {"seed", "say it as the step's `seed`"},
    {"random_state", "say it as the step's `seed`"},
    {"num_boost_round", "say it as the step's `rounds`"},
    {"num_round", "say it as the step's `rounds`"},
    {"n_estimators", "say it as the step's `rounds`"},
    {"num_iterations", "say it as the step's `rounds`"},
    {"early_stopping_rounds", "say it as the step's `early_stopping_rounds`"},
    {"nthread", "leave it out: threads do not change the result and are set by the worker"},
    {"n_jobs", "leave it out: threads do not change the result and are set by the worker"},
    {"missing", "leave it out: null and NaN are the missing values"},
    {"device", "leave it out: training runs on the processor"},
    {"feature_types", "name features that hold category codes under `categorical`"},
    {"enable_categorical", "name features that hold category codes under `categorical`"},
    {"callbacks", "leave it out: there is no Python here"},
    {"process_type", "leave it out: a version starts from nothing"},
});

Result<void> check_name(const std::string& name) {
  for (const Redirect& redirect : redirects) {
    if (redirect.name == name) {
      return invalid_input(fmt::format("`params.{}`: {}", name, redirect.instead));
    }
  }
  if (std::ranges::find(known_names, name) != known_names.end()) return {};
  const std::vector<std::string> candidates(known_names.begin(), known_names.end());
  return invalid_input(
      fmt::format("xgboost has no parameter `{}`{}", name, did_you_mean(name, candidates)));
}

// Feature names may stand where XGBoost wants them as JSON lists; other lists become "(1,0,-1)".
Result<std::string> text_of(const std::string& name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return std::string(value.get<bool>() ? "1" : "0");
  if (value.is_number_integer()) return fmt::format("{}", value.get<std::int64_t>());
  if (value.is_number_float()) return shortest(value.get<double>());
  const bool is_list = value.is_array() || value.is_object();
  if (is_list && name == "monotone_constraints" && value.is_array()) {
    std::string text;
    for (const Json& item : value)
      text += (text.empty() ? "(" : ",") + item.dump();
    return text + ")";
  }
  if (is_list) return value.dump();
  return invalid_input(fmt::format("`params.{}` has no value", name));
}

}  // namespace

Result<Parameters> make_parameters(const TrainingRequest& request, const Objective& objective,
                                   const TrainingSet& set, int threads) {
  if (!request.params.is_object()) return invalid_input("`params` is no mapping");
  if (request.seed < 0 || request.seed > std::numeric_limits<std::int32_t>::max()) {
    return invalid_input(fmt::format("`seed` is {}; xgboost takes 0 to {}", request.seed,
                                     std::numeric_limits<std::int32_t>::max()));
  }
  Parameters parameters{{"objective", std::string(objective.name)},
                        {"seed", fmt::format("{}", request.seed)},
                        {"nthread", fmt::format("{}", threads)},
                        {"verbosity", "0"}};
  if (objective.task == Task::multiclass) {
    // The same trees as multi:softmax, and scores beside the label.
    parameters.front().second = "multi:softprob";
    parameters.emplace_back("num_class", fmt::format("{}", set.classes.size()));
  }
  for (const auto& [name, value] : request.params.items()) {
    TRY(check_name(name));
    if (name == "categorical") continue;
    TRY_ASSIGN(std::string text, text_of(name, value));
    if (name == "num_class") {
      if (text != fmt::format("{}", set.classes.size())) {
        return invalid_input(
            fmt::format("`params.num_class` is {}; label `{}` has {} "
                        "classes",
                        text, request.label, set.classes.size()));
      }
      continue;
    }
    if (name == "booster" && text != "gbtree" && text != "dart") {
      return invalid_input(
          fmt::format("`params.booster` is `{}`; gbtree and dart are supported", text));
    }
    std::erase_if(parameters, [&](const auto& known) { return known.first == name; });
    parameters.emplace_back(name, std::move(text));
  }
  return parameters;
}

Json to_json(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& [name, value] : parameters) {
    if (name != "nthread" && name != "verbosity") json[name] = value;
  }
  return json;
}

}  // namespace gossamer::scoring::xgboost
