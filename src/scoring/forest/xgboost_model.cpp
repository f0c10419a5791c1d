// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "scoring/forest/forest.hpp"
#include "scoring/forest/xgboost_tree.hpp"
#include "scoring/formats/model_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace gossamer::scoring::forest {
namespace {

using formats::Place;

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

Result<std::string> text_at(const Place& place, std::string_view name) {
  TRY_ASSIGN(const Place found, place.at(name));
  TRY_ASSIGN(const std::string_view text, found.text());
  return std::string(text);
}

Result<std::vector<std::string>> texts_at(const Place& place, std::string_view name) {
  std::vector<std::string> texts;
  const auto found = place.find(name);
  if (!found) return texts;
  TRY_ASSIGN(const auto entries, found->list());
  for (const Place& entry : entries) {
    TRY_ASSIGN(const std::string_view text, entry.text());
    texts.emplace_back(text);
  }
  return texts;
}

// One feature's categories by code. Texts stand as the bytes of all and where each begins.
Result<std::vector<std::string>> category_names(const Place& column) {
  std::vector<std::string> names;
  TRY_ASSIGN(const Place place, column.at("values"));
  TRY_ASSIGN(const auto values, place.numbers());
  const auto offsets = column.find("offsets");
  if (!offsets) {
    for (const double value : values)
      names.push_back(fmt::format("{}", value));
    return names;
  }
  TRY_ASSIGN(const auto codes, place.integers(values.size(), -128, 255));
  std::string bytes;
  for (const std::int64_t code : codes)
    bytes += static_cast<char>(code);
  TRY_ASSIGN(const auto bounds, offsets->numbers());
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const auto begin = static_cast<std::size_t>(bounds[i]);
    names.push_back(bytes.substr(begin, static_cast<std::size_t>(bounds[i + 1]) - begin));
  }
  return names;
}

// The recoder of 3.1 on: the categories' names by feature and code.
Result<void> read_categories(const Place& trees, Model& model) {
  const auto cats = trees.find("cats");
  if (!cats) return {};
  TRY_ASSIGN(const Place encodings, cats->at("enc"));
  TRY_ASSIGN(const auto columns, encodings.list());
  for (const Place& column : columns) {
    TRY_ASSIGN(auto names, category_names(column));
    model.categories.push_back(std::move(names));
  }
  return {};
}

Result<bool> has_vector_leaves(const Place& tree) {
  TRY_ASSIGN(const Place parameters, tree.at("tree_param"));
  TRY_ASSIGN(const Place size, parameters.at("size_leaf_vector"));
  TRY_ASSIGN(const auto leaf_size, size.parameter(0, formats::outputs_max));
  return leaf_size > 1;
}

// Of DART: what each tree is multiplied by; empty: nothing.
Result<std::span<const double>> tree_weights(const Place& booster, const Place& trees) {
  const auto outer = booster.find("weight_drop");
  const auto weights = outer ? outer : trees.find("weight_drop");
  if (!weights) return std::span<const double>();
  return weights->numbers();
}

Result<void> set_tree_outputs(const Place& booster, const Place& trees, Forest& forest) {
  TRY_ASSIGN(const Place groups, trees.at("tree_info"));
  TRY_ASSIGN(const auto outputs, groups.numbers());
  TRY_ASSIGN(const auto weights, tree_weights(booster, trees));
  for (std::size_t i = 0; i < forest.trees.size(); ++i) {
    Tree& tree = forest.trees[i];
    tree.output = static_cast<std::uint32_t>(outputs[i]);
    if (weights.empty()) continue;
    for (std::size_t leaf = 0; leaf <= tree.splits; ++leaf) {
      double& value = forest.leaves[tree.first_leaf + leaf];
      value = static_cast<float>(value) * static_cast<float>(weights[i]);
    }
  }
  return {};
}

