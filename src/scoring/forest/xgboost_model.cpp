// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"
#include "scoring/forest/xgboost_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace gossamer::scoring::forest {
namespace {

constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t outputs_max = 100'000;

enum class BaseScale : std::uint8_t { margin, logit, log };

struct ObjectiveRule {
  std::string_view name;
  LinkKind link = LinkKind::identity;
  BaseScale base = BaseScale::margin;  // on which scale the file keeps base_score
};

// From the objectives' PredTransform and ProbToMargin in XGBoost's sources.
constexpr std::array objective_rules{
    ObjectiveRule{"reg:squarederror"}, ObjectiveRule{"reg:linear"},
    ObjectiveRule{"reg:squaredlogerror"}, ObjectiveRule{"reg:pseudohubererror"},
    ObjectiveRule{"reg:absoluteerror"}, ObjectiveRule{"reg:quantileerror", LinkKind::ordered_f32},
    ObjectiveRule{"reg:expectileerror"},
    ObjectiveRule{"reg:logistic", LinkKind::sigmoid_f32, BaseScale::logit},
    ObjectiveRule{"binary:logistic", LinkKind::sigmoid_f32, BaseScale::logit},
    ObjectiveRule{"binary:logitraw"}, ObjectiveRule{"binary:hinge", LinkKind::hinge_f32},
    ObjectiveRule{"count:poisson", LinkKind::exp_f32, BaseScale::log},
    ObjectiveRule{"reg:gamma", LinkKind::exp_f32, BaseScale::log},
    ObjectiveRule{"reg:tweedie", LinkKind::exp_f32, BaseScale::log},
    ObjectiveRule{"survival:cox", LinkKind::exp_f32, BaseScale::log},
    ObjectiveRule{"survival:aft", LinkKind::exp_rounded, BaseScale::log},
    // The classes' probabilities for both: `multi:softmax` is trained in the same way.
    ObjectiveRule{"multi:softprob", LinkKind::softmax_f32},
    ObjectiveRule{"multi:softmax", LinkKind::softmax_f32}, ObjectiveRule{"rank:ndcg"},
    ObjectiveRule{"rank:map"}, ObjectiveRule{"rank:pairwise"}};

Result<void> read_trees(Tokens& tokens, XgboostFile& file) {
  // The features are counted behind the trees, so their bound is checked at the end.
  file.forest.features = std::numeric_limits<std::int32_t>::max();
  return read_array(tokens, [&](std::size_t index) -> Result<void> {
    TRY_ASSIGN(const XgboostTree tree, read_xgboost_tree(tokens));
    if (tree.leaf_size > 1) {
      if (!tree.has_leaf_weights) {
        // The library of today does not check it either, and reads beyond its memory.
        return invalid_input(fmt::format(
            "tree {}: its leaves hold vectors in a form that XGBoost left with 3.1; train it anew",
            index));
      }
      file.vector_leaves = true;
      return {};
    }
    return append_tree(file.forest, tree, fmt::format("tree {}", index));
  });
}

Result<void> read_strings(Tokens& tokens, std::map<std::string, std::string>& into) {
  return read_object(tokens, [&](const std::string& key) -> Result<void> {
    TRY_ASSIGN(into[key], tokens.string());
    return {};
  });
}

Result<void> read_gbtree_model(Tokens& tokens, XgboostFile& file) {
  return read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key == "trees") return read_trees(tokens, file);
    if (key == "tree_info") {
      TRY_ASSIGN(file.tree_info, tokens.numbers());
      return {};
    }
    if (key == "weight_drop") {
      TRY_ASSIGN(file.tree_weights, tokens.numbers());
      return {};
    }
    if (key == "gbtree_model_param") {
      std::map<std::string, std::string> parameters;
      TRY(read_strings(tokens, parameters));
      TRY_ASSIGN(const auto count, whole_number(parameters["num_trees"], 0, int32_max,
                                                "gbtree_model_param.num_trees"));
      file.trees_said = static_cast<std::size_t>(count);
      return {};
    }
    TRY_ASSIGN(const TokenKind kind, tokens.peek());
    if (key == "cats" && kind == TokenKind::object) {
      TRY_ASSIGN(file.categories, read_xgboost_categories(tokens));
      return {};
    }
    return tokens.skip();
  });
}

// A booster, and the one inside of a DART booster of older versions: `inside` ends the descent.
Result<void> read_booster(Tokens& tokens, XgboostFile& file, bool inside = false) {
  return read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key == "name" && !inside) {
      TRY_ASSIGN(file.booster, tokens.string());
      return {};
    }
    if (key == "model") {
      // A linear booster's model has weights instead of trees, which are skipped.
      return read_gbtree_model(tokens, file);
    }
    if (key == "gbtree" && !inside) return read_booster(tokens, file, true);
    if (key == "weight_drop") {
      TRY_ASSIGN(file.tree_weights, tokens.numbers());
      return {};
    }
    return tokens.skip();
  });
}

