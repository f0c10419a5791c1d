// SPDX-License-Identifier: Apache-2.0
// scoring/forest: the engine of our own for tree ensembles. It reads the model files of XGBoost and
// LightGBM, keeps them in one exact form, and scores columns and single rows with the bits that the
// library itself would give. It never links the libraries, never trains, and knows no registry.
// Everything here is immutable once made: any number of threads may score with one Predictor.
#pragma once

#include "base/result.hpp"
#include "scoring/forest/link.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::scoring::forest {

// Whose arithmetic is followed: values and sums in float32 from the base margin (XGBoost), or
// values and sums in float64 from 0 (LightGBM).
enum class Dialect : std::uint8_t { xgboost, lightgbm };
std::string_view name_of(Dialect dialect);

// Which values a numeric split calls missing and sends to its default side.
enum class Missing : std::uint8_t {
  none,  // no value: NaN counts as 0
  zero,  // NaN, and what is within zero_threshold of 0
  nan,   // NaN
};

// LightGBM's kZeroThreshold: `1e-35f`, widened.
inline constexpr double zero_threshold = 1.0000000180025095e-35;

inline constexpr std::uint32_t no_set = 0xFFFFFFFF;

// An inner node. Numeric: left iff value <= threshold (XGBoost's `value < t` on float32 is kept as
// `value <= the float32 before t`). Categorical: a code of the set goes to the set's side, every
// other value to the other one, NaN to the default side.
struct Split {
  double threshold = 0;
  std::uint32_t feature = 0;
  std::uint32_t set = no_set;  // into Forest::sets
  std::int32_t left = 0;       // a split of the same tree, or ~leaf
  std::int32_t right = 0;
  Missing missing = Missing::nan;
  bool default_left = false;
  bool set_goes_left = false;

  bool operator==(const Split&) const = default;
};

// Category codes, ascending.
struct CategorySet {
  std::uint32_t begin = 0;  // into Forest::codes
  std::uint32_t size = 0;

  bool operator==(const CategorySet&) const = default;
};

// Split 0 is the root; a tree without splits is its one leaf.
struct Tree {
  std::uint32_t first_split = 0;  // into Forest::splits
  std::uint32_t splits = 0;
  std::uint32_t first_leaf = 0;  // into Forest::leaves; there are splits + 1
  std::uint32_t output = 0;

  bool operator==(const Tree&) const = default;
};

struct Forest {
  Dialect dialect = Dialect::xgboost;
  std::uint32_t features = 0;
  std::uint32_t outputs = 1;
  std::vector<double> base;  // one per output: the sum before the first tree
  std::vector<Tree> trees;   // in the order in which they are added
  std::vector<Split> splits;
  std::vector<double> leaves;  // XGBoost: float32, the tree's weight multiplied in
  std::vector<CategorySet> sets;
  std::vector<std::uint32_t> codes;
  Link link;

  bool operator==(const Forest&) const = default;
};

// What a model file says beside its trees.
struct Model {
  Forest forest;
  std::string objective;
  std::vector<std::string> feature_names;  // empty where the file has none
  std::vector<std::string> feature_types;  // XGBoost: "float", "int", "c", ...; or empty
  // The names of a feature's categories by code, as the file keeps them; empty: no names.
  std::vector<std::vector<std::string>> categories;
  // Why this engine cannot score the model although the file is sound; empty: it can.
  std::string unsupported;
};

// Reads a model file: XGBoost's JSON or UBJSON, LightGBM's text, told apart by their first bytes.
// Total: any bytes give a model or invalid_input that says what is wrong and at which byte or line.
// Memory and time are linear in the size of the file.
Result<Model> read_model(std::string_view bytes);
Result<Model> read_xgboost(std::string_view bytes);
Result<Model> read_lightgbm(std::string_view bytes);

// The code that a value stands for in a categorical split; -1: none. XGBoost: 0 <= value < 2^24,
// truncated. LightGBM: truncated to an int, negative or beyond it none.
std::int64_t category_of(Dialect dialect, double value);

bool contains(const Forest& forest, const CategorySet& set, std::int64_t code);

// Which child a value goes to, by the definitions above; what every kernel must agree with.
bool goes_left(const Forest& forest, const Split& split, double value);

}  // namespace gossamer::scoring::forest
