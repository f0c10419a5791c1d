// SPDX-License-Identifier: Apache-2.0
// Jobs of the kinds train, evaluate and profile, from Parquet files to results.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "executors/evaluate/evaluate.hpp"
#include "executors/predict/models.hpp"
#include "executors/profile/profile.hpp"
#include "executors/train/testing/jobs.hpp"
#include "executors/train/train.hpp"
#include "models/folder.hpp"

namespace gossamer::executors {
namespace {

using orchestration::Outcome;
using ::testing::HasSubstr;

class HandlersTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(jobs_.write_rows(800)); }

  test::Jobs jobs_;
};

TEST_F(HandlersTest, TrainRegistersASealedVersion) {
  const auto result = jobs_.run(train_handler(test::engines()), jobs_.train("xgboost"));
  ASSERT_TRUE(result) << result.error().describe();
  ASSERT_TRUE(result->result.model);
  const auto& model = *result->result.model;
  EXPECT_EQ(model.model, "demand");
  EXPECT_EQ(model.flavour, "xgboost");
  EXPECT_THAT(model.folder, HasSubstr("runs/"));
  EXPECT_TRUE(models::verify_model_folder(jobs_.state() / model.folder, model.digest));
  EXPECT_EQ(model.signature.size(), 2U) << "label, key and excluded columns are no features";
  EXPECT_EQ(model.facts.at("rows"), 800);
  EXPECT_EQ(model.facts.at("importance").front().at("feature"), "temp");
  EXPECT_LT(model.metrics.at("train_rmse").get<double>(), 20);
}

TEST_F(HandlersTest, TheSameRowsGiveTheSameDigest) {
  const auto first = jobs_.run(train_handler(test::engines()), jobs_.train("lightgbm"));
  const auto second = jobs_.run(train_handler(test::engines()), jobs_.train("lightgbm"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->result.model->digest, second->result.model->digest);
}

TEST_F(HandlersTest, TrainNamesABadLabel) {
  Job job = jobs_.train("xgboost");
  job.spec["data"]["text"] =
      "select * exclude (kind) replace (case when hour = 17 then 'nan'::double else cnt end as "
      "cnt) "
      "from features "
      "order by hour";
  const auto result = jobs_.run(train_handler(test::engines()), job);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(result.error().message, HasSubstr("label `cnt`, row 18"));
}

TEST_F(HandlersTest, TrainNamesAFeatureThatIsNoNumber) {
  Job job = jobs_.train("xgboost");
  job.spec["data"]["text"] = "select * exclude (kind), 'sunny' as sky from features";
  const auto result = jobs_.run(train_handler(test::engines()), job);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("feature `sky` is string, not a number"));
}

TEST_F(HandlersTest, TrainSaysThatThereAreNoRows) {
  Job job = jobs_.train("lightgbm");
  job.spec["data"]["text"] = "select * from features where false";
  const auto result = jobs_.run(train_handler(test::engines()), job);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "the training query returned no rows");
}

TEST_F(HandlersTest, EvaluateSaysThatThereAreNoRows) {
  ASSERT_TRUE(jobs_.add_model("xgboost", 1, 3));
  Job job = jobs_.evaluate("demand/1", "");
  job.spec["data"]["text"] = "select * from features where false";
  const auto result = jobs_.run(evaluate_handler(test::engines()), job);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(result.error().message, "the query returned no rows to evaluate on");
}

// A partition that was published without rows: its columns are known, and it has no files.
class EmptyPartitionTest : public HandlersTest {
 protected:
  static Job emptied(Job job) {
    job.views[0].files.clear();
    job.views[0].columns = {{"hour", "BIGINT"},
                            {"temp", "DOUBLE"},
                            {"hum", "DOUBLE"},
                            {"cnt", "DOUBLE"},
                            {"kind", "VARCHAR"}};
    return job;
  }
};

TEST_F(EmptyPartitionTest, IsNothingToTrainOn) {
  const auto result = jobs_.run(train_handler(test::engines()), emptied(jobs_.train("xgboost")));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "the training query returned no rows");
}

TEST_F(EmptyPartitionTest, IsNothingToEvaluateOn) {
  ASSERT_TRUE(jobs_.add_model("xgboost", 1, 3));
  const auto result =
      jobs_.run(evaluate_handler(test::engines()), emptied(jobs_.evaluate("demand/1", "")));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "the query returned no rows to evaluate on");
}

TEST_F(EmptyPartitionTest, HasAProfileOfItsColumns) {
  Job job = emptied(jobs_.empty("profile"));
  job.spec = {{"table", "features"}};
  const auto result = jobs_.run(profile_handler(), job);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 0U);
  const Json& columns = result->result.report.at("columns");
  ASSERT_EQ(columns.size(), 5U);
  const Json& temperature = columns.at(1);
  EXPECT_EQ(temperature.at("nulls"), 0);
  EXPECT_EQ(temperature.at("distinct"), 0);
  for (const char* figure : {"minimum", "maximum", "mean", "histogram"})
    EXPECT_EQ(temperature.at(figure), nullptr) << figure;
  EXPECT_EQ(temperature.at("quantiles"), Json::array());
  EXPECT_EQ(columns.at(4).at("frequent"), Json::array());
}

