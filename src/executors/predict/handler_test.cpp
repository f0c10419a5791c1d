// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "executors/predict/predict.hpp"
#include "executors/sql/handlers.hpp"
#include "executors/train/testing/jobs.hpp"

namespace gossamer::executors {
namespace {

using ::testing::HasSubstr;

class PredictTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(jobs_.write_rows(5000));
    ASSERT_TRUE(jobs_.add_model("xgboost", 1, 20));
    ASSERT_TRUE(jobs_.add_model("lightgbm", 2, 20));
  }

  Result<orchestration::AttemptResult> predict(const Job& job) {
    return jobs_.run(predict_handler(test::engines()), job);
  }
  // Rows of a query over what the job wrote, named `output`.
  Json rows_of(const Job& job, const std::string& sql) {
    Job query = jobs_.empty("query");
    query.views.push_back(test::view_of_output(job));
    query.spec = {{"sql", sql}, {"limit", 100}};
    const auto result = jobs_.run(query_handler({test::engines(), {}}), query);
    EXPECT_TRUE(result) << result.error().describe();
    return result ? result->result.outputs.at("rows") : Json();
  }

  test::Jobs jobs_;
};

TEST_F(PredictTest, AddsPredictionsToEveryRow) {
  const Job job = jobs_.predict("demand/1", "select * from features");
  const auto result = predict(job);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 5000U);
  ASSERT_EQ(result->result.publications.size(), 1U);
  EXPECT_EQ(result->result.publications[0].content.rows, 5000U);
  EXPECT_EQ(result->result.report.at("kernel"), "xgboost 3.4.1");
  const Json rows = rows_of(job,
                            "select count(*) n, count(distinct hour) as hours_given, "
                            "max(abs(prediction - cnt)) < 30 near, any_value(model_name) model, "
                            "any_value(model_version) as version, count(distinct run_id) as runs, "
                            "typeof(any_value(model_version)) as type from output");
  EXPECT_EQ(rows.at(0), Json({{"n", 5000},
                              {"hours_given", 5000},
                              {"near", true},
                              {"model", "demand"},
                              {"version", 1},
                              {"runs", 1},
                              {"type", "INTEGER"}}));
}

TEST_F(PredictTest, PublishesNothingWhereACheckFails) {
  Job job = jobs_.predict("demand/1", "select * from features");
  pipeline::Check check;
  check.kind = "row_count";
  check.arguments = {{"at_most", 10}};
  job.output->checks = {check};
  const auto result = predict(job);
  ASSERT_TRUE(result) << result.error().describe();
  ASSERT_TRUE(result->failure);
  EXPECT_EQ(result->failure->failure, orchestration::FailureClass::check_failed);
  EXPECT_TRUE(result->result.publications.empty());
}

TEST_F(PredictTest, MarginsAndContributionsStandBesideThePrediction) {
  Job job = jobs_.predict("demand/2", "select * from features");
  job.spec["output_type"] = "contributions";
  ASSERT_TRUE(predict(job));
  const Json rows = rows_of(job,
                            "select max(abs(prediction - contribution_temp - contribution_hum - "
                            "contribution_bias)) < 1e-6 adds_up from output");
  EXPECT_EQ(rows.at(0).at("adds_up"), true);

  job = jobs_.predict("demand/2", "select * from features");
  job.spec["output_type"] = "margin";
  ASSERT_TRUE(predict(job));
  EXPECT_EQ(rows_of(job, "select bool_and(prediction = margin) same from output").at(0).at("same"),
            true);
}

TEST_F(PredictTest, TheSqlFunctionGivesTheSameBits) {
  const Job job = jobs_.predict("demand/1", "select * from features");
  ASSERT_TRUE(predict(job));
  const Json rows = rows_of(job,
                            "select bool_and(prediction = predict('demand/1', temp, hum)) same, "
                            "bool_and(prediction = predict_margin('demand/1', temp, hum)) margin "
                            "from output");
  EXPECT_EQ(rows.at(0), Json({{"same", true}, {"margin", true}}));
}

TEST_F(PredictTest, ABadRowIsNamedByItsNumber) {
  const Job job = jobs_.predict(
      "demand/1",
      "select * replace (case when hour = 4321 then 'inf'::double else hum end as hum) "
      "from features order by hour");
  const auto result = predict(job);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(result.error().message, HasSubstr("row 4322 of the query"));
  EXPECT_THAT(result.error().message, HasSubstr("column `hum` is infinite"));
}

