// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"
#include "scoring/forest/lightgbm_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace gossamer::scoring::forest {
namespace {

constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();

// Bits of decision_type (LightGBM's tree.h).
constexpr std::int64_t categorical_bit = 1;
constexpr std::int64_t default_left_bit = 2;

std::unexpected<Error> wrong(const LightgbmBlock& block, std::string_view what) {
  return invalid_input(fmt::format("{}: {}", block.place, what));
}

struct Arrays {
  std::vector<double> feature;
  std::vector<double> threshold;
  std::vector<double> decision;
  std::vector<double> left;
  std::vector<double> right;
  std::vector<double> boundaries;
  std::vector<double> words;
};

Result<Arrays> read_arrays(const LightgbmBlock& block, std::size_t splits) {
  Arrays arrays;
  TRY_ASSIGN(arrays.feature, require_numbers(block, "split_feature", splits));
  TRY_ASSIGN(arrays.threshold, require_numbers(block, "threshold", splits));
  TRY_ASSIGN(arrays.left, require_numbers(block, "left_child", splits));
  TRY_ASSIGN(arrays.right, require_numbers(block, "right_child", splits));
  if (block.values.contains("decision_type")) {
    TRY_ASSIGN(arrays.decision, require_numbers(block, "decision_type", splits));
  } else {
    arrays.decision.resize(splits);
  }
  TRY_ASSIGN(const auto sets, require_integer(block, "num_cat", 0, int32_max));
  if (sets == 0) return arrays;
  TRY_ASSIGN(arrays.boundaries,
             require_numbers(block, "cat_boundaries", static_cast<std::size_t>(sets) + 1));
  const double words = arrays.boundaries.back();
  if (!(words >= 0 && words <= static_cast<double>(int32_max))) {
    return wrong(block, "the last of `cat_boundaries` is no count");
  }
  TRY_ASSIGN(arrays.words,
             require_numbers(block, "cat_threshold", static_cast<std::size_t>(words)));
  return arrays;
}

Result<std::int64_t> integer(const LightgbmBlock& block, std::string_view key, double value,
                             std::int64_t least, std::int64_t most) {
  if (value >= static_cast<double>(least) && value <= static_cast<double>(most) &&
      value == std::floor(value)) {
    return static_cast<std::int64_t>(value);
  }
  return wrong(block, fmt::format("an entry of `{}` is {}, and no whole number from {} to {}", key,
                                  value, least, most));
}

// The sets' bits as codes; the index of the first set.
Result<std::uint32_t> append_sets(Forest& forest, const LightgbmBlock& block,
                                  const Arrays& arrays) {
  const auto first = static_cast<std::uint32_t>(forest.sets.size());
  const auto words = static_cast<std::int64_t>(arrays.words.size());
  std::int64_t begin = 0;
  for (std::size_t i = 0; i + 1 < arrays.boundaries.size(); ++i) {
    TRY_ASSIGN(const auto said,
               integer(block, "cat_boundaries", arrays.boundaries[i], begin, begin));
    TRY_ASSIGN(const auto end,
               integer(block, "cat_boundaries", arrays.boundaries[i + 1], said, words));
    CategorySet set{static_cast<std::uint32_t>(forest.codes.size()), 0};
    for (std::int64_t word = begin; word < end; ++word) {
      TRY_ASSIGN(const auto bits,
                 integer(block, "cat_threshold", arrays.words[static_cast<std::size_t>(word)], 0,
                         std::numeric_limits<std::uint32_t>::max()));
      for (std::int64_t bit = 0; bit < 32; ++bit) {
        if (((bits >> bit) & 1) == 0) continue;
        forest.codes.push_back(static_cast<std::uint32_t>((word - begin) * 32 + bit));
        ++set.size;
      }
    }
    forest.sets.push_back(set);
    begin = end;
  }
  return first;
}

Result<Split> make_split(const Forest& forest, const LightgbmBlock& block, const Arrays& arrays,
                         std::size_t node, std::uint32_t first_set) {
  Split split;
  TRY_ASSIGN(const auto feature, integer(block, "split_feature", arrays.feature[node], 0,
                                         static_cast<std::int64_t>(forest.features) - 1));
  TRY_ASSIGN(const auto left,
             integer(block, "left_child", arrays.left[node], -int32_max - 1, int32_max));
  TRY_ASSIGN(const auto right,
             integer(block, "right_child", arrays.right[node], -int32_max - 1, int32_max));
  TRY_ASSIGN(const auto decision,
             integer(block, "decision_type", arrays.decision[node], -128, 127));
  split.feature = static_cast<std::uint32_t>(feature);
  split.left = static_cast<std::int32_t>(left);
  split.right = static_cast<std::int32_t>(right);
  const auto missing = (decision >> 2) & 3;
  split.missing = missing == 0 ? Missing::none : missing == 1 ? Missing::zero : Missing::nan;
  if (missing == 3) return wrong(block, "an entry of `decision_type` has no missing rule");
  split.default_left = (decision & default_left_bit) != 0;
  split.threshold = arrays.threshold[node];
  if ((decision & categorical_bit) == 0) {
    if (std::isnan(split.threshold)) return wrong(block, "an entry of `threshold` is not a number");
    return split;
  }
  const auto sets = static_cast<std::int64_t>(arrays.boundaries.size()) - 1;
  TRY_ASSIGN(const auto set, integer(block, "threshold", split.threshold, 0, sets - 1));
  split.set = first_set + static_cast<std::uint32_t>(set);
  split.threshold = 0;
  split.set_goes_left = true;
  split.missing = Missing::nan;
  split.default_left = false;
  return split;
}

// Whether the leaves are linear models; their arrays must be there and name real features.
Result<LeafKind> leaf_kind(const Forest& forest, const LightgbmBlock& block, std::size_t leaves) {
  if (!block.values.contains("is_linear")) return LeafKind::constant;
  TRY_ASSIGN(const auto linear, require_integer(block, "is_linear", 0, 1));
  if (linear == 0) return LeafKind::constant;
  TRY(require_numbers(block, "leaf_const", leaves));
  TRY_ASSIGN(const auto counts, require_numbers(block, "num_features", leaves));
  std::size_t total = 0;
  for (const double count : counts) {
    TRY_ASSIGN(const auto each, integer(block, "num_features", count, 0, forest.features));
    total += static_cast<std::size_t>(each);
  }
  TRY_ASSIGN(const auto features, require_numbers(block, "leaf_features", total));
  for (const double feature : features) {
    TRY(integer(block, "leaf_features", feature, 0,
                static_cast<std::int64_t>(forest.features) - 1));
  }
  TRY(require_numbers(block, "leaf_coeff", total));
  return LeafKind::linear;
}

}  // namespace

