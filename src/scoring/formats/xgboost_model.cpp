// SPDX-License-Identifier: Apache-2.0
// The members are those of xgboost.readthedocs.io/en/stable/tutorials/saving_model.html, the rules
// those that XGBoost 3.4 relies on without looking (tree_model.cc, gbtree_model.cc,
// cat_container.cc).
#include "base/text.hpp"
#include "scoring/formats/model_files.hpp"
#include "scoring/formats/xgboost_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace gossamer::scoring::formats {
namespace {

constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();

// What the learner says of all trees.
Result<Shape> shape_of(const Place& learner) {
  TRY_ASSIGN(const Place param, learner.at("learner_model_param"));
  Shape shape;
  TRY_ASSIGN(const Place features, param.at("num_feature"));
  TRY_ASSIGN(shape.features, features.parameter(0, features_max));
  TRY_ASSIGN(const Place classes, param.at("num_class"));
  TRY_ASSIGN(shape.outputs, classes.parameter(0, outputs_max));
  if (const auto target = param.find("num_target")) {
    TRY_ASSIGN(const std::int64_t targets, target->parameter(1, outputs_max));
    shape.outputs = std::max(shape.outputs, targets);
  }
  shape.outputs = std::max<std::int64_t>(1, shape.outputs);
  TRY_ASSIGN(const Place base_score, param.at("base_score"));
  TRY(base_score.text());
  return shape;
}

Result<void> check_texts(const Place& learner, std::string_view name, std::int64_t features) {
  const auto place = learner.find(name);
  if (!place) return {};
  TRY_ASSIGN(const auto entries, place->list());
  if (!entries.empty() && std::ssize(entries) != features) {
    return place->refuse(
        fmt::format("has {} entries; the model has {} features", entries.size(), features));
  }
  for (const Place& entry : entries) {
    TRY_ASSIGN(const std::string_view text, entry.text());
    if (!is_utf8(text)) return entry.refuse("is no UTF-8");
  }
  return {};
}

// How often one feature's categories are listed: `enc` of the recoder that 3.1 brought.
Result<std::int64_t> count_categories(const Place& column) {
  TRY_ASSIGN(const Place values, column.at("values"));
  TRY_ASSIGN(const auto entries, values.numbers());
  const auto offsets = column.find("offsets");
  if (!offsets) return std::ssize(entries);
  TRY_ASSIGN(const auto ends, offsets->numbers());
  if (ends.empty()) return 0;
  TRY_ASSIGN(const auto bounds, offsets->integers(ends.size(), 0, std::ssize(entries)));
  if (bounds.front() != 0 || !std::ranges::is_sorted(bounds)) {
    return offsets->refuse("does not ascend from 0");
  }
  return std::ssize(bounds) - 1;
}

Result<void> check_recoder(const Place& cats, std::int64_t features) {
  TRY_ASSIGN(const Place enc, cats.at("enc"));
  TRY_ASSIGN(const auto columns, enc.list());
  TRY_ASSIGN(const Place segments, cats.at("feature_segments"));
  TRY_ASSIGN(const Place sorted, cats.at("sorted_idx"));
  if (columns.empty()) {
    TRY(segments.integers(0, 0, 0));
    TRY(sorted.integers(0, 0, 0));
    return {};
  }
  if (std::ssize(columns) != features) return enc.refuse("has not one entry per feature");
  TRY_ASSIGN(const auto ends, segments.integers(columns.size() + 1, 0, int_max));
  TRY_ASSIGN(const auto order, sorted.integers(static_cast<std::size_t>(ends.back()), 0, int_max));
  std::int64_t total = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    TRY_ASSIGN(const std::int64_t count, count_categories(columns[i]));
    if (ends[i] != total || ends[i + 1] != total + count) {
      return segments.refuse(fmt::format("does not fit the {} categories of feature {}", count, i));
    }
    for (std::int64_t at = total; at < total + count; ++at) {
      if (order[static_cast<std::size_t>(at)] < count) continue;
      return sorted.refuse(fmt::format("names a category that feature {} does not have", i));
    }
    total += count;
  }
  return {};
}

