// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"
#include "scoring/forest/xgboost_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace gossamer::scoring::forest {
namespace {

constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();

struct ArrayOfTree {
  std::string_view key;
  std::vector<double> XgboostTree::* member;
};

constexpr std::array arrays{ArrayOfTree{"left_children", &XgboostTree::left},
                            ArrayOfTree{"right_children", &XgboostTree::right},
                            ArrayOfTree{"split_indices", &XgboostTree::feature},
                            ArrayOfTree{"split_conditions", &XgboostTree::condition},
                            ArrayOfTree{"default_left", &XgboostTree::default_left},
                            ArrayOfTree{"split_type", &XgboostTree::split_type},
                            ArrayOfTree{"categories_nodes", &XgboostTree::category_nodes},
                            ArrayOfTree{"categories_segments", &XgboostTree::category_begins},
                            ArrayOfTree{"categories_sizes", &XgboostTree::category_sizes},
                            ArrayOfTree{"categories", &XgboostTree::categories}};

Result<void> read_parameters(Tokens& tokens, XgboostTree& tree) {
  return read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key != "size_leaf_vector") return tokens.skip();
    TRY_ASSIGN(const std::string text, tokens.string());
    TRY_ASSIGN(const auto size, whole_number(text, 0, int32_max, "size_leaf_vector"));
    tree.leaf_size = static_cast<std::size_t>(std::max<std::int64_t>(1, size));
    return {};
  });
}

// The nodes of one file tree on their way into the forest: nodes that the root does not reach
// (XGBoost keeps those it pruned) are left out, the others are numbered as they are met.
class TreeBuilder {
 public:
  TreeBuilder(Forest& forest, const XgboostTree& tree, const std::string& place)
      : forest_(forest), tree_(tree), place_(place), set_of_(tree.left.size(), no_set) {}

  Result<void> build() {
    TRY(check_sizes());
    TRY(read_sets());
    const std::size_t nodes = tree_.left.size();
    Tree made{.first_split = static_cast<std::uint32_t>(forest_.splits.size()),
              .first_leaf = static_cast<std::uint32_t>(forest_.leaves.size())};
    std::vector<std::int32_t> number(nodes, 0);
    std::vector<bool> seen(nodes);
    std::vector<std::size_t> found{0};
    seen[0] = true;
    for (std::size_t next = 0; next < found.size(); ++next) {
      const std::size_t node = found[next];
      if (tree_.left[node] == -1) {
        number[node] = ~static_cast<std::int32_t>(forest_.leaves.size() - made.first_leaf);
        forest_.leaves.push_back(static_cast<float>(tree_.condition[node]));
        continue;
      }
      number[node] = static_cast<std::int32_t>(made.splits++);
      TRY_ASSIGN(const std::size_t left, left_child(node));
      for (const std::size_t child : {left, left + 1}) {
        if (seen[child]) {
          return invalid_input(fmt::format("{}: node {} has two parents", place_, child));
        }
        seen[child] = true;
        found.push_back(child);
      }
      TRY(add_split(node));
    }
    for (const std::size_t node : found) {
      if (number[node] < 0) continue;
      Split& split = forest_.splits[made.first_split + static_cast<std::uint32_t>(number[node])];
      const auto left = static_cast<std::size_t>(tree_.left[node]);
      split.left = number[left];
      split.right = number[left + 1];
    }
    forest_.trees.push_back(made);
    return check_tree(forest_, made, place_);
  }

 private:
  std::unexpected<Error> wrong(const std::string& what) const {
    return invalid_input(fmt::format("{}: {}", place_, what));
  }

  Result<void> check_sizes() const {
    const std::size_t nodes = tree_.left.size();
    if (nodes == 0) return wrong("it has no nodes");
    if (nodes > static_cast<std::size_t>(int32_max)) return wrong("it has too many nodes");
    for (const auto& [key, member] : std::span(arrays).first(5)) {
      if ((tree_.*member).size() != nodes) {
        return wrong(fmt::format("`{}` has {} entries, `left_children` {}", key,
                                 (tree_.*member).size(), nodes));
      }
    }
    if (!tree_.split_type.empty() && tree_.split_type.size() != nodes) {
      return wrong("`split_type` has not one entry per node");
    }
    if (tree_.category_begins.size() != tree_.category_nodes.size() ||
        tree_.category_sizes.size() != tree_.category_nodes.size()) {
      return wrong("the arrays `categories_...` differ in length");
    }
    return {};
  }

