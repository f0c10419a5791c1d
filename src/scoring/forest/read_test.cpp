// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/predictor.hpp"
#include "scoring/forest/testing/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace gossamer::scoring::forest {
namespace {

using test::lightgbm_text;
using test::replaced;
using test::to_ubjson;
using test::xgboost_json;
using ::testing::HasSubstr;

std::string fault(const std::string& bytes) {
  const auto model = read_model(bytes);
  return model ? "read" : model.error().describe();
}

double margin(const Model& model, double age, double kind) {
  std::vector<double> out(model.forest.outputs);
  Predictor(model.forest).margins_of_row(std::vector<double>{age, kind}, out);
  return out.front();
}

void expect_the_model(const Result<Model>& read) {
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->unsupported, "");
  EXPECT_EQ(read->feature_names, (std::vector<std::string>{"age", "kind"}));
  EXPECT_EQ(read->forest.features, 2U);
  ASSERT_EQ(read->forest.trees.size(), 2U);
  EXPECT_EQ(margin(*read, 0.25, 0), -0.75);
  EXPECT_EQ(margin(*read, std::nan(""), 0), -0.75) << "NaN goes to the left";
  EXPECT_EQ(margin(*read, 0.75, 3), 2.25);
  EXPECT_EQ(margin(*read, 0.75, 2), 1.25);
}

TEST(ReadXgboost, TakesJsonAndUbjsonAlike) {
  const auto json = read_model(xgboost_json());
  expect_the_model(json);
  EXPECT_EQ(margin(*json, 0.5, 0), 1.25) << "the threshold itself is not less";
  EXPECT_EQ(json->objective, "binary:logistic");
  EXPECT_EQ(json->forest.link.kind, LinkKind::sigmoid_f32);
  EXPECT_EQ(json->feature_types, (std::vector<std::string>{"float", "c"}));
  EXPECT_EQ(json->categories.at(1), (std::vector<std::string>{"a", "bb", "c", "d\xC3\xA4"}));
  const auto ubjson = read_model(to_ubjson(xgboost_json()));
  expect_the_model(ubjson);
  EXPECT_EQ(ubjson->forest, json->forest);
  EXPECT_EQ(ubjson->categories, json->categories);
}

TEST(ReadXgboost, TakesTheBaseScoreAsEachVersionWritesIt) {
  const auto base = [](std::string_view score, std::string_view objective) {
    std::string text = replaced(xgboost_json(), "[5E-1]", score);
    text = replaced(std::move(text), "binary:logistic", objective);
    const auto model = read_model(text);
    EXPECT_TRUE(model) << model.error().describe();
    return model ? model->forest.base.at(0) : -1;
  };
  EXPECT_EQ(base("[5E-1]", "binary:logistic"), 0);
  EXPECT_EQ(base("2.5E-1", "binary:logistic"), -std::log(1.0F / 0.25F - 1.0F));
  EXPECT_EQ(base("1", "binary:logistic"), -std::log(1.0F / (1.0F - 1e-6F) - 1.0F));
  EXPECT_EQ(base("[3.5]", "reg:squarederror"), 3.5);
  EXPECT_EQ(base("3.5", "count:poisson"), std::log(3.5F));
  EXPECT_THAT(fault(replaced(xgboost_json(), "[5E-1]", "[1,2]")),
              HasSubstr("`base_score` of 2 entries for 1"));
  EXPECT_THAT(fault(replaced(xgboost_json(), "[5E-1]", "x")), HasSubstr("base_score"));
}

TEST(ReadXgboost, WeighsTheTreesOfDart) {
  const std::string inside = replaced(xgboost_json(), R"("name":"gbtree"},)",
                                      R"("name":"dart","weight_drop":[0.5,2.0]},)");
  const auto model = read_model(inside);
  ASSERT_TRUE(model) << model.error().describe();
  EXPECT_EQ(margin(*model, 0.75, 3), 1.5);
  EXPECT_THAT(fault(replaced(inside, "[0.5,2.0]", "[0.5]")), HasSubstr("1 weights for 2 trees"));
  // Before 3.3 the trees of DART stood one level deeper.
  std::string nested = replaced(inside, R"("gradient_booster":{"model")",
                                R"("gradient_booster":{"gbtree":{"model")");
  nested = replaced(std::move(nested), R"("name":"dart",)", R"("name":"gbtree"},"name":"dart",)");
  const auto older = read_model(nested);
  ASSERT_TRUE(older) << older.error().describe();
  EXPECT_EQ(older->forest, model->forest);
}

