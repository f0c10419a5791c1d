// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/shape.hpp"

#include "scoring/formats/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace gossamer::scoring::formats {
namespace {

using ::testing::HasSubstr;

// One split on feature 1 and two leaves; the parts that tests replace.
struct Parts {
  std::string features = "3";
  std::string classes = "0";
  std::string left = "[1,-1,-1]";
  std::string right = "[2,-1,-1]";
  std::string parents = "[2147483647,0,0]";
  std::string indices = "[1,0,0]";
  std::string conditions = "[5E-1,NaN,-Infinity]";
  std::string nodes = "3";
  std::string leaf_size = "1";
  std::string more = {};  // members of the tree, ending in a comma
  std::string groups = "[0]";
  std::string rounds = "[0,1]";
  std::string names = "[]";
  std::string cats = R"({"enc":[],"feature_segments":[],"sorted_idx":[]})";
};

std::string model_of(const Parts& parts) {
  const std::string tree =
      "{" + parts.more +
      R"("base_weights":[0,0,0],"default_left":[0,1,0],"id":0,"left_children":)" + parts.left +
      R"(,"loss_changes":[0,0,0],"parents":)" + parts.parents + R"(,"right_children":)" +
      parts.right + R"(,"split_conditions":)" + parts.conditions + R"(,"split_indices":)" +
      parts.indices + R"(,"sum_hessian":[1,1,1],"tree_param":{"num_nodes":")" + parts.nodes +
      R"(","size_leaf_vector":")" + parts.leaf_size + "\"}}";
  return R"({"learner":{"attributes":{},"feature_names":)" + parts.names +
         R"(,"gradient_booster":{"model":{"cats":)" + parts.cats +
         R"(,"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1"},"iteration_indptr":)" +
         parts.rounds + R"(,"tree_info":)" + parts.groups + R"(,"trees":[)" + tree +
         R"(]},"name":"gbtree"},"learner_model_param":{"base_score":"5E-1","num_class":")" +
         parts.classes + R"(","num_feature":")" + parts.features +
         R"("},"objective":{"name":"reg:squarederror"}},"version":[3,1,0]})";
}

std::string refusal(const Parts& parts) {
  const auto shape = check_xgboost_model(model_of(parts));
  return shape ? "accepted" : shape.error().message;
}

TEST(XgboostFile, AModelOfOneTree) {
  const auto shape = check_xgboost_model(model_of({}));
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_EQ(shape->features, 3);
  EXPECT_EQ(shape->outputs, 1);
  EXPECT_EQ(shape->trees, 1);
}

TEST(XgboostFile, ChildrenStayInTheTree) {
  EXPECT_THAT(refusal({.left = "[3,-1,-1]"}), HasSubstr("trees[0].left_children` holds 3 at 0"));
  EXPECT_THAT(refusal({.left = "[-2,-1,-1]"}), HasSubstr("whole numbers from -1 to 2"));
  EXPECT_THAT(refusal({.left = "[1.5,-1,-1]"}), HasSubstr("holds 1.5 at 0"));
  EXPECT_THAT(refusal({.left = "[1,-1]"}), HasSubstr("has 2 entries where 3 are needed"));
  EXPECT_THAT(refusal({.left = "[1,true,\"a\"]"}), HasSubstr("is no list of numbers"));
  EXPECT_THAT(refusal({.right = "[-1,-1,-1]"}), HasSubstr("node 0 has one child"));
  EXPECT_THAT(refusal({.parents = "[2147483647,0,1]"}), HasSubstr("of 2 is not 0"));
  EXPECT_THAT(refusal({.left = "[-1,-1,-1]", .right = "[-1,-1,-1]", .parents = "[0,-1,0]"}),
              HasSubstr("parents` holds -1 at 1, which is no node"));
  EXPECT_THAT(refusal({.nodes = "4"}), HasSubstr("has 3 entries where 4 are needed"));
  EXPECT_THAT(refusal({.nodes = "three"}), HasSubstr("num_nodes` is no whole number"));
}

