// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "base/guarded.hpp"
#include "base/json.hpp"
#include "executors/predict/plan.hpp"
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

// The same row for all of them: a second pass over this query would draw other numbers.
TEST_F(PredictTest, SeveralModelsScoreEachRowInOnePass) {
  const Job job =
      jobs_.predict_several({{"current", "demand/1"}, {"next", "demand/2"}, {"again", "demand/1"}},
                            "select hour, random() as temp, random() as hum from features");
  const auto result = predict(job);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 5000U);
  const Json& models = result->result.report.at("models");
  ASSERT_EQ(models.size(), 3U);
  EXPECT_EQ(models.at(1).at("name"), "current");
  EXPECT_EQ(models.at(1).at("model"), "demand/1");
  EXPECT_EQ(models.at(2).at("distribution").at("unit"), "prediction_next");
  EXPECT_EQ(result->result.outputs.at("models").at("next"), "demand/2");
  const Json rows = rows_of(
      job,
      "select bool_and(prediction_current = prediction_again) same, "
      "bool_or(prediction_current <> prediction_next) differ, "
      "bool_and(prediction_next = predict('demand/2', temp, hum)) exact, "
      "any_value(model_version_next) as next_version, any_value(model_name_next) as next_name, "
      "count(distinct run_id) as runs from output");
  EXPECT_EQ(rows.at(0), Json({{"same", true},
                              {"differ", true},
                              {"exact", true},
                              {"next_version", 2},
                              {"next_name", "demand"},
                              {"runs", 1}}));
}

TEST_F(PredictTest, ARowThatOneOfSeveralModelsCannotScoreIsSetAsideForAll) {
  Job job = jobs_.predict_aside(
      "demand/1",
      "select * replace (case when hour = 7 then 'inf'::double else hum end as hum) from features");
  job.spec.erase("model");
  job.spec["models"] = {{"a", "demand/2"}, {"b", "demand/1"}};
  const auto result = predict(job);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 4999U);
  job.output = job.quarantine;
  const Json aside =
      rows_of(job, "select hour, reason, model_version_a, model_version_b from output");
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_EQ(aside.at(0).at("hour"), 7);
  EXPECT_THAT(aside.at(0).at("reason").get<std::string>(),
              HasSubstr("model demand/1: column `hum` is infinite"));
  EXPECT_EQ(aside.at(0).at("model_version_a"), 2);
}

TEST_F(PredictTest, WhatSeveralModelsLackOrAddIsSaidByName) {
  const std::map<std::string, std::string> two{{"a", "demand/1"}, {"b", "demand/2"}};
  const auto message = [&](const std::string& query) {
    const auto result = predict(jobs_.predict_several(two, query));
    return result ? "no error" : result.error().message;
  };
  EXPECT_THAT(
      message("select temp from features"),
      HasSubstr("model demand/1 cannot score this query: feature `hum` (float64) is missing"));
  EXPECT_THAT(message("select *, 1 as prediction_b from features"),
              HasSubstr("column `prediction_b` is what the step adds"));
  EXPECT_EQ(message("select *, 1 as prediction from features"), "no error");
  Job job = jobs_.predict_several({}, "from features");
  EXPECT_THAT(predict(job).error().message, HasSubstr("names no model"));
}

// A column of few values, one of a single one: what an engine would like to compute once.
TEST_F(PredictTest, EveryRowIsCountedAlsoWhereValuesRepeat) {
  const std::string query = "select floor(temp * 2) as temp, 0.5 as hum from features";
  for (Job job : {jobs_.predict("demand/1", query), jobs_.predict_aside("demand/1", query)}) {
    job.limits.threads = 2;
    const auto result = predict(job);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_EQ(result->result.rows, 5000U);
  }
}

TEST(PredictPlan, RowsThatGotLostOrWereMadeAreABug) {
  EXPECT_TRUE(check_rows(10, 7, 3));
  EXPECT_TRUE(check_rows(0, 0, 0));
  for (const std::uint64_t written : {6U, 8U}) {
    const auto checked = check_rows(10, written, 3);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().kind, ErrorKind::bug);
    EXPECT_EQ(checked.error().message,
              fmt::format("10 rows came in, but {} were written and 3 quarantined: nothing is "
                          "published",
                          written));
  }
}

// Says that the attempt is cancelled from the tenth time on that it is asked.
class CancelledChannel final : public JobChannel {
 public:
  void progress(std::uint64_t, std::uint64_t) override {}
  bool is_cancelled() const override { return asked_.fetch_add(1) >= 9; }
  void log(std::string_view) override {}

 private:
  mutable std::atomic<int> asked_{0};
};

// More rows than anybody lives to see: the test ends because the step does.
TEST_F(PredictTest, IsCancelledWhileMostRowsAreUnread) {
  const std::string query = "select i as temp, 0.5 as hum from range(1000000000000000) t(i)";
  for (const Job& job :
       {jobs_.predict("demand/1", query), jobs_.predict_aside("demand/1", query)}) {
    ASSERT_TRUE(make_folders(job.folder));
    CancelledChannel channel;
    const auto result = predict_handler(test::engines())(job, channel);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "cancelled");
  }
}

class ProgressChannel final : public JobChannel {
 public:
  void progress(std::uint64_t done, std::uint64_t total) override {
    seen_.with([&](auto& all) { all.emplace_back(done, total); });
  }
  bool is_cancelled() const override { return false; }
  void log(std::string_view) override {}
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> seen() const {
    return seen_.with([](const auto& all) { return all; });
  }

 private:
  Guarded<std::vector<std::pair<std::uint64_t, std::uint64_t>>> seen_;
};

// 400,000 rows of 26 columns, 83 MB, through 64 MiB: once as the output of a stream, once read
// from its files and set aside by way of a table that spills.
TEST_F(PredictTest, ScoresATableThatIsLargerThanMemory) {
  std::string columns;
  for (int i = 0; i < 24; ++i)
    columns += fmt::format(", random() as x{}", i);
  Job first = jobs_.predict("demand/1",
                            fmt::format("select temp, hum{} from features, range(80)", columns));
  first.limits.memory_bytes = std::uint64_t{64} << 20U;
  const auto written = predict(first);
  ASSERT_TRUE(written) << written.error().describe();
  EXPECT_EQ(written->result.rows, 400'000U);

  Job second = jobs_.predict_aside("demand/2",
                                   "select * exclude (prediction, model_name, model_version, "
                                   "run_id), prediction as before from output");
  second.views = {test::view_of_output(first)};
  second.limits.memory_bytes = std::uint64_t{64} << 20U;
  ASSERT_TRUE(make_folders(second.folder));
  ProgressChannel channel;
  const auto result = predict_handler(test::engines())(second, channel);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 400'000U);
  const auto seen = channel.seen();
  const auto share = [](const auto& each) {
    return static_cast<double>(each.first) / static_cast<double>(each.second);
  };
  EXPECT_TRUE(std::ranges::is_sorted(seen, {}, share)) << "never back to the beginning";
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