TEST(ReadXgboost, SaysWhatItLeavesToTheLibrary) {
  const auto reason = [](const std::string& text) {
    const auto model = read_model(text);
    return model ? model->unsupported : model.error().describe();
  };
  EXPECT_THAT(reason(replaced(xgboost_json(), "binary:logistic", "my:own")),
              HasSubstr("objective `my:own`"));
  EXPECT_THAT(reason(R"({"learner":{"attributes":{},"gradient_booster":{"model":{"weights":[1,2]},
"name":"gblinear"},"learner_model_param":{"base_score":"0.5","num_class":"0","num_feature":"1"},
"objective":{"name":"reg:squarederror"}}})"),
              HasSubstr("linear booster"));
  std::string vectors =
      replaced(xgboost_json(), R"("size_leaf_vector":"1")", R"("size_leaf_vector":"2")");
  vectors = replaced(std::move(vectors), R"("num_class":"0")", R"("num_class":"2")");
  EXPECT_THAT(reason(vectors), HasSubstr("leaf_weights` is missing"));
  vectors = replaced(std::move(vectors), "[2,-1,4,-1,-1]", "[2,0,4,1,2]");
  EXPECT_THAT(reason(replaced(vectors, R"("loss_changes")",
                              R"("leaf_weights":[1,2,3,4,5,6],"loss_changes")")),
              HasSubstr("hold vectors"));
}

TEST(ReadXgboost, NamesWhatIsWrongAndWhere) {
  const auto with = [](std::string_view from, std::string_view to) {
    return fault(replaced(xgboost_json(), from, to));
  };
  EXPECT_THAT(fault(""), HasSubstr("no model file"));
  EXPECT_THAT(fault("{}"), HasSubstr("`learner` is missing"));
  EXPECT_THAT(with("[1,-1,3,-1,-1]", "[1,-1,0,-1,-1]"), HasSubstr("of 0 is not 2"));
  EXPECT_THAT(with("[1,-1,3,-1,-1]", "[1,-1,9,-1,-1]"),
              HasSubstr("trees[0].left_children` holds 9 at 2"));
  const std::string swapped = replaced(xgboost_json(), "[1,-1,3,-1,-1]", "[2,-1,3,-1,-1]");
  EXPECT_THAT(fault(replaced(swapped, "[2,-1,4,-1,-1]", "[1,-1,4,-1,-1]")),
              HasSubstr("children of node 0 that are not side by side"));
  EXPECT_THAT(with("[1,-1,3,-1,-1]", "[1,-1,3]"), HasSubstr("3 entries where 5 are needed"));
  EXPECT_THAT(with("[0,0,1,0,0],\"split_type\"", "[0,0,7,0,0],\"split_type\""),
              HasSubstr("holds 7 at 2; the model has 2 features"));
  EXPECT_THAT(with("\"categories\":[1,3]", "\"categories\":[1,-3]"),
              HasSubstr("categories` holds -3"));
  EXPECT_THAT(with("\"categories_sizes\":[2]", "\"categories_sizes\":[3]"),
              HasSubstr("codes 0 to 3 of 2"));
  EXPECT_THAT(with("\"categories_nodes\":[2]", "\"categories_nodes\":[0]"),
              HasSubstr("disagree on node 0"));
  EXPECT_THAT(with("[5E-1,-1.0", "[NaN,-1.0"), HasSubstr("node 0 that is not a number"));
  EXPECT_THAT(with("\"tree_info\":[0,0]", "\"tree_info\":[0,1]"),
              HasSubstr("tree_info` holds 1 at 1"));
  EXPECT_THAT(with("\"num_trees\":\"2\"", "\"num_trees\":\"3\""),
              HasSubstr("is 3; the file has 2"));
  EXPECT_THAT(with("\"num_class\":\"0\"", "\"num_class\":\"2000000000\""), HasSubstr("num_class"));
  EXPECT_THAT(with("\"offsets\":[0,1,3", "\"offsets\":[0,9,3"), HasSubstr("offsets` holds 9"));
}

