// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"
#include "scoring/forest/forest.hpp"
#include "scoring/formats/model_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace gossamer::scoring::forest {
namespace {

using formats::Lines;
using formats::Shape;

constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();

// Bits of decision_type (LightGBM's tree.h).
constexpr std::int64_t categorical_bit = 1;
constexpr std::int64_t default_left_bit = 2;

struct ObjectiveRule {
  std::string_view name;
  LinkKind link = LinkKind::identity;
};

// From ObjectiveFunction::ConvertOutput in LightGBM's sources.
constexpr std::array objective_rules{ObjectiveRule{"regression"},
                                     ObjectiveRule{"regression_l1"},
                                     ObjectiveRule{"quantile"},
                                     ObjectiveRule{"huber"},
                                     ObjectiveRule{"fair"},
                                     ObjectiveRule{"mape"},
                                     ObjectiveRule{"lambdarank"},
                                     ObjectiveRule{"rank_xendcg"},
                                     ObjectiveRule{"custom"},
                                     ObjectiveRule{"poisson", LinkKind::exp},
                                     ObjectiveRule{"gamma", LinkKind::exp},
                                     ObjectiveRule{"tweedie", LinkKind::exp},
                                     ObjectiveRule{"binary", LinkKind::sigmoid},
                                     ObjectiveRule{"multiclassova", LinkKind::sigmoid},
                                     ObjectiveRule{"cross_entropy", LinkKind::sigmoid},
                                     ObjectiveRule{"cross_entropy_lambda", LinkKind::log1p_exp},
                                     ObjectiveRule{"multiclass", LinkKind::softmax}};

// The sets' bits as codes; the index of the first set.
Result<std::uint32_t> append_sets(Forest& forest, const Lines& lines) {
  const auto first = static_cast<std::uint32_t>(forest.sets.size());
  TRY_ASSIGN(const auto sets, lines.integer("num_cat", 0, int32_max));
  if (sets == 0) return first;
  TRY_ASSIGN(const auto bounds,
             lines.integers("cat_boundaries", static_cast<std::size_t>(sets) + 1, 0, int32_max));
  TRY_ASSIGN(const auto words,
             lines.integers("cat_threshold", static_cast<std::size_t>(bounds.back()), 0,
                            std::numeric_limits<std::uint32_t>::max()));
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    CategorySet set{static_cast<std::uint32_t>(forest.codes.size()), 0};
    for (std::int64_t word = bounds[i]; word < bounds[i + 1]; ++word) {
      const std::int64_t bits = words[static_cast<std::size_t>(word)];
      for (std::int64_t bit = 0; bit < 32; ++bit) {
        if (((bits >> bit) & 1) == 0) continue;
        forest.codes.push_back(static_cast<std::uint32_t>((word - bounds[i]) * 32 + bit));
        ++set.size;
      }
    }
    forest.sets.push_back(set);
  }
  return first;
}

Result<Split> make_split(std::int64_t feature, double threshold, std::int64_t decision,
                         std::uint32_t first_set) {
  Split split;
  split.feature = static_cast<std::uint32_t>(feature);
  if ((decision & categorical_bit) != 0) {
    split.set = first_set + static_cast<std::uint32_t>(threshold);
    split.set_goes_left = true;
    return split;
  }
  if (std::isnan(threshold)) return invalid_input("an entry of `threshold` is not a number");
  split.threshold = threshold;
  const auto missing = (decision >> 2) & 3;
  split.missing = missing == 0 ? Missing::none : missing == 1 ? Missing::zero : Missing::nan;
  split.default_left = (decision & default_left_bit) != 0;
  return split;
}

