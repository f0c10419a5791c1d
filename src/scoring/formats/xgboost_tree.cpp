// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/xgboost_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gossamer::scoring::formats {
namespace {

constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
// Codes are kept as floats, so they end where a float32 stops to hold every integer.
constexpr std::int64_t codes_max = (std::int64_t{1} << 24U) - 1;
// The library keeps a bit for each code up to the largest of a node.
constexpr std::int64_t code_bits_max = std::int64_t{1} << 31U;

struct Tree {
  std::size_t nodes = 0;
  std::int64_t leaf_size = 1;  // numbers a leaf holds
  std::vector<std::int64_t> left;
  std::vector<std::int64_t> right;
};

Result<void> check_size(const Place& tree, std::string_view name, std::size_t size) {
  TRY_ASSIGN(const Place place, tree.at(name));
  TRY_ASSIGN(const auto entries, place.numbers());
  if (entries.size() == size) return {};
  return place.refuse(fmt::format("has {} entries where {} are needed", entries.size(), size));
}

Result<Tree> read_sizes(const Place& tree, const Shape& shape) {
  TRY_ASSIGN(const Place param, tree.at("tree_param"));
  TRY_ASSIGN(const Place count, param.at("num_nodes"));
  TRY_ASSIGN(const std::int64_t nodes, count.parameter(1, nodes_max));
  Tree read;
  read.nodes = static_cast<std::size_t>(nodes);
  TRY_ASSIGN(const Place size, param.at("size_leaf_vector"));
  TRY_ASSIGN(read.leaf_size, size.parameter(0, outputs_max));
  if (read.leaf_size > 1 && read.leaf_size != shape.outputs) {
    return size.refuse(
        fmt::format("is {}; the model has {} outputs", read.leaf_size, shape.outputs));
  }
  return read;
}

// A leaf has no left child. Where it holds several numbers, `right` says which of them; else it has
// no right child either.
Result<void> check_children(const Place& tree, Tree& read) {
  const std::int64_t last = static_cast<std::int64_t>(read.nodes) - 1;
  TRY_ASSIGN(const Place left, tree.at("left_children"));
  TRY_ASSIGN(read.left, left.integers(read.nodes, -1, last));
  TRY_ASSIGN(const Place right, tree.at("right_children"));
  TRY_ASSIGN(read.right, right.integers(read.nodes, -1, last));
  TRY_ASSIGN(const Place parent, tree.at("parents"));
  TRY_ASSIGN(auto parents, parent.integers(read.nodes, -1, int_max));
  std::vector<std::int64_t> right_children = read.right;
  for (std::size_t node = 0; node < read.nodes; ++node) {
    const bool is_leaf = read.left[node] == -1;
    if (is_leaf && read.leaf_size > 1) right_children[node] = -1;
    if ((right_children[node] == -1) != is_leaf) {
      return tree.refuse(fmt::format("node {} has one child", node));
    }
    if (node > 0 && (parents[node] < 0 || parents[node] > last)) {
      return parent.refuse(fmt::format("holds {} at {}, which is no node", parents[node], node));
    }
    if (is_leaf) continue;
    for (const std::int64_t child : {read.left[node], right_children[node]}) {
      if (parents[static_cast<std::size_t>(child)] == static_cast<std::int64_t>(node)) continue;
      return parent.refuse(fmt::format("of {} is not {}, whose child it is", child, node));
    }
  }
  const auto walked = walk_tree(read.left, right_children);
  if (!walked) return tree.refuse(walked.error().message);
  return {};
}

// Leaves that hold several numbers point into `leaf_weights`.
Result<void> check_vector_leaves(const Place& tree, const Tree& read) {
  TRY_ASSIGN(const Place weights, tree.at("leaf_weights"));
  TRY_ASSIGN(const auto entries, weights.numbers());
  const auto size = static_cast<std::size_t>(read.leaf_size);
  if (entries.empty() || entries.size() % size != 0) {
    return weights.refuse(fmt::format("has {} entries, {} a leaf", entries.size(), size));
  }
  const auto leaves = static_cast<std::int64_t>(entries.size() / size);
  for (std::size_t node = 0; node < read.nodes; ++node) {
    if (read.left[node] != -1) continue;
    if (read.right[node] >= 0 && read.right[node] < leaves) continue;
    return tree.refuse(fmt::format("leaf {} points behind `leaf_weights`", node));
  }
  TRY_ASSIGN(const Place inner, tree.at("base_weights"));
  TRY_ASSIGN(const auto inner_weights, inner.numbers());
  if (!inner_weights.empty() && inner_weights.size() % read.nodes == 0) return {};
  return inner.refuse(fmt::format("has {} entries for {} nodes", inner_weights.size(), read.nodes));
}

Result<void> check_splits(const Place& tree, const Tree& read, const Shape& shape) {
  TRY_ASSIGN(const Place indices, tree.at("split_indices"));
  // A node that pruning has taken out is marked by an index that no feature has.
  TRY_ASSIGN(const auto features,
             indices.integers(read.nodes, -1, std::numeric_limits<std::uint32_t>::max()));
  for (std::size_t node = 0; node < read.nodes; ++node) {
    if (read.left[node] == -1) continue;
    if (features[node] >= 0 && features[node] < shape.features) continue;
    return indices.refuse(fmt::format("holds {} at {}; the model has {} features", features[node],
                                      node, shape.features));
  }
  TRY_ASSIGN(const Place sides, tree.at("default_left"));
  TRY(sides.integers(read.nodes, 0, 1));
  for (const std::string_view name : {"split_conditions", "loss_changes", "sum_hessian"})
    TRY(check_size(tree, name, read.nodes));
  if (read.leaf_size > 1) return check_vector_leaves(tree, read);
  return check_size(tree, "base_weights", read.nodes);
}

// One node's codes: entries [first, first + size) of `codes`. Adds the bits that the library keeps.
Result<void> check_codes(const Place& tree, std::span<const std::int64_t> codes, std::int64_t first,
                         std::int64_t size, std::int64_t& bits) {
  if (size < 1 || first + size > std::ssize(codes)) {
    return tree.refuse(
        fmt::format("codes {} to {} of {} are none", first, first + size, codes.size()));
  }
  const auto own = codes.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(size));
  bits += *std::ranges::max_element(own) + 1;
  if (bits > code_bits_max) return tree.refuse("has category codes that are too large");
  return {};
}