// The booster's trees, or in Model::unsupported why they are none of this engine's.
Result<void> read_booster(const Place& learner, Model& model) {
  TRY_ASSIGN(const Place booster, learner.at("gradient_booster"));
  TRY_ASSIGN(const std::string name, text_at(booster, "name"));
  if (name == "gblinear") {
    model.unsupported = "a linear booster has no trees";
    return {};
  }
  TRY_ASSIGN(const Place trees, formats::xgboost_trees(booster));
  TRY(read_categories(trees, model));
  TRY_ASSIGN(const Place listed, trees.at("trees"));
  TRY_ASSIGN(const auto list, listed.list());
  for (const Place& tree : list) {
    TRY_ASSIGN(const bool has_vectors, has_vector_leaves(tree));
    if (has_vectors) {
      model.unsupported = "its leaves hold vectors (multi_output_tree)";
      return {};
    }
    TRY(append_tree(model.forest, tree));
  }
  return set_tree_outputs(booster, trees, model.forest);
}

// "5E-1" before 3.1, "[5E-1]" or "[1E0,2E0]" since.
Result<std::vector<float>> base_scores(const Place& parameters) {
  TRY_ASSIGN(const Place place, parameters.at("base_score"));
  TRY_ASSIGN(std::string_view text, place.text());
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<float> scores;
  for (const std::string& entry : split(text, ',')) {
    const std::string_view digits = trimmed(entry);
    float score = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), score);
    if (failure != std::errc() || end != digits.data() + digits.size() || !std::isfinite(score)) {
      return place.refuse(fmt::format("holds `{}`, which is no finite number", digits));
    }
    scores.push_back(score);
  }
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

Result<void> set_base(const Place& learner, Forest& forest, BaseScale scale) {
  TRY_ASSIGN(const Place parameters, learner.at("learner_model_param"));
  TRY_ASSIGN(std::vector<float> scores, base_scores(parameters));
  if (scores.size() == 1) scores.resize(forest.outputs, scores.front());
  if (scores.size() != forest.outputs) {
    return parameters.refuse(fmt::format("has a `base_score` of {} entries for {} outputs",
                                         scores.size(), forest.outputs));
  }
  std::int64_t from_average = 1;
  if (const auto place = parameters.find("boost_from_average")) {
    TRY_ASSIGN(from_average, place->parameter(0, 1));
  }
  // A model without trees whose intercept is still to be estimated: XGBoost does not transform it.
  const bool is_dummy = forest.trees.empty() && from_average == 1;
  for (const float score : scores)
    forest.base.push_back(base_margin(score, is_dummy ? BaseScale::margin : scale));
  return {};
}

}  // namespace

Result<Model> read_xgboost(std::string_view bytes) {
  TRY_ASSIGN(const formats::XgboostFile file, formats::read_xgboost_model(bytes));
  TRY_ASSIGN(const Place learner, Place(file.document, "").at("learner"));
  TRY_ASSIGN(const Place objective, learner.at("objective"));
  Model model;
  Forest& forest = model.forest;
  forest.features = static_cast<std::uint32_t>(file.shape.features);
  forest.outputs = static_cast<std::uint32_t>(file.shape.outputs);
  TRY_ASSIGN(model.objective, text_at(objective, "name"));
  TRY_ASSIGN(model.feature_names, texts_at(learner, "feature_names"));
  TRY_ASSIGN(model.feature_types, texts_at(learner, "feature_types"));
  TRY(read_booster(learner, model));
  if (!model.unsupported.empty()) return model;
  const auto rule = std::ranges::find(objective_rules, model.objective, &ObjectiveRule::name);
  if (rule == objective_rules.end()) {
    model.unsupported = fmt::format("its objective `{}` is not known here", model.objective);
    return model;
  }
  if (model.objective == "reg:expectileerror" && forest.outputs > 1) {
    model.unsupported = "its objective reg:expectileerror has several levels";
    return model;
  }
  forest.link.kind = rule->link;
  TRY(set_base(learner, forest, rule->base));
  return model;
}

}  // namespace gossamer::scoring::forest