TEST_F(HandlersTest, EvaluateComparesTwoVersions) {
  ASSERT_TRUE(jobs_.add_model("xgboost", 1, 3));
  ASSERT_TRUE(jobs_.add_model("xgboost", 2, 60));
  const auto result =
      jobs_.run(evaluate_handler(test::engines()), jobs_.evaluate("demand/2", "demand/1"));
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->outcome, Outcome::passed);
  EXPECT_FALSE(result->criteria_failed);
  const Json& report = result->result.report;
  EXPECT_EQ(report.at("model"), "demand/2");
  EXPECT_EQ(report.at("against"), "demand/1");
  const Json& rmse = report.at("metrics").front();
  EXPECT_EQ(rmse.at("name"), "rmse");
  EXPECT_LT(rmse.at("new").get<double>(), rmse.at("old").get<double>());
  EXPECT_EQ(report.at("criteria").at(1).at("verdict"), "met");
  EXPECT_EQ(report.at("distributions").front().at("old").size(),
            report.at("distributions").front().at("new").size());
}

TEST_F(HandlersTest, EvaluateFailsItsCriteriaWithoutFailing) {
  ASSERT_TRUE(jobs_.add_model("xgboost", 1, 60));
  ASSERT_TRUE(jobs_.add_model("xgboost", 2, 2));
  const auto result =
      jobs_.run(evaluate_handler(test::engines()), jobs_.evaluate("demand/2", "demand/1"));
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->outcome, Outcome::failed_criteria);
  EXPECT_TRUE(result->criteria_failed);
}

TEST_F(HandlersTest, EvaluateOfTheFirstVersionHasNoComparison) {
  ASSERT_TRUE(jobs_.add_model("xgboost", 1, 60));
  const auto result =
      jobs_.run(evaluate_handler(test::engines()), jobs_.evaluate("demand/1", "demand@champion"));
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->outcome, Outcome::passed);
  EXPECT_EQ(result->result.report.at("against"), nullptr);
  EXPECT_EQ(result->result.report.at("criteria").at(1).at("verdict"), "no comparison");
}

TEST_F(HandlersTest, EvaluateRefusesAChangedFile) {
  ASSERT_TRUE(jobs_.add_model("xgboost", 1, 5));
  ASSERT_TRUE(jobs_.flip_a_bit(1, "model.ubj"));
  const auto result = jobs_.run(evaluate_handler(test::engines()), jobs_.evaluate("demand/1", ""));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message,
              HasSubstr("model.ubj was changed since its version was made"));
}

TEST_F(HandlersTest, ProfileDescribesEachColumn) {
  Job job = jobs_.empty("profile");
  job.spec = {{"table", "features"}};
  const auto result = jobs_.run(profile_handler(), job);
  ASSERT_TRUE(result) << result.error().describe();
  const Json& report = result->result.report;
  EXPECT_EQ(report.at("rows"), 800);
  ASSERT_EQ(report.at("columns").size(), 5U);
  const Json& temperature = report.at("columns").at(1);
  EXPECT_EQ(temperature.at("name"), "temp");
  EXPECT_EQ(temperature.at("nulls"), 40);
  EXPECT_EQ(temperature.at("quantiles").size(), 7U);
  double counted = 0;
  for (const Json& count : temperature.at("histogram").at("counts"))
    counted += count.get<double>();
  EXPECT_EQ(counted, 760);
  EXPECT_EQ(report.at("columns").at(4).at("frequent").front().at("value"), "weekday");
}

TEST_F(HandlersTest, ProfileOnlyCountsPrivateColumns) {
  Job job = jobs_.empty("profile");
  job.spec = {{"table", "features"}};
  job.facts["private"] = {"temp", "kind"};
  const auto result = jobs_.run(profile_handler(), job);
  ASSERT_TRUE(result) << result.error().describe();
  const Json& columns = result->result.report.at("columns");
  const Json& temperature = columns.at(1);
  EXPECT_EQ(temperature.at("private"), true);
  EXPECT_EQ(temperature.at("nulls"), 40);
  for (const char* name : {"minimum", "maximum", "mean", "histogram"})
    EXPECT_EQ(temperature.at(name), nullptr) << name;
  EXPECT_EQ(temperature.at("quantiles"), Json::array());
  EXPECT_EQ(columns.at(4).at("frequent"), Json::array());
  EXPECT_EQ(columns.at(0).at("private"), false);
  EXPECT_NE(columns.at(0).at("minimum"), nullptr);
  EXPECT_THAT(result->result.report.dump(), ::testing::Not(HasSubstr("weekday")));
}

}  // namespace
}  // namespace gossamer::executors