TEST_F(PredictTest, BadRowsAreQuarantinedWithTheirReason) {
  Job job = jobs_.predict_aside(
      "demand/1",
      "select * replace (case when hour % 1000 = 4 then 'inf'::double else hum end as hum) "
      "from features");
  const auto result = predict(job);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 4995U);
  const Json& report = result->result.report;
  EXPECT_EQ(report.at("quarantined"), 5);
  EXPECT_EQ(report.at("quarantine_table"), "predictions.demand_quarantine");
  EXPECT_EQ(report.at("reasons").at(0).at("rows"), 5);
  double pictured = 0;
  for (const Json& count : report.at("distribution").at("counts"))
    pictured += count.get<double>();
  EXPECT_EQ(pictured, 4995) << "the good rows";
  EXPECT_EQ(rows_of(job, "select count(*) n from output").at(0).at("n"), 4995);

  const auto& publications = result->result.publications;
  ASSERT_EQ(publications.size(), 2U);
  EXPECT_EQ(publications[0].content.table, "predictions.demand");
  EXPECT_EQ(publications[1].content.table, "predictions.demand_quarantine");
  EXPECT_EQ(publications[0].content.rows + publications[1].content.rows, 5000U);
  job.output = job.quarantine;
  const Json aside = rows_of(
      job,
      "select count(*) n, min(hour) least, any_value(reason) as reason, any_value(model_name) "
      "model, any_value(model_version) as version from output");
  EXPECT_EQ(aside.at(0).at("n"), 5);
  EXPECT_EQ(aside.at(0).at("least"), 4);
  EXPECT_THAT(aside.at(0).at("reason").get<std::string>(), HasSubstr("column `hum` is infinite"));
  EXPECT_EQ(aside.at(0).at("model"), "demand");
  EXPECT_EQ(aside.at(0).at("version"), 1);
}

TEST_F(PredictTest, WithoutBadRowsTheQuarantineIsEmptied) {
  const Job job = jobs_.predict_aside("demand/1", "select * from features");
  const auto result = predict(job);
  ASSERT_TRUE(result) << result.error().describe();
  ASSERT_EQ(result->result.publications.size(), 2U);
  EXPECT_EQ(result->result.publications[1].content.rows, 0U);
  EXPECT_FALSE(result->result.report.contains("quarantine_table"));
  EXPECT_THAT(predict(jobs_.predict_aside("demand/1", "select *, 1 as reason from features"))
                  .error()
                  .message,
              HasSubstr("column `reason` is what the step adds"));
}

TEST_F(PredictTest, NamesEveryFeatureThatIsMissingOrNoNumber) {
  const auto result =
      predict(jobs_.predict("demand/1", "select hour, 'warm' as temp, hum as humm from features"));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("feature `temp` is VARCHAR"));
  EXPECT_THAT(result.error().message, HasSubstr("feature `hum` (float64) is missing"));
  EXPECT_THAT(result.error().message, HasSubstr("did you mean `humm`?"));
}

TEST_F(PredictTest, RefusesAColumnThatItAdds) {
  const auto result = predict(jobs_.predict("demand/1", "select *, 1 as prediction from features"));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("column `prediction` is what the step adds"));
}

TEST_F(PredictTest, AnAliasThatDoesNotExistIsNotFound) {
  const auto result = predict(jobs_.predict("demand@champion", "select * from features"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::not_found);
  EXPECT_THAT(result.error().message, HasSubstr("demand@champion"));
}

TEST_F(PredictTest, AQueryWithoutRowsPublishesAnEmptyPartition) {
  const Job job = jobs_.predict("demand/2", "select * from features where false;");
  const auto result = predict(job);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 0U);
  EXPECT_EQ(rows_of(job, "select count(prediction) n from output").at(0).at("n"), 0);
}

TEST_F(PredictTest, WrongCallsSayWhatTheModelNeeds) {
  const auto message = [&](const std::string& call) {
    Job query = jobs_.empty("query");
    query.spec = {{"sql", "select " + call + " from features"}, {"limit", 1}};
    const auto result = jobs_.run(query_handler({test::engines(), {}}), query);
    return result ? "no error" : result.error().message;
  };
  EXPECT_THAT(message("predict('demand/1', temp)"),
              HasSubstr("model demand/1 has 2 features, the call gives 1: (temp float64, hum "
                        "float64)"));
  EXPECT_THAT(message("predict('demand/1', temp, kind)"),
              HasSubstr("feature `hum` of model demand/1 is float64, the call gives VARCHAR"));
  EXPECT_THAT(message("predict(kind, temp, hum)"), HasSubstr("name as a literal"));
  EXPECT_THAT(message("predict(null, temp, hum)"), HasSubstr("NULL"));
  EXPECT_THAT(message("predict('demand/9', temp, hum)"), HasSubstr("demand/9"));
}

}  // namespace
}  // namespace gossamer::executors
