// SPDX-License-Identifier: Apache-2.0
// The parts of XGBoost's model file, read but not yet made a forest. The format is that of
// xgboost.readthedocs.io/en/stable/tutorials/saving_model.html and its JSON schema, from 1.7 on.
#pragma once

#include "base/result.hpp"
#include "scoring/forest/forest.hpp"
#include "scoring/forest/tokens.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gossamer::scoring::forest {

// One tree's arrays, an entry per node. Leaves have left -1 and their value as condition.
struct XgboostTree {
  std::vector<double> left;
  std::vector<double> right;
  std::vector<double> feature;
  std::vector<double> condition;
  std::vector<double> default_left;
  std::vector<double> split_type;  // 1: categorical; may be empty
  std::vector<double> category_nodes;
  std::vector<double> category_begins;
  std::vector<double> category_sizes;
  std::vector<double> categories;
  std::size_t leaf_size = 1;  // more: a vector in each leaf
  bool has_leaf_weights = false;
};

struct XgboostFile {
  std::string objective;
  std::size_t levels = 1;  // of a quantile or expectile objective
  std::string booster;
  std::map<std::string, std::string> learner;  // learner_model_param
  std::vector<double> tree_info;
  std::vector<double> tree_weights;  // of DART; or empty
  std::optional<std::size_t> trees_said;
  std::vector<std::string> feature_names;
  std::vector<std::string> feature_types;
  std::vector<std::vector<std::string>> categories;
  Forest forest;  // splits, unweighted leaves and sets, in the order of the file
  bool vector_leaves = false;
};

Result<XgboostTree> read_xgboost_tree(Tokens& tokens);

// Appends the tree; `place` ("tree 3") begins the message of an error.
Result<void> append_tree(Forest& forest, const XgboostTree& tree, const std::string& place);

// The recoder of 3.1 on: the categories' names by feature and code.
Result<std::vector<std::vector<std::string>>> read_xgboost_categories(Tokens& tokens);

// `value` as a whole number within the bounds; the message names `what`.
Result<std::int64_t> whole_number(double value, std::int64_t least, std::int64_t most,
                                  const std::string& what);
Result<std::int64_t> whole_number(std::string_view text, std::int64_t least, std::int64_t most,
                                  const std::string& what);

}  // namespace gossamer::scoring::forest
