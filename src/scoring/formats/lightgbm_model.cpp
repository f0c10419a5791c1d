// SPDX-License-Identifier: Apache-2.0
// The text format of LightGBM 3 and 4, and the rules that the library relies on without looking
// (gbdt_model_text.cpp, tree.cpp of release 4.7).
#include "scoring/formats/model_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gossamer::scoring::formats {
namespace {

constexpr std::int64_t int_min = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t leaves_max = std::int64_t{1} << 22U;
// The library reads so many lines of a tree and takes the next for something else.
constexpr std::size_t tree_lines_max = 22;

// A multiclass objective says its number of classes again, and the library believes it.
Result<void> check_objective(const Lines& header, const Shape& shape) {
  if (!header.has("objective")) return {};
  TRY_ASSIGN(const std::string_view text, header.at("objective"));
  const auto words = split_words(text);
  if (words.empty()) return invalid_input("`objective` says nothing");
  const bool is_multiclass = words.front() == "multiclass" || words.front() == "multiclassova";
  const std::string expected = fmt::format("num_class:{}", shape.outputs);
  for (const std::string_view word : words) {
    if (word.starts_with("num_class:") && word != expected) {
      return invalid_input(fmt::format("`objective` says {}, `num_class` {}", word, shape.outputs));
    }
  }
  if (is_multiclass && std::ranges::find(words, expected) == words.end()) {
    return invalid_input(fmt::format("`objective` does not say {}", expected));
  }
  if (!is_multiclass && shape.outputs > 1) {
    return invalid_input(
        fmt::format("objective `{}` has one output, not {}", words.front(), shape.outputs));
  }
  return {};
}

struct Header {
  Lines lines;
  Shape shape;
  std::vector<std::int64_t> tree_sizes;
};

Result<Header> check_header(std::string_view text) {
  Header header;
  TRY_ASSIGN(header.lines, Lines::parse(text, Lines::Equals::optional));
  const Lines& lines = header.lines;
  if (!text.starts_with("tree\n") && !text.starts_with("tree\r")) {
    return invalid_input("a LightGBM model begins with the line `tree`");
  }
  TRY_ASSIGN(const std::string_view version, lines.at("version"));
  if (version != "v4" && version != "v3" && version != "v2") {
    return invalid_input(fmt::format(
        "version `{}` of the format is unknown; v2, v3 and v4 are read", version.substr(0, 20)));
  }
  Shape& shape = header.shape;
  TRY_ASSIGN(shape.outputs, lines.integer("num_class", 1, outputs_max));
  TRY_ASSIGN(const std::int64_t per_round, lines.integer("num_tree_per_iteration", 1, outputs_max));
  if (per_round != shape.outputs) {
    return invalid_input(
        fmt::format("`num_tree_per_iteration` is {}, `num_class` {}", per_round, shape.outputs));
  }
  TRY(lines.integer("label_index", int_min, int_max));
  TRY_ASSIGN(const std::int64_t last, lines.integer("max_feature_idx", 0, features_max - 1));
  shape.features = last + 1;
  const auto features = static_cast<std::size_t>(shape.features);
  TRY(lines.words("feature_names", features));
  TRY(lines.words("feature_infos", features));
  if (lines.has("monotone_constraints")) {
    TRY(lines.integers("monotone_constraints", features, -1, 1));
  }
  TRY(check_objective(lines, shape));
  TRY_ASSIGN(const std::string_view sizes, lines.at("tree_sizes"));
  TRY_ASSIGN(header.tree_sizes,
             lines.integers("tree_sizes", split_words(sizes).size(), 1, int_max));
  shape.trees = std::ssize(header.tree_sizes);
  if (shape.trees % per_round != 0) {
    return invalid_input(
        fmt::format("{} trees are not a multiple of {} a round", shape.trees, per_round));
  }
  return header;
}

Result<void> check_children(const Lines& tree, std::int64_t leaves) {
  const auto nodes = static_cast<std::size_t>(leaves - 1);
  TRY_ASSIGN(const auto left, tree.integers("left_child", nodes, -leaves, leaves - 2));
  TRY_ASSIGN(const auto right, tree.integers("right_child", nodes, -leaves, leaves - 2));
  TRY_ASSIGN(const Reached reached, walk_tree(left, right));
  if (reached.nodes == leaves - 1 && reached.leaves == leaves) return {};
  return invalid_input(fmt::format("{} of {} nodes and {} of {} leaves can be reached",
                                   reached.nodes, leaves - 1, reached.leaves, leaves));
}

struct Categories {
  std::int64_t count = 0;
  static Result<Categories> read(const Lines& tree) {
    Categories categories;
    TRY_ASSIGN(categories.count, tree.integer("num_cat", 0, leaves_max));
    if (categories.count == 0) return categories;
    const auto count = static_cast<std::size_t>(categories.count);
    TRY_ASSIGN(const auto bounds, tree.integers("cat_boundaries", count + 1, 0, int_max));
    if (bounds.front() != 0 || !std::ranges::is_sorted(bounds)) {
      return invalid_input("`cat_boundaries` does not ascend from 0");
    }
    TRY(tree.integers("cat_threshold", static_cast<std::size_t>(bounds.back()), 0,
                      std::numeric_limits<std::uint32_t>::max()));
    return categories;
  }
};

Result<void> check_splits(const Lines& tree, std::int64_t leaves, const Shape& shape,
                          const Categories& categories) {
  const auto nodes = static_cast<std::size_t>(leaves - 1);
  TRY(tree.integers("split_feature", nodes, 0, shape.features - 1));
  TRY_ASSIGN(const auto thresholds, tree.numbers("threshold", nodes));
  std::vector<std::int64_t> decisions(nodes, 0);
  if (tree.has("decision_type")) {
    TRY_ASSIGN(decisions, tree.integers("decision_type", nodes, 0, 11));
  }
  for (std::size_t node = 0; node < nodes; ++node) {
    if (decisions[node] % 2 == 0) continue;  // no category
    const double which = thresholds[node];
    const bool is_one = which >= 0 && which < static_cast<double>(categories.count);
    if (is_one && which == std::floor(which)) continue;
    return invalid_input(fmt::format("`threshold` holds {} at {}; there are {} sets of categories",
                                     which, node, categories.count));
  }
  return {};
}

// A linear model in each leaf, over features of its own.
Result<void> check_linear(const Lines& tree, std::size_t leaves, const Shape& shape) {
  if (!tree.has("is_linear")) return {};
  TRY_ASSIGN(const std::int64_t is_linear, tree.integer("is_linear", 0, 1));
  if (is_linear == 0) return {};
  TRY(tree.numbers("leaf_const", leaves));
  TRY_ASSIGN(const auto counts, tree.integers("num_features", leaves, 0, shape.features));
  std::size_t total = 0;
  for (const std::int64_t count : counts)
    total += static_cast<std::size_t>(count);
  TRY(tree.integers("leaf_features", total, 0, shape.features - 1));
  TRY(tree.numbers("leaf_coeff", total));
  return {};
}

// What says nothing of predictions; the library reads it all the same.
Result<void> check_statistics(const Lines& tree, std::size_t leaves) {
  if (tree.has("shrinkage")) TRY(tree.numbers("shrinkage", 1));
  for (const std::string_view key : {"split_gain", "internal_value", "internal_weight"}) {
    if (tree.has(key)) TRY(tree.numbers(key, leaves - 1));
  }
  if (tree.has("internal_count")) {
    TRY(tree.integers("internal_count", leaves - 1, int_min, int_max));
  }
  // A constant tree may leave out what it knows of its one leaf.
  const bool is_constant = leaves == 1;
  const auto is_given = [&](std::string_view key) {
    const auto text = tree.at(key);
    return text && !(is_constant && split_words(*text).empty());
  };
  if (is_given("leaf_weight")) TRY(tree.numbers("leaf_weight", leaves));
  if (is_given("leaf_count")) TRY(tree.integers("leaf_count", leaves, int_min, int_max));
  return {};
}

// From "Tree=" up to the next one. The library reads up to the first empty line.
Result<Lines> check_tree(std::string_view block, const Shape& shape) {
  const auto title = block.find('\n');
  if (!block.starts_with("Tree=") || title == std::string_view::npos) {
    return invalid_input("`tree_sizes` does not lead to it");
  }
  const std::string_view body = block.substr(title + 1);
  const auto end = body.find("\n\n");
  if (end == std::string_view::npos ||
      body.find_first_not_of('\n', end) != std::string_view::npos) {
    return invalid_input("it does not end in an empty line where `tree_sizes` says");
  }
  if (body.starts_with('\n')) return invalid_input("it begins with an empty line");
  TRY_ASSIGN(Lines tree, Lines::parse(body, Lines::Equals::needed));
  if (tree.size() > tree_lines_max) {
    return invalid_input(fmt::format("it has {} lines, more than {}", tree.size(), tree_lines_max));
  }
  TRY_ASSIGN(const std::int64_t leaves, tree.integer("num_leaves", 1, leaves_max));
  const auto size = static_cast<std::size_t>(leaves);
  TRY(tree.numbers("leaf_value", size));
  TRY_ASSIGN(const Categories categories, Categories::read(tree));
  if (leaves > 1) {
    TRY(check_children(tree, leaves));
    TRY(check_splits(tree, leaves, shape, categories));
  }
  TRY(check_linear(tree, size, shape));
  TRY(check_statistics(tree, size));
  return tree;
}

Result<void> read_tree(std::string_view block, const Shape& shape, const TreeReader& each) {
  TRY_ASSIGN(const Lines tree, check_tree(block, shape));
  return each(tree, shape);
}

}  // namespace

