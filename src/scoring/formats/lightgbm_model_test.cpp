// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/shape.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gossamer::scoring::formats {
namespace {

using ::testing::HasSubstr;

const std::string sound_tree =
    "num_leaves=3\nnum_cat=1\nsplit_feature=1 0\nthreshold=0.5 0\ndecision_type=2 1\n"
    "left_child=1 -1\nright_child=-2 -3\nleaf_value=1 -2 inf\ncat_boundaries=0 1\n"
    "cat_threshold=4294967295\nis_linear=0\nshrinkage=1\n";

std::string model_of(const std::string& tree, const std::string& header = "num_class=1\n") {
  const std::string block = "Tree=0\n" + tree + "\n\n";
  return "tree\nversion=v4\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\n"
         "objective=regression\nfeature_names=a b\nfeature_infos=[0:1] none\n" +
         header + fmt::format("tree_sizes={}\n\n", block.size()) + block + "end of trees\n";
}

std::string refusal(const std::string& text) {
  const auto shape = check_lightgbm_model(text);
  return shape ? "accepted" : shape.error().describe();
}

// The sound tree with one line in place of the one of its key.
std::string with(const std::string& key, const std::string& value) {
  std::string tree = sound_tree;
  const auto begin = tree.find(key + "=");
  tree.replace(begin, tree.find('\n', begin) - begin, key + "=" + value);
  return refusal(model_of(tree));
}

TEST(LightgbmFile, AModelOfOneTree) {
  const auto shape = check_lightgbm_model(model_of(sound_tree));
  ASSERT_TRUE(shape) << shape.error().describe();
  EXPECT_EQ(shape->features, 2);
  EXPECT_EQ(shape->outputs, 1);
  EXPECT_EQ(shape->trees, 1);
  EXPECT_EQ(
      refusal(model_of("num_leaves=1\nnum_cat=0\nsplit_feature=\nleaf_value=5\nleaf_count=\n")),
      "accepted");
}

TEST(LightgbmFile, ChildrenAndFeaturesAreInRange) {
  EXPECT_THAT(with("left_child", "2 -1"), HasSubstr("tree 0: `left_child` holds `2` at 0"));
  EXPECT_THAT(with("left_child", "1 -4"), HasSubstr("`-4` at 1; it takes whole numbers from -3"));
  EXPECT_THAT(with("left_child", "1"), HasSubstr("has 1 entries where 2 are needed"));
  EXPECT_THAT(with("left_child", "1 x"), HasSubstr("`x` at 1"));
  EXPECT_THAT(with("left_child", "0 -1"), HasSubstr("node 0 is reached twice"));
  EXPECT_THAT(with("right_child", "1 -3"), HasSubstr("node 1 is reached twice"));
  EXPECT_THAT(with("left_child", "-1 -1"), HasSubstr("1 of 2 nodes and 2 of 3 leaves"));
  EXPECT_THAT(with("split_feature", "2 0"), HasSubstr("`split_feature` holds `2`"));
  EXPECT_THAT(with("num_leaves", "4"), HasSubstr("`leaf_value` has 3 entries where 4"));
  EXPECT_THAT(with("num_leaves", "999999999"), HasSubstr("whole numbers from 1 to"));
  EXPECT_THAT(with("leaf_value", "1 2 1.5.3"), HasSubstr("`1.5.3` at 2, which is no number"));
}

TEST(LightgbmFile, CategoriesAreInRange) {
  EXPECT_THAT(with("threshold", "0.5 1"), HasSubstr("there are 1 sets of categories"));
  EXPECT_THAT(with("threshold", "0.5 nan"), HasSubstr("holds nan at 1"));
  EXPECT_THAT(with("cat_boundaries", "0 2"), HasSubstr("`cat_threshold` has 1 entries where 2"));
  EXPECT_THAT(with("cat_boundaries", "1 1"), HasSubstr("does not ascend from 0"));
  EXPECT_THAT(with("num_cat", "-1"), HasSubstr("`num_cat` holds `-1`"));
  EXPECT_THAT(with("decision_type", "2 13"), HasSubstr("`decision_type` holds `13`"));
}

TEST(LightgbmFile, LinearLeavesNameTheirFeatures) {
  const auto linear = [](const std::string& features) {
    std::string tree = sound_tree;
    tree.replace(tree.find("is_linear=0"), 11,
                 "is_linear=1\nleaf_const=0 0 0\nnum_features=1 0 1\nleaf_features=" + features +
                     "\nleaf_coeff=0.5   2");
    return refusal(model_of(tree));
  };
  EXPECT_EQ(linear("0  1 "), "accepted");
  EXPECT_THAT(linear("0 2"), HasSubstr("`leaf_features` holds `2`"));
  EXPECT_THAT(linear("0"), HasSubstr("has 1 entries where 2"));
}

TEST(LightgbmFile, TheHeaderFitsItself) {
  EXPECT_THAT(refusal(model_of(sound_tree, "")), HasSubstr("`num_class` is missing"));
  EXPECT_THAT(refusal(model_of(sound_tree, "num_class=3\n")),
              HasSubstr("`num_tree_per_iteration` is 1, `num_class` 3"));
  EXPECT_THAT(refusal(model_of(sound_tree, "num_class=1\nnum_class=1\n")),
              HasSubstr("`num_class` is there twice"));
  EXPECT_THAT(refusal(model_of(sound_tree, "num_class=1\nmonotone_constraints=1\n")),
              HasSubstr("`monotone_constraints` has 1 entries"));
  std::string text = model_of(sound_tree);
  text.replace(text.find("=regression"), 11, "=multiclass num_class:3");
  EXPECT_THAT(refusal(text), HasSubstr("`objective` says num_class:3, `num_class` 1"));
  EXPECT_THAT(refusal("tree\n"), HasSubstr("`version` is missing"));
  EXPECT_THAT(refusal("version=v4\n"), HasSubstr("begins with the line `tree`"));
}

TEST(LightgbmFile, TreesAreWhereTheirSizesSay) {
  std::string text = model_of(sound_tree);
  EXPECT_THAT(refusal(text.substr(0, text.size() - 40)), HasSubstr("ends within tree 0"));
  text.insert(text.find("num_leaves"), "x=1\n");
  EXPECT_THAT(refusal(text), HasSubstr("does not end in an empty line"));
  EXPECT_THAT(refusal(model_of("num_leaves\n")), HasSubstr("no line of the kind `key=value`"));
  EXPECT_THAT(refusal(model_of(sound_tree) + std::string(1, '\0')), HasSubstr("NUL"));
}

}  // namespace
}  // namespace gossamer::scoring::formats