// Which trees belong to which round.
Result<void> check_rounds(const Place& model, const Shape& shape) {
  const auto trees = static_cast<std::size_t>(shape.trees);
  TRY_ASSIGN(const Place groups, model.at("tree_info"));
  TRY(groups.integers(trees, 0, shape.outputs - 1));
  TRY_ASSIGN(const Place param, model.at("gbtree_model_param"));
  TRY_ASSIGN(const Place parallel, param.at("num_parallel_tree"));
  TRY(parallel.parameter(1, int_max));
  const auto rounds = model.find("iteration_indptr");
  if (!rounds) return {};
  TRY_ASSIGN(const auto entries, rounds->numbers());
  TRY_ASSIGN(const auto ends, rounds->integers(entries.size(), 0, shape.trees));
  if (ends.empty() || ends.front() != 0 || ends.back() != shape.trees ||
      !std::ranges::is_sorted(ends)) {
    return rounds->refuse(fmt::format("does not ascend from 0 to {} trees", shape.trees));
  }
  return {};
}

Result<void> check_weights(const Place& holder, std::int64_t trees) {
  const auto weights = holder.find("weight_drop");
  if (!weights) return {};
  TRY_ASSIGN(const auto entries, weights->numbers());
  if (std::ssize(entries) == trees || entries.empty()) return {};
  return weights->refuse(fmt::format("has {} weights for {} trees", entries.size(), trees));
}

Result<void> check_trees(const Place& booster, Shape& shape) {
  TRY_ASSIGN(const Place model, xgboost_trees(booster));
  TRY_ASSIGN(const Place trees, model.at("trees"));
  TRY_ASSIGN(const auto list, trees.list());
  TRY_ASSIGN(const Place param, model.at("gbtree_model_param"));
  TRY_ASSIGN(const Place count, param.at("num_trees"));
  TRY_ASSIGN(shape.trees, count.parameter(0, int_max));
  if (shape.trees != std::ssize(list)) {
    return count.refuse(fmt::format("is {}; the file has {} trees", shape.trees, list.size()));
  }
  TRY(check_rounds(model, shape));
  TRY(check_weights(model, shape.trees));
  if (const auto cats = model.find("cats")) TRY(check_recoder(*cats, shape.features));
  for (const Place& tree : list)
    TRY(check_xgboost_tree(tree, shape));
  return {};
}

// One weight per feature and output, and the bias.
Result<void> check_linear(const Place& booster, const Shape& shape) {
  TRY_ASSIGN(const Place model, booster.at("model"));
  TRY_ASSIGN(const Place weights, model.at("weights"));
  TRY_ASSIGN(const auto entries, weights.numbers());
  if (std::ssize(entries) == (shape.features + 1) * shape.outputs) return {};
  return weights.refuse(fmt::format("has {} weights for {} features and {} outputs", entries.size(),
                                    shape.features, shape.outputs));
}

Result<void> check_booster(const Place& learner, Shape& shape) {
  TRY_ASSIGN(const Place booster, learner.at("gradient_booster"));
  TRY_ASSIGN(const Place named, booster.at("name"));
  TRY_ASSIGN(const std::string_view name, named.text());
  if (name == "gblinear") return check_linear(booster, shape);
  if (name == "gbtree") return check_trees(booster, shape);
  if (name != "dart") return named.refuse("is none of gbtree, dart, gblinear");
  TRY(check_trees(booster, shape));
  return check_weights(booster, shape.trees);
}

}  // namespace

Result<Place> xgboost_trees(const Place& booster) {
  // Until 3.3 a dart model held the trees one level deeper, and their weights beside them.
  const auto inner = booster.find("gbtree");
  return (inner ? *inner : booster).at("model");
}

Result<XgboostFile> read_xgboost_model(std::string_view bytes) {
  XgboostFile file;
  TRY_ASSIGN(file.document, read_document(bytes));
  Shape& shape = file.shape;
  TRY_ASSIGN(const Place learner, Place(file.document, "").at("learner"));
  TRY_ASSIGN(shape, shape_of(learner));
  TRY_ASSIGN(const Place objective, learner.at("objective"));
  TRY_ASSIGN(const Place name, objective.at("name"));
  TRY(name.text());
  TRY(learner.at("attributes"));
  TRY(check_texts(learner, "feature_names", shape.features));
  TRY(check_texts(learner, "feature_types", shape.features));
  TRY(check_booster(learner, shape));
  return file;
}

Result<Shape> check_xgboost_model(std::string_view bytes) {
  TRY_ASSIGN(const XgboostFile file, read_xgboost_model(bytes));
  return file.shape;
}

}  // namespace gossamer::scoring::formats