TEST(XgboostFile, CirclesAreFound) {
  EXPECT_THAT(refusal({.left = "[1,0,-1]", .right = "[2,2,-1]", .parents = "[1,0,0]"}),
              HasSubstr("is not 1, whose child it is"));
  EXPECT_THAT(refusal({.left = "[1,-1,-1]", .right = "[1,-1,-1]"}), HasSubstr("reached twice"));
  const std::vector<std::int64_t> left{1, 0};
  const std::vector<std::int64_t> leaves{-1, -1};
  EXPECT_EQ(walk_tree(left, leaves).error().message, "node 0 is reached twice");
  std::vector<std::int64_t> chain;
  for (std::int64_t i = 1; i <= 3000; ++i)
    chain.push_back(i < 3000 ? i : -1);
  EXPECT_EQ(walk_tree(chain, std::vector<std::int64_t>(3000, -1)).error().message,
            "it has more than 2000 levels");
}

TEST(XgboostFile, FeaturesOutputsAndRoundsFit) {
  EXPECT_THAT(refusal({.features = "1"}), HasSubstr("split_indices` holds 1 at 0"));
  EXPECT_THAT(refusal({.features = "99999999"}), HasSubstr("num_feature` is no whole number"));
  EXPECT_THAT(refusal({.groups = "[1]"}), HasSubstr("tree_info` holds 1 at 0"));
  EXPECT_EQ(refusal({.classes = "3", .groups = "[2]"}), "accepted");
  EXPECT_THAT(refusal({.groups = "[0,0]"}), HasSubstr("has 2 entries where 1 are needed"));
  EXPECT_THAT(refusal({.rounds = "[0,2]"}), HasSubstr("iteration_indptr` holds 2"));
  EXPECT_THAT(refusal({.rounds = "[]"}), HasSubstr("does not ascend from 0 to 1 trees"));
  EXPECT_EQ(refusal({.names = R"(["a","b","\u00e4"])"}), "accepted");
  EXPECT_THAT(refusal({.names = R"(["a"])"}), HasSubstr("feature_names` has 1 entries"));
  EXPECT_THAT(refusal({.names = R"(["a","b",3])"}), HasSubstr("feature_names[2]` is no text"));
  EXPECT_THAT(refusal({.leaf_size = "2"}), HasSubstr("is 2; the model has 1 outputs"));
  EXPECT_THAT(refusal({.classes = "2", .leaf_size = "2"}), HasSubstr("leaf_weights` is missing"));
}

TEST(XgboostFile, CategoriesStayInTheirLists) {
  const auto with = [](const std::string& nodes, const std::string& first, const std::string& size,
                       const std::string& codes) {
    return refusal({.more = R"("split_type":[1,0,0],"categories_nodes":)" + nodes +
                            R"(,"categories_segments":)" + first + R"(,"categories_sizes":)" +
                            size + R"(,"categories":)" + codes + ","});
  };
  EXPECT_EQ(with("[0]", "[0]", "[2]", "[1,7]"), "accepted");
  EXPECT_THAT(with("[0]", "[0]", "[3]", "[1,7]"), HasSubstr("codes 0 to 3 of 2 are none"));
  EXPECT_THAT(with("[0]", "[0]", "[0]", "[1,7]"), HasSubstr("codes 0 to 0"));
  EXPECT_THAT(with("[0]", "[0]", "[2]", "[1,-7]"), HasSubstr("categories` holds -7"));
  EXPECT_THAT(with("[0]", "[0]", "[2]", "[1,16777216]"), HasSubstr("holds 16777216"));
  EXPECT_THAT(with("[]", "[]", "[]", "[]"), HasSubstr("disagree on node 0"));
  EXPECT_THAT(with("[0,0]", "[0,0]", "[1,1]", "[1]"), HasSubstr("does not ascend"));
}

