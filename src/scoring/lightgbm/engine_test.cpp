// SPDX-License-Identifier: Apache-2.0
#include "scoring/lightgbm/engine.hpp"

#include "scoring/testing/engine_suite.hpp"

namespace gossamer::scoring {
namespace {

using ::testing::HasSubstr;

INSTANTIATE_TEST_SUITE_P(Lightgbm, EngineSuite,
                         ::testing::Values(EngineWords{.make = lightgbm::engine,
                                                       .regression = "regression",
                                                       .count = "poisson",
                                                       .binary = "binary",
                                                       .classes = "multiclass",
                                                       .misspelt = "regresion",
                                                       .ranking = "lambdarank",
                                                       .parameter = "feature_fraction",
                                                       .value = 0.5,
                                                       .misspelt_parameter = "num_leafs_"}));

class LightgbmTest : public ::testing::Test {
 protected:
  Engine engine_ = lightgbm::engine(1);
};

TEST_F(LightgbmTest, TakesInfinities) {
  const Batch rows = test::numbers(100);
  const Batch infinite = test::with(rows, replaced(rows, "a", 11, INFINITY));
  const auto model = engine_.train(infinite, test::request("y", "regression"), {});
  ASSERT_TRUE(model) << model.error().message;
  const auto scorer = test::load_through_folder(engine_, *model);
  const auto scored = scorer->score(infinite, OutputType::prediction);
  ASSERT_TRUE(scored);
  EXPECT_TRUE(std::isfinite(scored->columns()[0].float64s()[11]));
}

TEST_F(LightgbmTest, NamesThatItsFileCannotHoldAreRefused) {
  const Batch rows = test::numbers(100);
  TrainingRequest request = test::request("y", "regression");
  request.features.emplace_back("a:b");
  const auto model = engine_.train(test::with(rows, rows.find("a")->renamed("a:b")), request, {});
  EXPECT_THAT(model.error().message, HasSubstr("feature `a:b`: lightgbm allows none of"));
}

TEST_F(LightgbmTest, AliasesOfParametersAreTheSameParameter) {
  const Batch rows = test::numbers(300);
  TrainingRequest request = test::request("y", "regression");
  request.params = {{"shrinkage_rate", 0.3}};
  const auto one = engine_.train(rows, request, {});
  request.params = {{"learning_rate", 0.3}};
  const auto two = engine_.train(rows, request, {});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->bytes, two->bytes);
  request.params = {{"n_jobs", 4}};
  EXPECT_THAT(engine_.train(rows, request, {}).error().message, HasSubstr("`params.n_jobs`"));
}

TEST_F(LightgbmTest, ReadsAModelWithoutOurDescription) {
  const Batch rows = test::numbers(200);
  auto model = engine_.train(rows, test::request("p", "binary"), {});
  ASSERT_TRUE(model) << model.error().message;
  const auto ours = test::load_through_folder(engine_, *model);
  const auto foreign = test::load_through_folder(engine_, *model, test::Described::no);
  ASSERT_NE(foreign, nullptr);
  EXPECT_EQ(foreign->task(), Task::binary);
  const auto left = ours->score(rows, OutputType::prediction);
  const auto right = foreign->score(rows, OutputType::prediction);
  EXPECT_TRUE(std::ranges::equal(left->columns()[0].float64s(), right->columns()[0].float64s()));
}

}  // namespace
}  // namespace gossamer::scoring
