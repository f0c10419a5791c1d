// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/xgboost_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace gossamer::scoring::forest {
namespace {

using formats::Place;
using Numbers = std::span<const double>;

Result<Numbers> numbers(const Place& tree, std::string_view name) {
  TRY_ASSIGN(const Place place, tree.at(name));
  return place.numbers();
}

// One tree's arrays, an entry per node. Leaves have left -1 and their value as condition.
struct Nodes {
  Numbers left;
  Numbers right;
  Numbers feature;
  Numbers condition;
  Numbers default_left;
  Numbers kind;  // 1: categorical; may be empty
};

Result<Nodes> read_nodes(const Place& tree) {
  Nodes nodes;
  TRY_ASSIGN(nodes.left, numbers(tree, "left_children"));
  TRY_ASSIGN(nodes.right, numbers(tree, "right_children"));
  TRY_ASSIGN(nodes.feature, numbers(tree, "split_indices"));
  TRY_ASSIGN(nodes.condition, numbers(tree, "split_conditions"));
  TRY_ASSIGN(nodes.default_left, numbers(tree, "default_left"));
  if (tree.find("split_type")) {
    TRY_ASSIGN(nodes.kind, numbers(tree, "split_type"));
  }
  return nodes;
}

// The nodes of one file tree on their way into the forest: nodes that the root does not reach
// (XGBoost keeps those it pruned) are left out, the others are numbered as they are met.
class TreeBuilder {
 public:
  TreeBuilder(Forest& forest, const Place& tree, const Nodes& nodes)
      : forest_(forest), tree_(tree), nodes_(nodes), set_of_(nodes.left.size(), no_set) {}

  Result<void> build() {
    if (!nodes_.kind.empty()) TRY(read_sets());
    Tree made{.first_split = static_cast<std::uint32_t>(forest_.splits.size()),
              .first_leaf = static_cast<std::uint32_t>(forest_.leaves.size())};
    std::vector<std::int32_t> number(nodes_.left.size(), 0);
    std::vector<std::size_t> found{0};
    for (std::size_t next = 0; next < found.size(); ++next) {
      const std::size_t node = found[next];
      if (nodes_.left[node] == -1) {
        number[node] = ~static_cast<std::int32_t>(forest_.leaves.size() - made.first_leaf);
        forest_.leaves.push_back(static_cast<float>(nodes_.condition[node]));
        continue;
      }
      // XGBoost goes to the left child or to the node behind it, whatever the right child is said
      // to be.
      if (nodes_.right[node] != nodes_.left[node] + 1) {
        return tree_.refuse(fmt::format("has children of node {} that are not side by side", node));
      }
      number[node] = static_cast<std::int32_t>(made.splits++);
      found.push_back(static_cast<std::size_t>(nodes_.left[node]));
      found.push_back(static_cast<std::size_t>(nodes_.right[node]));
      TRY(add_split(node));
    }
    for (const std::size_t node : found) {
      if (number[node] < 0) continue;
      Split& split = forest_.splits[made.first_split + static_cast<std::uint32_t>(number[node])];
      const auto left = static_cast<std::size_t>(nodes_.left[node]);
      split.left = number[left];
      split.right = number[left + 1];
    }
    forest_.trees.push_back(made);
    return {};
  }

 private:
  Result<void> read_sets() {
    TRY_ASSIGN(const Numbers listed, numbers(tree_, "categories_nodes"));
    TRY_ASSIGN(const Numbers begins, numbers(tree_, "categories_segments"));
    TRY_ASSIGN(const Numbers sizes, numbers(tree_, "categories_sizes"));
    TRY_ASSIGN(const Numbers codes, numbers(tree_, "categories"));
    std::size_t end_before = 0;
    for (std::size_t i = 0; i < listed.size(); ++i) {
      const auto begin = static_cast<std::size_t>(begins[i]);
      const auto size = static_cast<std::size_t>(sizes[i]);
      // Segments that do not overlap bound what a small file can ask for.
      if (begin < end_before) return tree_.refuse("has `categories_segments` that overlap");
      end_before = begin + size;
      const CategorySet set{static_cast<std::uint32_t>(forest_.codes.size()),
                            static_cast<std::uint32_t>(size)};
      for (const double code : codes.subspan(begin, size))
        forest_.codes.push_back(static_cast<std::uint32_t>(code));
      std::sort(forest_.codes.begin() + set.begin, forest_.codes.end());
      set_of_[static_cast<std::size_t>(listed[i])] =
          static_cast<std::uint32_t>(forest_.sets.size());
      forest_.sets.push_back(set);
    }
    return {};
  }

  Result<void> add_split(std::size_t node) {
    Split split;
    split.feature = static_cast<std::uint32_t>(nodes_.feature[node]);
    split.default_left = nodes_.default_left[node] != 0;
    if (!nodes_.kind.empty() && nodes_.kind[node] == 1) {
      split.set = set_of_[node];
    } else {
      TRY(set_threshold(split, node));
    }
    forest_.splits.push_back(split);
    return {};
  }

  Result<void> set_threshold(Split& split, std::size_t node) {
    const auto condition = static_cast<float>(nodes_.condition[node]);
    if (std::isnan(condition)) {
      return tree_.refuse(fmt::format("has a condition of node {} that is not a number", node));
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
  const Place& tree_;
  const Nodes& nodes_;
  std::vector<std::uint32_t> set_of_;
};

}  // namespace

Result<void> append_tree(Forest& forest, const Place& tree) {
  TRY_ASSIGN(const Nodes nodes, read_nodes(tree));
  return TreeBuilder(forest, tree, nodes).build();
}

}  // namespace gossamer::scoring::forest
