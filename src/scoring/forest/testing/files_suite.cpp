// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/testing/files.hpp"

#include "base/json.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

namespace gossamer::scoring::forest::test {
namespace {

template <class T>
void put(std::string& bytes, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;)
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
}

void put_length(std::string& bytes, std::size_t length) {
  bytes += 'L';
  put(bytes, static_cast<std::uint64_t>(length));
}

void put_single(std::string& bytes, double value) {
  put(bytes, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
}

// XGBoost types the arrays of numbers in a tree, and no other.
void put_array(std::string& bytes, const Json& json, const auto& put_value) {
  bytes += '[';
  const bool numbers = !json.empty() && json.front().is_number();
  const bool singles = numbers && json.front().is_number_float();
  if (numbers) bytes += singles ? "$d" : "$l";
  bytes += '#';
  put_length(bytes, json.size());
  for (const Json& each : json) {
    if (singles) {
      put_single(bytes, each.get<double>());
    } else if (numbers) {
      put(bytes, static_cast<std::uint32_t>(each.get<std::int32_t>()));
    } else {
      put_value(bytes, each, put_value);
    }
  }
}

void put_value(std::string& bytes, const Json& json, const auto& self) {
  if (json.is_object()) {
    bytes += '{';
    for (const auto& [key, value] : json.items()) {
      put_length(bytes, key.size());
      bytes += key;
      self(bytes, value, self);
    }
    bytes += '}';
  } else if (json.is_array()) {
    put_array(bytes, json, self);
  } else if (json.is_string()) {
    bytes += 'S';
    const auto text = json.get<std::string>();
    put_length(bytes, text.size());
    bytes += text;
  } else if (json.is_number_float()) {
    bytes += 'd';
    put_single(bytes, json.get<double>());
  } else {
    bytes += 'l';
    put(bytes, static_cast<std::uint32_t>(json.get<std::int32_t>()));
  }
}

}  // namespace

std::string xgboost_json() {
  return R"({"learner":{"attributes":{},"feature_names":["age","kind"],
"feature_types":["float","c"],
"gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"2"},
"cats":{"enc":[{"offsets":[],"values":[]},
{"offsets":[0,1,3,4,7],"values":[97,98,98,99,100,195,164]}],
"feature_segments":[0,0,4],"sorted_idx":[0,1,2,3]},
"iteration_indptr":[0,1,2],"tree_info":[0,0],"trees":[
{"base_weights":[0.0,0.0,0.0,0.0,0.0],"categories":[1,3],"categories_nodes":[2],
"categories_segments":[0],"categories_sizes":[2],"default_left":[1,0,0,0,0],"id":0,
"left_children":[1,-1,3,-1,-1],"loss_changes":[0.5,0.0,0.1,0.0,0.0],
"parents":[2147483647,0,0,2,2],"right_children":[2,-1,4,-1,-1],
"split_conditions":[5E-1,-1.0,0.0,1E0,2.0],"split_indices":[0,0,1,0,0],"split_type":[0,0,1,0,0],
"sum_hessian":[1.0,1.0,1.0,1.0,1.0],
"tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"5","size_leaf_vector":"1"}},
{"base_weights":[0.0],"categories":[],"categories_nodes":[],"categories_segments":[],
"categories_sizes":[],"default_left":[0],"id":1,"left_children":[-1],"loss_changes":[0.0],
"parents":[2147483647],"right_children":[-1],"split_conditions":[2.5E-1],"split_indices":[0],
"split_type":[0],"sum_hessian":[1.0],
"tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"1","size_leaf_vector":"1"}}]},
"name":"gbtree"},
"learner_model_param":{"base_score":"[5E-1]","boost_from_average":"1","num_class":"0",
"num_feature":"2","num_target":"1"},
"objective":{"name":"binary:logistic","reg_loss_param":{"scale_pos_weight":"1"}}},
"version":[3,4,1]})";
}

std::string to_ubjson(std::string_view json) {
  const auto parsed = parse_json(json, "a test");
  EXPECT_TRUE(parsed) << parsed.error().describe();
  std::string bytes;
  const auto self = [](std::string& into, const Json& value, const auto& again) -> void {
    put_value(into, value, again);
  };
  put_value(bytes, parsed.value_or(Json::object()), self);
  return bytes;
}

std::string lightgbm_text() {
  const std::string first =
      "Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nsplit_gain=1 1\n"
      "threshold=0.5 0\ndecision_type=10 1\nleft_child=-1 -2\nright_child=1 -3\n"
      "leaf_value=-1 2 1\nleaf_weight=1 1 1\nleaf_count=1 1 1\ninternal_value=0 0\n"
      "internal_weight=0 0\ninternal_count=3 2\ncat_boundaries=0 1\ncat_threshold=10\n"
      "is_linear=0\nshrinkage=0.1\n\n\n";
  const std::string second =
      "Tree=1\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\ndecision_type=\n"
      "left_child=\nright_child=\nleaf_value=0.25\nleaf_weight=\nleaf_count=\ninternal_value=\n"
      "internal_weight=\ninternal_count=\nis_linear=0\nshrinkage=1\n\n\n";
  return "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"
         "max_feature_idx=1\nobjective=binary sigmoid:1\nfeature_names=age kind\n"
         "feature_infos=[0:1] 0:1:2:3\ntree_sizes=" +
         std::to_string(first.size()) + " " + std::to_string(second.size()) + "\n\n" + first +
         second +
         "end of trees\n\nfeature_importances:\nage=1\n\nparameters:\n[boosting: gbdt]\n"
         "end of parameters\n\npandas_categorical:null\n";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  if (at != text.npos) text.replace(at, from.size(), to);
  return text;
}

}  // namespace gossamer::scoring::forest::test
