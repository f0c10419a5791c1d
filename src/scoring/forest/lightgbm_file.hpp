// SPDX-License-Identifier: Apache-2.0
// LightGBM's text format (v3, v4): lines of `key=value`, first of the model, then of each tree.
#pragma once

#include "base/result.hpp"
#include "scoring/forest/forest.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::scoring::forest {

// A `key=value` block, and where it stands.
struct LightgbmBlock {
  std::map<std::string_view, std::string_view> values;
  std::string place;  // "line 12 (tree 0)"
};

// `value` of a key, or invalid_input that names the block.
Result<std::string_view> require(const LightgbmBlock& block, std::string_view key);
Result<std::int64_t> require_integer(const LightgbmBlock& block, std::string_view key,
                                     std::int64_t least, std::int64_t most);

// Numbers between blanks, exactly `count` of them.
Result<std::vector<double>> require_numbers(const LightgbmBlock& block, std::string_view key,
                                            std::size_t count);

enum class LeafKind : std::uint8_t { constant, linear };

// Appends the tree for `output`; says whether its leaves are linear models, whose trees are checked
// and not appended.
Result<LeafKind> append_tree(Forest& forest, const LightgbmBlock& block, std::uint32_t output);

// "binary sigmoid:1" to its link; what cannot be followed is named in Model::unsupported.
Result<void> set_objective(Model& model, std::string_view text);

}  // namespace gossamer::scoring::forest