  Result<void> read_sets() {
    const auto nodes = static_cast<std::int64_t>(tree_.left.size());
    const auto listed = static_cast<std::int64_t>(tree_.categories.size());
    std::int64_t before = -1;
    std::int64_t end_before = 0;
    for (std::size_t i = 0; i < tree_.category_nodes.size(); ++i) {
      // Ascending nodes and segments that do not overlap bound what a small file can ask for.
      TRY_ASSIGN(const auto node, whole_number(tree_.category_nodes[i], before + 1, nodes - 1,
                                               place_ + ": an entry of `categories_nodes`"));
      before = node;
      TRY_ASSIGN(const auto begin, whole_number(tree_.category_begins[i], end_before, listed,
                                                place_ + ": an entry of `categories_segments`"));
      TRY_ASSIGN(const auto size, whole_number(tree_.category_sizes[i], 1, listed - begin,
                                               place_ + ": an entry of `categories_sizes`"));
      end_before = begin + size;
      CategorySet set{static_cast<std::uint32_t>(forest_.codes.size()),
                      static_cast<std::uint32_t>(size)};
      for (std::int64_t j = begin; j < begin + size; ++j) {
        TRY_ASSIGN(const auto code,
                   whole_number(tree_.categories[static_cast<std::size_t>(j)], 0, (1 << 24) - 1,
                                place_ + ": an entry of `categories`"));
        forest_.codes.push_back(static_cast<std::uint32_t>(code));
      }
      std::sort(forest_.codes.begin() + set.begin, forest_.codes.end());
      set_of_[static_cast<std::size_t>(node)] = static_cast<std::uint32_t>(forest_.sets.size());
      forest_.sets.push_back(set);
    }
    return {};
  }

  // XGBoost goes to the left child or to the node behind it, whatever the right child is said to
  // be.
  Result<std::size_t> left_child(std::size_t node) const {
    const auto last = static_cast<std::int64_t>(tree_.left.size()) - 2;
    TRY_ASSIGN(const auto left,
               whole_number(tree_.left[node], 1, last,
                            fmt::format("{}: the left child of node {}", place_, node)));
    if (tree_.right[node] != tree_.left[node] + 1) {
      return wrong(fmt::format("the children of node {} are not side by side", node));
    }
    return static_cast<std::size_t>(left);
  }

  Result<void> add_split(std::size_t node) {
    Split split;
    TRY_ASSIGN(const auto feature,
               whole_number(tree_.feature[node], 0, static_cast<std::int64_t>(forest_.features) - 1,
                            fmt::format("{}: the feature of node {}", place_, node)));
    split.feature = static_cast<std::uint32_t>(feature);
    split.default_left = tree_.default_left[node] != 0;
    const bool is_categorical = !tree_.split_type.empty() && tree_.split_type[node] == 1;
    if (is_categorical) {
      split.set = set_of_[node];
      if (split.set == no_set) {
        return wrong(fmt::format("node {} splits categories and lists none", node));
      }
    } else {
      TRY(set_threshold(split, node));
    }
    forest_.splits.push_back(split);
    return {};
  }

  Result<void> set_threshold(Split& split, std::size_t node) {
    const auto condition = static_cast<float>(tree_.condition[node]);
    if (std::isnan(condition)) {
      return wrong(fmt::format("the condition of node {} is not a number", node));
    }
    constexpr float infinity = std::numeric_limits<float>::infinity();
    if (condition == -infinity) {
      // No value is less, so only the missing ones may go left: an empty set says the same.
      split.set = static_cast<std::uint32_t>(forest_.sets.size());
      split.set_goes_left = true;
      forest_.sets.push_back({static_cast<std::uint32_t>(forest_.codes.size()), 0});
      return {};
    }
    split.threshold = std::nextafter(condition, -infinity);
    return {};
  }

  Forest& forest_;
  const XgboostTree& tree_;
  const std::string& place_;
  std::vector<std::uint32_t> set_of_;
};

}  // namespace

Result<std::int64_t> whole_number(double value, std::int64_t least, std::int64_t most,
                                  const std::string& what) {
  const bool fits = value >= static_cast<double>(least) && value <= static_cast<double>(most) &&
                    value == std::floor(value);
  if (fits) return static_cast<std::int64_t>(value);
  return invalid_input(
      fmt::format("{} is {}, and no whole number from {} to {}", what, value, least, most));
}

Result<std::int64_t> whole_number(std::string_view text, std::int64_t least, std::int64_t most,
                                  const std::string& what) {
  const auto value = parse_integer(text, least, most);
  if (value) return *value;
  return invalid_input(
      fmt::format("{} is `{}`, and no whole number from {} to {}", what, text, least, most));
}

Result<XgboostTree> read_xgboost_tree(Tokens& tokens) {
  XgboostTree tree;
  TRY(read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key == "tree_param") return read_parameters(tokens, tree);
    if (key == "leaf_weights") tree.has_leaf_weights = true;
    const auto known = std::ranges::find(arrays, key, &ArrayOfTree::key);
    if (known == arrays.end()) return tokens.skip();
    TRY_ASSIGN(tree.*(known->member), tokens.numbers());
    return {};
  }));
  return tree;
}

Result<void> append_tree(Forest& forest, const XgboostTree& tree, const std::string& place) {
  return TreeBuilder(forest, tree, place).build();
}

}  // namespace gossamer::scoring::forest