TEST(XgboostFile, TheRecoderFitsItsCategories) {
  const auto with = [](const std::string& segments, const std::string& sorted) {
    return refusal({.cats = R"({"enc":[{"offsets":[0,1,3],"values":[97,98,99]},{"offsets":[],)"
                            R"("values":[]},{"type":13,"values":[4,5]}],"feature_segments":)" +
                            segments + R"(,"sorted_idx":)" + sorted + "}"});
  };
  EXPECT_EQ(with("[0,2,2,4]", "[1,0,0,1]"), "accepted");
  EXPECT_THAT(with("[0,2,2,5]", "[1,0,0,1,0]"), HasSubstr("does not fit the 2 categories"));
  EXPECT_THAT(with("[0,2,2,4]", "[1,0,0,2]"), HasSubstr("names a category that feature 2"));
  EXPECT_THAT(with("[0,2,4]", "[1,0,0,1]"), HasSubstr("has 3 entries where 4"));
}

std::string read_error(std::string_view bytes) {
  const auto node = read_document(bytes);
  return node ? "read" : node.error().message;
}

TEST(Document, JsonSaysWhereItBreaks) {
  EXPECT_EQ(read_error(R"({"a": [1, NaN, -Infinity, true, null, "x\n"], "b": {}})"), "read");
  EXPECT_EQ(read_error(R"({"a":1)"), "byte 6: the file ends here");
  EXPECT_EQ(read_error(R"({"a":1} x)"), "byte 8: there is something behind the model");
  EXPECT_EQ(read_error(R"({"a":1,"a":2})"), "`a` is there twice");
  EXPECT_EQ(read_error(R"({"a":-})"), "byte 6: no value begins so");
  EXPECT_EQ(read_error(R"({"a":1e999})"), "byte 5: the number is out of range");
  EXPECT_EQ(read_error(R"({"a":"\q"})"), "byte 8: the escape is unknown");
  EXPECT_EQ(read_error("[1]"), "byte 0: a model begins with `{`");
  EXPECT_THAT(read_error("{\"a\":" + std::string(100'000, '[')), HasSubstr("nested too deeply"));
}

// A name and a length in UBJSON: 'L' and eight bytes.
std::string length(std::uint8_t size, std::uint8_t highest = 0) {
  std::string bytes = "L" + std::string(8, '\0');
  bytes[1] = static_cast<char>(highest);
  bytes[8] = static_cast<char>(size);
  return bytes;
}

TEST(Document, UbjsonLengthsAreHeldAgainstTheBytes) {
  const std::string name = "{" + length(1) + "a";
  const auto node =
      read_document(name + "[$l#" + length(2) + std::string("\0\0\0\7\xff\xff\xff\xff", 8) + "}");
  ASSERT_TRUE(node) << node.error().message;
  const auto place = Place(*node, "").at("a");
  EXPECT_THAT(*place->numbers(), ::testing::ElementsAre(7, -1));
  EXPECT_EQ(read_error(name + "[$l#" + length(3) + "12345678}"),
            "byte 24: a length of 3 is more than the file holds");
  EXPECT_THAT(read_error(name + "[#" + length(0, 0x7f) + "Z}"), HasSubstr("more than the file"));
  EXPECT_THAT(read_error(name + "[#" + length(0, 0x80) + "Z}"), HasSubstr("more than the file"));
  EXPECT_THAT(read_error(name + "S" + length(200) + "x}"), HasSubstr("more than the file"));
  EXPECT_THAT(read_error(name + "[$Z#" + length(2) + "}"), HasSubstr("no known type"));
  EXPECT_THAT(read_error(name + std::string(100'000, '[')), HasSubstr("nested too deeply"));
  EXPECT_EQ(read_error(name + "d\1\2"), "byte 12: a number is cut off");
}

}  // namespace
}  // namespace gossamer::scoring::formats