// How many numbers a parameter such as "[0.1,0.5]" or "0.5" lists.
std::size_t list_size(const std::string& text) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text, ','));
}

Result<void> read_objective(Tokens& tokens, XgboostFile& file) {
  return read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key == "name") {
      TRY_ASSIGN(file.objective, tokens.string());
      return {};
    }
    TRY_ASSIGN(const TokenKind kind, tokens.peek());
    if (kind != TokenKind::object) return tokens.skip();
    return read_object(tokens, [&](const std::string& name) -> Result<void> {
      if (name != "quantile_alpha" && name != "expectile_alpha") return tokens.skip();
      TRY_ASSIGN(const std::string levels, tokens.string());
      file.levels = list_size(levels);
      return {};
    });
  });
}

Result<void> read_learner(Tokens& tokens, XgboostFile& file) {
  return read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key == "learner_model_param") return read_strings(tokens, file.learner);
    if (key == "objective") return read_objective(tokens, file);
    if (key == "gradient_booster") return read_booster(tokens, file);
    if (key == "feature_names") {
      TRY_ASSIGN(file.feature_names, tokens.strings());
      return {};
    }
    if (key == "feature_types") {
      TRY_ASSIGN(file.feature_types, tokens.strings());
      return {};
    }
    return tokens.skip();
  });
}

Result<std::int64_t> parameter(const XgboostFile& file, const std::string& name, std::int64_t least,
                               std::int64_t most, std::int64_t otherwise) {
  const auto found = file.learner.find(name);
  if (found == file.learner.end()) return otherwise;
  return whole_number(found->second, least, most, "learner_model_param." + name);
}

// "5E-1" before 3.1, "[5E-1]" or "[1E0,2E0]" since.
Result<std::vector<float>> base_scores(const XgboostFile& file) {
  const auto found = file.learner.find("base_score");
  if (found == file.learner.end()) {
    return invalid_input("learner_model_param has no `base_score`");
  }
  const auto tokens = json_tokens(found->second);
  std::vector<float> scores;
  const auto read = [&]() -> Result<void> {
    TRY_ASSIGN(const TokenKind kind, tokens->peek());
    if (kind != TokenKind::array) {
      TRY_ASSIGN(const double one, tokens->number());
      scores.push_back(static_cast<float>(one));
      return {};
    }
    TRY_ASSIGN(const std::vector<double> all, tokens->numbers());
    for (const double each : all)
      scores.push_back(static_cast<float>(each));
    return {};
  };
  const auto done = read();
  if (!done) return std::unexpected(done.error().wrapped("learner_model_param.base_score"));
  return scores;
}

float base_margin(float score, BaseScale scale) {
  constexpr float epsilon = 1e-6F;  // XGBoost's kRtEps
  switch (scale) {
    case BaseScale::margin:
      return score;
    case BaseScale::logit: {
      const float bounded = std::min(std::max(score, epsilon), 1.0F - epsilon);
      return -std::log(1.0F / bounded - 1.0F);
    }
    case BaseScale::log:
      return std::log(score);
  }
  return score;
}

Result<void> set_base(XgboostFile& file, BaseScale scale) {
  TRY_ASSIGN(std::vector<float> scores, base_scores(file));
  if (scores.size() == 1) scores.resize(file.forest.outputs, scores.front());
  if (scores.size() != file.forest.outputs) {
    return invalid_input(fmt::format("learner_model_param.base_score has {} entries for {} outputs",
                                     scores.size(), file.forest.outputs));
  }
  TRY_ASSIGN(const auto from_average, parameter(file, "boost_from_average", 0, 1, 1));
  // A model without trees whose intercept is still to be estimated: XGBoost does not transform it.
  const bool is_dummy = file.forest.trees.empty() && from_average == 1;
  for (const float score : scores) {
    if (!std::isfinite(score)) {
      return invalid_input("learner_model_param.base_score is not a finite number");
    }
    file.forest.base.push_back(base_margin(score, is_dummy ? BaseScale::margin : scale));
  }
  return {};
}

