// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/forest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gossamer::scoring::forest {

std::string_view name_of(Dialect dialect) {
  return dialect == Dialect::xgboost ? "xgboost" : "lightgbm";
}

Result<Model> read_model(std::string_view bytes) {
  // UBJSON objects go on with the type of a key's length, JSON ones with a quote or a blank.
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != bytes.npos && bytes[first] == '{') return read_xgboost(bytes);
  if (bytes.starts_with("tree")) return read_lightgbm(bytes);
  return invalid_input(
      "byte 0: this is no model file: XGBoost's (JSON, UBJSON) begin with `{`, LightGBM's with "
      "`tree`");
}

Result<void> check_tree(const Forest& forest, const Tree& tree, std::string_view place) {
  std::vector<bool> split_seen(tree.splits);
  std::vector<bool> leaf_seen(tree.splits + std::size_t{1});
  const auto check_child = [&](std::uint32_t parent, std::int32_t child) -> Result<void> {
    const bool is_leaf = child < 0;
    const auto index = static_cast<std::uint32_t>(is_leaf ? ~child : child);
    auto& seen = is_leaf ? leaf_seen : split_seen;
    if (index >= seen.size()) {
      return invalid_input(
          fmt::format("{}: node {} has a child {} that does not exist", place, parent, child));
    }
    if (seen[index] || (!is_leaf && index == 0)) {
      return invalid_input(
          fmt::format("{}: node {} has a child {} that has another parent, so this is no tree",
                      place, parent, child));
    }
    seen[index] = true;
    return {};
  };
  for (std::uint32_t i = 0; i < tree.splits; ++i) {
    const Split& split = forest.splits[tree.first_split + i];
    TRY(check_child(i, split.left));
    TRY(check_child(i, split.right));
  }
  // Every node but the root has one parent now; what remains to be excluded is a cycle beside the
  // tree, whose nodes the root does not reach.
  std::vector<std::uint32_t> open;
  if (tree.splits > 0) open.push_back(0);
  std::uint32_t reached = 0;
  while (!open.empty()) {
    const Split& split = forest.splits[tree.first_split + open.back()];
    open.pop_back();
    ++reached;
    for (const std::int32_t child : {split.left, split.right}) {
      if (child >= 0) open.push_back(static_cast<std::uint32_t>(child));
    }
  }
  if (reached != tree.splits) {
    return invalid_input(
        fmt::format("{}: {} of its nodes form a cycle that the root does not reach", place,
                    tree.splits - reached));
  }
  return {};
}

std::int64_t category_of(Dialect dialect, double value) {
  if (dialect == Dialect::xgboost) {
    constexpr double limit = 16777216;  // 2^24: the first integer whose successor float32 lacks
    return value >= 0 && value < limit ? static_cast<std::int64_t>(value) : -1;
  }
  constexpr double limit = 2147483648.0;
  return value > -1 && value < limit ? static_cast<std::int64_t>(value) : -1;
}

bool contains(const Forest& forest, const CategorySet& set, std::int64_t code) {
  const auto begin = forest.codes.begin() + set.begin;
  return code >= 0 && std::binary_search(begin, begin + set.size, code);
}

bool goes_left(const Forest& forest, const Split& split, double value) {
  if (split.set != no_set) {
    if (std::isnan(value)) return split.default_left;
    const bool inside =
        contains(forest, forest.sets[split.set], category_of(forest.dialect, value));
    return inside == split.set_goes_left;
  }
  if (std::isnan(value)) {
    if (split.missing != Missing::none) return split.default_left;
    value = 0;
  } else if (split.missing == Missing::zero && std::abs(value) <= zero_threshold) {
    return split.default_left;
  }
  return value <= split.threshold;
}

}  // namespace gossamer::scoring::forest