Result<LightgbmFile> read_lightgbm_model(std::string_view text, const TreeReader& each) {
  if (text.find('\0') != std::string_view::npos) return invalid_input("a NUL byte is in the text");
  if (text.find('\r') != std::string_view::npos) {
    return invalid_input("lines end in CR: the file was changed on its way, copy it as binary");
  }
  const auto first = text.find("\nTree=");
  TRY_ASSIGN(Header header, check_header(text.substr(0, first)));
  if (header.tree_sizes.empty() != (first == std::string_view::npos)) {
    return invalid_input("`tree_sizes` and the trees do not fit");
  }
  std::string_view rest = header.tree_sizes.empty() ? "" : text.substr(first + 1);
  for (std::size_t i = 0; i < header.tree_sizes.size(); ++i) {
    const auto size = static_cast<std::size_t>(header.tree_sizes[i]);
    if (size > rest.size()) {
      return invalid_input(fmt::format("the file ends within tree {}", i));
    }
    const auto done = read_tree(rest.substr(0, size), header.shape, each);
    if (!done) return std::unexpected(done.error().wrapped(fmt::format("tree {}", i)));
    rest.remove_prefix(size);
  }
  if (!header.tree_sizes.empty() && !rest.starts_with("end of trees")) {
    return invalid_input("`end of trees` is missing behind the last tree");
  }
  return LightgbmFile{std::move(header.lines), header.shape};
}

Result<Shape> check_lightgbm_model(std::string_view text) {
  const auto nothing_more = [](const Lines&, const Shape&) -> Result<void> { return {}; };
  TRY_ASSIGN(const LightgbmFile file, read_lightgbm_model(text, nothing_more));
  return file.shape;
}

}  // namespace gossamer::scoring::formats
