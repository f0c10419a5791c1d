// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/forest.hpp"

#include <algorithm>
#include <cmath>

namespace gossamer::scoring::forest {

std::string_view name_of(Dialect dialect) {
  return dialect == Dialect::xgboost ? "xgboost" : "lightgbm";
}

Result<Model> read_model(std::string_view bytes) {
  // UBJSON objects go on with the type of a key's length, JSON ones with a quote or a blank.
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != bytes.npos && bytes[first] == '{') return read_xgboost(bytes.substr(first));
  if (bytes.starts_with("tree")) return read_lightgbm(bytes);
  return invalid_input(
      "byte 0: this is no model file: XGBoost's (JSON, UBJSON) begin with `{`, LightGBM's with "
      "`tree`");
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
