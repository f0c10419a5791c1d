// SPDX-License-Identifier: Apache-2.0
// Models of two classes: groups, fairness as a criterion, and whether two versions really differ.
#include "executors/evaluate/evaluate.hpp"

#include "scoring/lightgbm/engine.hpp"
#include "scoring/testing/rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gossamer::executors {
namespace {

using ::testing::HasSubstr;

class EvaluateTest : public ::testing::Test {
 protected:
  LoadedModel model(int version, const std::string& label, const std::string& objective,
                    int rounds) {
    const scoring::Engine engine = scoring::lightgbm::engine(1);
    scoring::TrainingRequest request = scoring::test::request(label, objective);
    request.rounds = rounds;
    const auto trained = engine.train(scoring::test::numbers(600, 9), request, {});
    EXPECT_TRUE(trained);
    return {"m", version, scoring::test::load_through_folder(engine, *trained)};
  }
  EvaluateSpec spec() {
    EvaluateSpec spec;
    spec.label = "p";
    spec.metrics = {"auc"};
    spec.by = {"d"};
    return spec;
  }

  Batch rows_ = scoring::test::numbers(500, 2);
};

TEST_F(EvaluateTest, GroupsHaveRatesAndIntervals) {
  const auto evaluation = evaluate(rows_, spec(), model(1, "p", "binary", 20), std::nullopt);
  ASSERT_TRUE(evaluation) << evaluation.error().describe();
  const Json& by = evaluation->report.at("by").at(0);
  EXPECT_EQ(by.at("column"), "d");
  ASSERT_EQ(by.at("groups").size(), 3U) << "true, false and missing";
  double least = 1;
  double most = 0;
  for (const Json& group : by.at("groups")) {
    const Json& rates = group.at("rates");
    const double rate = rates.at("selection_rate");
    EXPECT_LE(rates.at("selection_interval").at(0).get<double>(), rate);
    EXPECT_GE(rates.at("selection_interval").at(1).get<double>(), rate);
    EXPECT_TRUE(rates.at("auc_interval").is_array());
    least = std::min(least, rate);
    most = std::max(most, rate);
  }
  EXPECT_DOUBLE_EQ(by.at("fairness").at("selection_rate_ratio").get<double>(), least / most);
  EXPECT_EQ(evaluation->report.at("auc_comparison"), nullptr);
}

TEST_F(EvaluateTest, CurvesAndDriversSetBothModelsSideBySide) {
  const auto compared =
      evaluate(rows_, spec(), model(2, "p", "binary", 40), model(1, "p", "binary", 2));
  ASSERT_TRUE(compared) << compared.error().describe();
  const Json& curves = compared->report.at("curves");
  ASSERT_EQ(curves.size(), 4U);
  EXPECT_EQ(curves.at(0).at("title"), "ROC");
  EXPECT_EQ(curves.at(0).at("new").back(), Json::array({1.0, 1.0}));
  EXPECT_LE(curves.at(0).at("new").size(), 100U);
  EXPECT_FALSE(curves.at(2).at("old").empty());
  EXPECT_EQ(curves.at(3).at("title"), "Calibration");
  const Json& drivers = compared->report.at("drivers");
  ASSERT_FALSE(drivers.empty());
  EXPECT_GE(drivers.at(0).at("new").get<double>(), drivers.back().at("new").get<double>());
  EXPECT_EQ(drivers.at(0).at("rows"), 200);
  const auto alone = evaluate(rows_, spec(), model(1, "p", "binary", 20), std::nullopt);
  EXPECT_EQ(alone->report.at("curves").at(0).at("old"), nullptr);
  EXPECT_EQ(alone->report.at("drivers").at(0).at("old"), nullptr);
}

TEST_F(EvaluateTest, FairnessIsACriterion) {
  EvaluateSpec asked = spec();
  asked.criteria = {{.metric = "selection_rate_ratio", .at_most = {}, .at_least = 0.99},
                    {.metric = "calibration_gap", .at_most = 0.5, .at_least = {}}};
  const auto evaluation = evaluate(rows_, asked, model(1, "p", "binary", 20), std::nullopt);
  ASSERT_TRUE(evaluation) << evaluation.error().describe();
  const Json& criteria = evaluation->report.at("criteria");
  EXPECT_EQ(criteria.at(0).at("verdict"), "failed") << "rows of d = true are selected more often";
  EXPECT_EQ(criteria.at(1).at("verdict"), "met");
  EXPECT_TRUE(evaluation->criteria_failed);
  const Json& ratio = evaluation->report.at("metrics").at(1);
  EXPECT_EQ(ratio.at("name"), "selection_rate_ratio");
  EXPECT_EQ(ratio.at("new"),
            evaluation->report.at("by").at(0).at("fairness").at("selection_rate_ratio"));
}

TEST_F(EvaluateTest, FairnessNeedsGroupsAndTwoClasses) {
  EvaluateSpec asked = spec();
  asked.metrics = {"equal_opportunity_gap"};
  asked.by.clear();
  const auto ungrouped = evaluate(rows_, asked, model(1, "p", "binary", 5), std::nullopt);
  ASSERT_TRUE(ungrouped);
  EXPECT_THAT(ungrouped->report.at("metrics").at(0).at("reason").get<std::string>(),
              HasSubstr("needs groups: say `by`"));
  asked = spec();
  asked.metrics = {"calibration_gap"};
  asked.label = "y";
  const auto numbers = evaluate(rows_, asked, model(1, "y", "regression", 5), std::nullopt);
  ASSERT_TRUE(numbers) << numbers.error().describe();
  EXPECT_THAT(numbers->report.at("metrics").at(0).at("reason").get<std::string>(),
              HasSubstr("of models of two classes"));
}

TEST_F(EvaluateTest, TwoVersionsAreComparedByDeLong) {
  const LoadedModel weak = model(1, "p", "binary", 1);
  const LoadedModel strong = model(2, "p", "binary", 40);
  const auto evaluation = evaluate(rows_, spec(), strong, weak);
  ASSERT_TRUE(evaluation) << evaluation.error().describe();
  const Json& compared = evaluation->report.at("auc_comparison");
  const Json& auc = evaluation->report.at("metrics").at(0);
  EXPECT_NEAR(compared.at("new").get<double>(), auc.at("new").get<double>(), 1e-12);
  EXPECT_NEAR(compared.at("old").get<double>(), auc.at("old").get<double>(), 1e-12);
  EXPECT_LT(compared.at("p_value").get<double>(), 0.01);
  const auto same = evaluate(rows_, spec(), strong, strong);
  EXPECT_EQ(same->report.at("auc_comparison").at("p_value"), 1.0);
}

}  // namespace
}  // namespace gossamer::executors