TEST(ReadXgboost, BoundsDepthAndLength) {
  EXPECT_THAT(fault("{\"x\":" + std::string(100'000, '[')), HasSubstr("nested too deeply"));
  const std::string zeros(7, '\0');
  const std::string ones(7, '\xff');
  const std::string huge = "{L" + zeros + "\1x[$d#L\x7f" + ones;
  EXPECT_THAT(fault(huge), HasSubstr("byte 24: the file ends here"));
}

TEST(ReadLightgbm, TakesItsText) {
  const auto model = read_model(lightgbm_text());
  expect_the_model(model);
  EXPECT_EQ(margin(*model, 0.5, 0), -0.75) << "the threshold itself goes left";
  EXPECT_EQ(margin(*model, 0.75, std::nan("")), 1.25);
  EXPECT_EQ(model->forest.link.kind, LinkKind::sigmoid);
  const auto older = read_model(replaced(lightgbm_text(), "version=v4", "version=v3"));
  ASSERT_TRUE(older) << older.error().describe();
  EXPECT_EQ(older->forest, model->forest);
}

TEST(ReadLightgbm, AveragesOverRounds) {
  const auto model =
      read_model(replaced(lightgbm_text(), "label_index=0\n", "label_index=0\naverage_output\n"));
  ASSERT_TRUE(model) << model.error().describe();
  EXPECT_EQ(model->forest.link.divisor, 2);
}

// The text with `tree_sizes` as its trees are now.
std::string with_sizes(std::string text) {
  std::vector<std::size_t> begins;
  for (std::size_t at = text.find("\nTree="); at != text.npos; at = text.find("\nTree=", at + 1))
    begins.push_back(at);
  begins.push_back(text.find("\nend of trees"));
  std::string sizes = "tree_sizes=";
  for (std::size_t i = 0; i + 1 < begins.size(); ++i)
    sizes += (i == 0 ? "" : " ") + std::to_string(begins[i + 1] - begins[i]);
  const std::size_t at = text.find("tree_sizes=");
  return text.replace(at, text.find('\n', at) - at, sizes);
}

TEST(ReadLightgbm, NamesWhatIsWrongAndWhere) {
  const auto with = [](std::string_view from, std::string_view to) {
    return fault(with_sizes(replaced(lightgbm_text(), from, to)));
  };
  EXPECT_EQ(with("Tree=0", "Tree=0"), "read");
  EXPECT_THAT(fault("tree\n"), HasSubstr("`version` is missing"));
  EXPECT_THAT(with("max_feature_idx=1", "max_feature_idx=x"),
              HasSubstr("`max_feature_idx` holds `x`"));
  EXPECT_THAT(with("left_child=-1 -2", "left_child=0 -2"), HasSubstr("tree 0: node 0 is reached"));
  EXPECT_THAT(with("left_child=-1 -2", "left_child=-1"), HasSubstr("1 entries where 2 are needed"));
  EXPECT_THAT(with("left_child=-1 -2", "left_child=-1 -7"), HasSubstr("`-7` at 1"));
  EXPECT_THAT(with("num_leaves=3", "num_leaves=2000000000"), HasSubstr("`num_leaves` holds"));
  EXPECT_THAT(with("split_feature=0 1", "split_feature=0 2"),
              HasSubstr("`split_feature` holds `2`"));
  EXPECT_THAT(with("cat_boundaries=0 1", "cat_boundaries=0 9"), HasSubstr("`cat_threshold`"));
  EXPECT_THAT(with("threshold=0.5 0", "threshold=0.5 3"), HasSubstr("`threshold` holds 3"));
  EXPECT_THAT(with("threshold=0.5 0", "threshold=nan 0"), HasSubstr("`threshold` is not a number"));
  EXPECT_THAT(with("leaf_value=-1", "leaf_value=one"), HasSubstr("`one` at 0"));
  EXPECT_THAT(with("decision_type=10", "decision_type=14"), HasSubstr("`decision_type` holds"));
  EXPECT_THAT(with("sigmoid:1", "sigmoid:-1"), HasSubstr("sigmoid:-1"));
  EXPECT_THAT(fault(replaced(lightgbm_text(), "tree_sizes=", "tree_sizes=9")),
              HasSubstr("ends within tree 0"));
  EXPECT_THAT(with("is_linear=0", "is_linear=1"), HasSubstr("`leaf_const` is missing"));
}

TEST(ReadLightgbm, TakesAHundredThousandTrees) {
  constexpr int trees = 100'000;
  std::string sizes;
  std::string blocks;
  for (int i = 0; i < trees; ++i) {
    const std::string block =
        "Tree=" + std::to_string(i) +
        "\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.5\ndecision_type=2\n"
        "left_child=-1\nright_child=-2\nleaf_value=0.001 0.002\n\n";
    sizes += " " + std::to_string(block.size());
    blocks += block;
  }
  const auto model = read_model(
      "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\n"
      "objective=regression\nfeature_names=age kind\nfeature_infos=none none\ntree_sizes=" +
      sizes.substr(1) + "\n\n" + blocks + "end of trees\n");
  ASSERT_TRUE(model) << model.error().describe();
  double low = 0;
  double high = 0;
  for (int i = 0; i < trees; ++i) {
    low += 0.001;
    high += 0.002;
  }
  const Column age = Column::of_float64("age", {0.5, 0.75});
  const std::vector<const Column*> columns{&age, &age};
  std::vector<double> margins(2);
  Predictor(model->forest).margins(columns, 0, 2, margins);
  EXPECT_EQ(margins, (std::vector<double>{low, high}));
}

// Every beginning of a file, and files with bytes changed, removed and repeated.
TEST(ReadModel, GivesAModelOrAnErrorForAnyBytes) {
  std::mt19937_64 random(5);
  for (const std::string& sound : {xgboost_json(), to_ubjson(xgboost_json()), lightgbm_text()}) {
    for (std::size_t size = 0; size < sound.size(); ++size) {
      const auto model = read_model(std::string_view(sound).substr(0, size));
      if (!model) {
        EXPECT_EQ(model.error().kind, ErrorKind::invalid_input);
      }
    }
    for (int i = 0; i < 20'000; ++i) {
      std::string bytes = sound;
      for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 4) {
          case 0:
            bytes[at] = static_cast<char>(random());
            break;
          case 1:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
            break;
          case 2:
            bytes.erase(at, random() % 8);
            break;
          default:
            bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 40));
            break;
        }
      }
      const auto model = read_model(bytes);
      if (!model || !model->unsupported.empty() || model->forest.features > 1000) continue;
      // What was read can be scored.
      std::vector<double> out(model->forest.outputs);
      Predictor(model->forest)
          .margins_of_row(std::vector<double>(model->forest.features, 0.5), out);
    }
  }
}

}  // namespace
}  // namespace gossamer::scoring::forest