Result<void> check_categories(const Place& tree, const Tree& read) {
  const auto types = tree.find("split_type");
  if (!types) return {};
  TRY_ASSIGN(const auto kinds, types->integers(read.nodes, 0, 1));
  TRY_ASSIGN(const Place listed, tree.at("categories_nodes"));
  TRY_ASSIGN(const auto entries, listed.numbers());
  const std::size_t count = entries.size();
  TRY_ASSIGN(const auto nodes,
             listed.integers(count, 0, static_cast<std::int64_t>(read.nodes) - 1));
  TRY_ASSIGN(const Place segments, tree.at("categories_segments"));
  TRY_ASSIGN(const auto firsts, segments.integers(count, 0, int_max));
  TRY_ASSIGN(const Place lengths, tree.at("categories_sizes"));
  TRY_ASSIGN(const auto sizes, lengths.integers(count, 0, int_max));
  TRY_ASSIGN(const Place categories, tree.at("categories"));
  TRY_ASSIGN(const auto raw, categories.numbers());
  TRY_ASSIGN(const auto codes, categories.integers(raw.size(), 0, codes_max));

  std::vector<bool> has_codes(read.nodes, false);
  std::int64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && nodes[i] <= nodes[i - 1]) return listed.refuse("does not ascend");
    TRY(check_codes(tree, codes, firsts[i], sizes[i], bits));
    has_codes[static_cast<std::size_t>(nodes[i])] = true;
  }
  for (std::size_t node = 0; node < read.nodes; ++node) {
    if (read.left[node] == -1 || (kinds[node] == 1) == has_codes[node]) continue;
    return types->refuse(fmt::format("and `categories_nodes` disagree on node {}", node));
  }
  return {};
}

}  // namespace

Result<void> check_xgboost_tree(const Place& tree, const Shape& shape) {
  TRY_ASSIGN(Tree read, read_sizes(tree, shape));
  TRY(check_children(tree, read));
  TRY(check_splits(tree, read, shape));
  return check_categories(tree, read);
}

}  // namespace gossamer::scoring::formats
