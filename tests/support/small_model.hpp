// SPDX-License-Identifier: Apache-2.0
// The smallest model that says something, for tests that register and score one.
#pragma once

namespace gossamer::test {

// XGBoost's JSON: below 0.5 of `a` the answer is 1, otherwise and where it is missing 3.
inline constexpr const char* sound_model =
    R"({"learner":{"attributes":{},"feature_names":["a"],"feature_types":["float"],)"
    R"("gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1",)"
    R"("num_trees":"1"},"iteration_indptr":[0,1],"tree_info":[0],"trees":[{"base_weights":)"
    R"([0.0,1.0,3.0],"default_left":[0,0,0],"id":0,"left_children":[1,-1,-1],)"
    R"("loss_changes":[1.0,0.0,0.0],)"
    R"("parents":[2147483647,0,0],"right_children":[2,-1,-1],"split_conditions":[0.5,1.0,3.0],)"
    R"("split_indices":[0,0,0],"sum_hessian":[2.0,1.0,1.0],"tree_param":{"num_deleted":"0",)"
    R"("num_feature":"1","num_nodes":"3","size_leaf_vector":"1"}}]},"name":"gbtree"},)"
    R"("learner_model_param":{"base_score":"0","boost_from_average":"1","num_class":"0",)"
    R"("num_feature":"1","num_target":"1"},"objective":{"name":"reg:squarederror",)"
    R"("reg_loss_param":{"scale_pos_weight":"1"}}},"version":[2,1,0]})";

}  // namespace gossamer::test