Result<void> append_splits(Forest& forest, const Lines& lines, std::size_t splits) {
  TRY_ASSIGN(const std::uint32_t first_set, append_sets(forest, lines));
  TRY_ASSIGN(const auto features, lines.integers("split_feature", splits, 0, int32_max));
  TRY_ASSIGN(const auto thresholds, lines.numbers("threshold", splits));
  TRY_ASSIGN(const auto left, lines.integers("left_child", splits, -int32_max - 1, int32_max));
  TRY_ASSIGN(const auto right, lines.integers("right_child", splits, -int32_max - 1, int32_max));
  std::vector<std::int64_t> decisions(splits, 0);
  if (lines.has("decision_type")) {
    TRY_ASSIGN(decisions, lines.integers("decision_type", splits, 0, int32_max));
  }
  for (std::size_t node = 0; node < splits; ++node) {
    TRY_ASSIGN(Split split,
               make_split(features[node], thresholds[node], decisions[node], first_set));
    split.left = static_cast<std::int32_t>(left[node]);
    split.right = static_cast<std::int32_t>(right[node]);
    forest.splits.push_back(split);
  }
  return {};
}

Result<void> append_tree(Model& model, const Lines& lines, const Shape& shape) {
  Forest& forest = model.forest;
  TRY_ASSIGN(const auto leaves, lines.integer("num_leaves", 1, int32_max));
  TRY_ASSIGN(const auto values, lines.numbers("leaf_value", static_cast<std::size_t>(leaves)));
  const Tree tree{.first_split = static_cast<std::uint32_t>(forest.splits.size()),
                  .splits = static_cast<std::uint32_t>(leaves - 1),
                  .first_leaf = static_cast<std::uint32_t>(forest.leaves.size()),
                  .output = static_cast<std::uint32_t>(std::ssize(forest.trees) % shape.outputs)};
  if (tree.splits > 0) TRY(append_splits(forest, lines, tree.splits));
  forest.leaves.insert(forest.leaves.end(), values.begin(), values.end());
  forest.trees.push_back(tree);
  if (!lines.has("is_linear")) return {};
  TRY_ASSIGN(const auto linear, lines.integer("is_linear", 0, 1));
  if (linear == 1) model.unsupported = "its leaves are linear models (linear_tree)";
  return {};
}

// "binary sigmoid:1" to its link.
Result<void> set_objective(Model& model, std::string_view text) {
  const auto words = formats::split_words(text);
  model.objective = words.front();
  const auto rule = std::ranges::find(objective_rules, words.front(), &ObjectiveRule::name);
  if (rule == objective_rules.end()) {
    model.unsupported = fmt::format("its objective `{}` is not known here", words.front());
    return {};
  }
  Link& link = model.forest.link;
  link.kind = rule->link;
  for (const std::string_view word : words) {
    if (word == "sqrt" && rule->link == LinkKind::identity) link.kind = LinkKind::signed_square;
    constexpr std::string_view sigmoid = "sigmoid:";
    if (!word.starts_with(sigmoid)) continue;
    const auto scale = parse_number(word.substr(sigmoid.size()));
    if (!scale || *scale <= 0) {
      return invalid_input(
          fmt::format("the header: `objective` has `{}`, no positive number", word));
    }
    link.scale = *scale;
  }
  return {};
}

}  // namespace

Result<Model> read_lightgbm(std::string_view bytes) {
  Model model;
  Forest& forest = model.forest;
  forest.dialect = Dialect::lightgbm;
  TRY_ASSIGN(const formats::LightgbmFile file,
             formats::read_lightgbm_model(bytes, [&](const Lines& lines, const Shape& shape) {
               return append_tree(model, lines, shape);
             }));
  forest.features = static_cast<std::uint32_t>(file.shape.features);
  forest.outputs = static_cast<std::uint32_t>(file.shape.outputs);
  forest.base.assign(forest.outputs, 0);
  TRY_ASSIGN(const auto names, file.header.words("feature_names", forest.features));
  model.feature_names.assign(names.begin(), names.end());
  if (file.header.has("average_output")) {
    const std::int64_t rounds = file.shape.trees / file.shape.outputs;
    forest.link.divisor = static_cast<double>(std::max<std::int64_t>(1, rounds));
  }
  if (!file.header.has("objective") || !model.unsupported.empty()) return model;
  TRY_ASSIGN(const std::string_view objective, file.header.at("objective"));
  TRY(set_objective(model, objective));
  return model;
}

}  // namespace gossamer::scoring::forest