Result<void> set_tree_outputs(XgboostFile& file) {
  Forest& forest = file.forest;
  if (file.tree_info.size() != forest.trees.size()) {
    return invalid_input(fmt::format("`tree_info` has {} entries for {} trees",
                                     file.tree_info.size(), forest.trees.size()));
  }
  if (file.trees_said && *file.trees_said != forest.trees.size()) {
    return invalid_input(fmt::format("gbtree_model_param.num_trees is {}, and there are {} trees",
                                     *file.trees_said, forest.trees.size()));
  }
  if (!file.tree_weights.empty() && file.tree_weights.size() != forest.trees.size()) {
    return invalid_input(fmt::format("`weight_drop` has {} entries for {} trees",
                                     file.tree_weights.size(), forest.trees.size()));
  }
  for (std::size_t i = 0; i < forest.trees.size(); ++i) {
    Tree& tree = forest.trees[i];
    TRY_ASSIGN(const auto output,
               whole_number(file.tree_info[i], 0, static_cast<std::int64_t>(forest.outputs) - 1,
                            fmt::format("tree_info[{}]", i)));
    tree.output = static_cast<std::uint32_t>(output);
    if (file.tree_weights.empty()) continue;
    const auto weight = static_cast<float>(file.tree_weights[i]);
    for (std::size_t leaf = 0; leaf <= tree.splits; ++leaf) {
      double& value = forest.leaves[tree.first_leaf + leaf];
      value = static_cast<float>(value) * weight;
    }
  }
  return {};
}

Result<void> set_sizes(XgboostFile& file) {
  Forest& forest = file.forest;
  TRY_ASSIGN(const auto features, parameter(file, "num_feature", 0, int32_max, 0));
  TRY_ASSIGN(const auto classes, parameter(file, "num_class", 0, outputs_max, 0));
  TRY_ASSIGN(const auto targets, parameter(file, "num_target", 1, outputs_max, 1));
  if (classes > 1 && targets > 1) {
    return invalid_input("learner_model_param has several classes and several targets");
  }
  forest.features = static_cast<std::uint32_t>(features);
  forest.outputs = static_cast<std::uint32_t>(std::max<std::int64_t>({classes, targets, 1}));
  for (std::size_t i = 0; i < forest.trees.size(); ++i) {
    const Tree& tree = forest.trees[i];
    for (std::uint32_t j = 0; j < tree.splits; ++j) {
      if (forest.splits[tree.first_split + j].feature < forest.features) continue;
      return invalid_input(fmt::format("tree {}: a node splits feature {} of {}", i,
                                       forest.splits[tree.first_split + j].feature,
                                       forest.features));
    }
  }
  if (!file.feature_names.empty() && file.feature_names.size() != forest.features) {
    return invalid_input(fmt::format("`feature_names` has {} entries for {} features",
                                     file.feature_names.size(), forest.features));
  }
  return {};
}

// Why the file, which is sound so far, is not for this engine; empty: it is.
std::string reason_against(const XgboostFile& file) {
  if (file.booster == "gblinear") return "a linear booster has no trees";
  if (file.vector_leaves) return "its leaves hold vectors (multi_output_tree)";
  if (std::ranges::find(objective_rules, file.objective, &ObjectiveRule::name) ==
      objective_rules.end()) {
    return fmt::format("its objective `{}` is not known here", file.objective);
  }
  if (file.objective == "reg:expectileerror" && file.levels > 1) {
    return "its objective reg:expectileerror has several levels";
  }
  return {};
}

}  // namespace

Result<Model> read_xgboost(std::string_view bytes) {
  // A JSON object goes on with a blank, a quote or its end.
  const bool is_ubjson = bytes.starts_with("{L");
  const auto tokens = is_ubjson ? ubjson_tokens(bytes) : json_tokens(bytes);
  XgboostFile file;
  bool has_learner = false;
  TRY(read_object(*tokens, [&](const std::string& key) -> Result<void> {
    if (key != "learner") return tokens->skip();
    if (has_learner) return tokens->error("a second `learner`");
    has_learner = true;
    return read_learner(*tokens, file);
  }));
  if (!has_learner) return invalid_input("byte 0: the object has no `learner`, so it is no model");
  if (file.booster != "gbtree" && file.booster != "dart" && file.booster != "gblinear") {
    return invalid_input(
        fmt::format("gradient_booster.name is `{}`, none of gbtree, dart, gblinear", file.booster));
  }
  TRY(set_sizes(file));
  Model model;
  model.objective = file.objective;
  model.unsupported = reason_against(file);
  if (model.unsupported.empty()) {
    TRY(set_tree_outputs(file));
    const auto rule = std::ranges::find(objective_rules, file.objective, &ObjectiveRule::name);
    TRY(set_base(file, rule->base));
    file.forest.link.kind = rule->link;
  }
  model.forest = std::move(file.forest);
  model.feature_names = std::move(file.feature_names);
  model.feature_types = std::move(file.feature_types);
  model.categories = std::move(file.categories);
  return model;
}

}  // namespace gossamer::scoring::forest
