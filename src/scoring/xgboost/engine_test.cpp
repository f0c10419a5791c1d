// SPDX-License-Identifier: Apache-2.0
#include "scoring/xgboost/engine.hpp"

#include "scoring/testing/engine_suite.hpp"

namespace gossamer::scoring {
namespace {

using ::testing::HasSubstr;

INSTANTIATE_TEST_SUITE_P(Xgboost, EngineSuite,
                         ::testing::Values(EngineWords{.make = xgboost::engine,
                                                       .regression = "reg:squarederror",
                                                       .count = "count:poisson",
                                                       .binary = "binary:logistic",
                                                       .classes = "multi:softprob",
                                                       .misspelt = "reg:squarederrror",
                                                       .ranking = "rank:ndcg",
                                                       .parameter = "subsample",
                                                       .value = 0.5,
                                                       .misspelt_parameter = "max_deph"}));

class XgboostTest : public ::testing::Test {
 protected:
  Engine engine_ = xgboost::engine(1);
};

TEST_F(XgboostTest, RefusesInfinitiesAndNumbersTooLargeForFloat32) {
  const Batch rows = test::numbers(100);
  const TrainingRequest request = test::request("y", "reg:squarederror");
  const auto infinite =
      engine_.train(test::with(rows, replaced(rows, "a", 11, -INFINITY)), request, {});
  EXPECT_EQ(infinite.error().message,
            "column `a`, row 12: is infinite; xgboost takes finite numbers and nulls");
  const auto large = engine_.train(test::with(rows, replaced(rows, "a", 11, 1e39)), request, {});
  EXPECT_THAT(large.error().message, HasSubstr("row 12: 1e+39 is too large for xgboost"));

  const auto model = engine_.train(rows, request, {});
  const auto scorer = test::load_through_folder(engine_, *model);
  const Batch bad = test::with(rows, replaced(rows, "a", 11, INFINITY));
  EXPECT_THAT(scorer->score(bad, OutputType::prediction).error().message,
              HasSubstr("column `a`, row 12"));
  const auto found = scorer->find_bad_rows(bad);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().row, 11U);
}

TEST_F(XgboostTest, ACategoryIsAWholeNumber) {
  TrainingRequest request = test::request("y", "reg:squarederror");
  request.params["categorical"] = {"b"};
  const Batch rows = test::numbers(100);
  const auto bad = engine_.train(test::with(rows, replaced(rows, "b", 4, 1.5)), request, {});
  EXPECT_THAT(bad.error().message, HasSubstr("column `b`, row 5: 1.5 is no category code"));
  EXPECT_TRUE(engine_.train(rows, request, {}));
}

TEST_F(XgboostTest, ReadsAModelWithoutOurDescription) {
  const Batch rows = test::numbers(200);
  auto model = engine_.train(rows, test::request("k", "multi:softmax"), {});
  ASSERT_TRUE(model) << model.error().message;
  const auto ours = test::load_through_folder(engine_, *model);
  const auto foreign = test::load_through_folder(engine_, *model, test::Described::no);
  ASSERT_NE(foreign, nullptr);
  EXPECT_EQ(foreign->task(), Task::multiclass);
  EXPECT_EQ(foreign->classes(), ours->classes());
  EXPECT_EQ(foreign->signature().columns[1].name, "b");
  const auto left = ours->score(rows, OutputType::prediction);
  const auto right = foreign->score(rows, OutputType::prediction);
  EXPECT_TRUE(
      std::ranges::equal(left->find("score_1")->float64s(), right->find("score_1")->float64s()));
}

}  // namespace
}  // namespace gossamer::scoring