Result<std::string_view> require(const LightgbmBlock& block, std::string_view key) {
  const auto found = block.values.find(key);
  if (found == block.values.end()) return wrong(block, fmt::format("`{}` is missing", key));
  return found->second;
}

Result<std::int64_t> require_integer(const LightgbmBlock& block, std::string_view key,
                                     std::int64_t least, std::int64_t most) {
  TRY_ASSIGN(const std::string_view text, require(block, key));
  const auto value = parse_integer(text, least, most);
  if (value) return *value;
  return wrong(block, fmt::format("`{}` is `{}`, and no whole number from {} to {}", key,
                                  text.substr(0, 40), least, most));
}

Result<std::vector<double>> require_numbers(const LightgbmBlock& block, std::string_view key,
                                            std::size_t count) {
  TRY_ASSIGN(const std::string_view text, require(block, key));
  // Each number takes a character and a blank: a count beyond that reserves nothing.
  if (count > text.size() / 2 + 1) {
    return wrong(block, fmt::format("`{}` is too short for {} numbers", key, count));
  }
  std::vector<double> numbers;
  numbers.reserve(count);
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    while (at != end && *at == ' ')
      ++at;
    if (at == end) break;
    double value = 0;
    const auto [next, status] = std::from_chars(at, end, value);
    const bool ended = next == end || *next == ' ';
    if (!ended || (status != std::errc() && status != std::errc::result_out_of_range)) {
      return wrong(block, fmt::format("entry {} of `{}` is no number", numbers.size(), key));
    }
    if (status == std::errc::result_out_of_range)
      value = std::strtod(std::string(at, next).c_str(), {});
    numbers.push_back(value);
    at = next;
  }
  if (numbers.size() != count) {
    return wrong(block,
                 fmt::format("`{}` has {} numbers, {} belong there", key, numbers.size(), count));
  }
  return numbers;
}

Result<LeafKind> append_tree(Forest& forest, const LightgbmBlock& block, std::uint32_t output) {
  TRY_ASSIGN(const auto leaves, require_integer(block, "num_leaves", 1, int32_max));
  const auto leaf_count = static_cast<std::size_t>(leaves);
  TRY_ASSIGN(const auto values, require_numbers(block, "leaf_value", leaf_count));
  Tree tree{.first_split = static_cast<std::uint32_t>(forest.splits.size()),
            .splits = static_cast<std::uint32_t>(leaf_count - 1),
            .first_leaf = static_cast<std::uint32_t>(forest.leaves.size()),
            .output = output};
  TRY(require_integer(block, "num_cat", 0, int32_max));
  if (leaf_count > 1) {
    TRY_ASSIGN(const Arrays arrays, read_arrays(block, leaf_count - 1));
    TRY_ASSIGN(const std::uint32_t first_set, append_sets(forest, block, arrays));
    for (std::size_t node = 0; node + 1 < leaf_count; ++node) {
      TRY_ASSIGN(const Split split, make_split(forest, block, arrays, node, first_set));
      forest.splits.push_back(split);
    }
  }
  forest.leaves.insert(forest.leaves.end(), values.begin(), values.end());
  forest.trees.push_back(tree);
  TRY(check_tree(forest, tree, block.place));
  return leaf_kind(forest, block, leaf_count);
}

}  // namespace gossamer::scoring::forest
