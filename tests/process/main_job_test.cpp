// SPDX-License-Identifier: Apache-2.0
// The main job from end to end, through the command line alone: data in, features, training,
// figures, a gate, a switch, the next pipeline by itself, a held release.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

// The demand example over the real hourly file.
class BikeWorkspace : public testing::Test {
 protected:
  void SetUp() override {
    const auto file = real_data("bike_hourly.csv");
    if (file.empty()) {
      GTEST_SKIP() << "GOSSAMER_TEST_DATA is unset: no bike_hourly.csv to import";
    }
    ASSERT_EQ(workspace_.program()
                  .run({"init", workspace_.folder().string(), "--example", "demand"})
                  .exit_code,
              0);
    import("raw.rentals", file, "cnt");
    import("raw.weather", file, "temp, atemp, hum, windspeed, weathersit, holiday, workingday");
  }

  void import(const std::string& table, const fs::path& file, const std::string& columns) {
    const auto ran =
        run({"tables", "import", table, file.string(), "--partition-by", "day:hour", "--select",
             "dteday + hr * interval 1 hour as hour, " + columns + " from input", "-o", "json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto report = ran.json();
    EXPECT_EQ(report.at("rows"), 17'379);
    EXPECT_EQ(report.at("partitions"), 731);
    EXPECT_EQ(report.at("rejected"), 0);
  }

  [[nodiscard]] Ran run(const std::vector<std::string>& arguments) const {
    return workspace_.run(arguments);
  }

  [[nodiscard]] std::string open_gate() const { return workspace_.open_gate(); }

  Workspace workspace_;
};

TEST_F(BikeWorkspace, TrainsAsksSwitchesAndForecastsByItself) {
  const auto trained = run({"run", "bike_training", "--partition", "2012-12-10", "-o", "json"});
  ASSERT_EQ(trained.exit_code, 4) << trained.err;
  const auto run_state = trained.json();
  EXPECT_EQ(run_state.at("state"), "waiting");
  EXPECT_EQ(run_state.at("pipeline"), "bike_training");
  EXPECT_EQ(run_state.at("partition"), "week=2012-12-10");
  const auto steps = by_step(run_state);
  EXPECT_EQ(steps.at("features").at("state"), "succeeded");
  EXPECT_EQ(steps.at("evaluate").at("outcome"), "passed") << trained.err;
  EXPECT_EQ(steps.at("confirm").at("state"), "waiting_for_decision");
  EXPECT_EQ(steps.at("train").at("attempts"), 1);

  const auto gate = open_gate();
  const auto evidence = workspace_.beside("evidence.html");
  ASSERT_EQ(run({"--as", "ana", "gates", "show", gate, "--evidence", evidence.string()}).exit_code,
            0);
  const auto page = read_file(evidence).value_or("");
  EXPECT_THAT(page, HasSubstr("Use the new demand model?"));
  EXPECT_THAT(page, HasSubstr("bike_demand@champion"));
  EXPECT_THAT(page, HasSubstr("first version"));
  EXPECT_THAT(page, HasSubstr("<svg"));

  const auto approved = run({"--as", "ana", "gates", "approve", gate, "-o", "json"});
  ASSERT_EQ(approved.exit_code, 0) << approved.err;
  EXPECT_EQ(approved.json().at("state"), "approved");

  const auto models = run({"models", "list", "-o", "json"}).json();
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].at("version"), 1);
  EXPECT_EQ(models[0].at("aliases"), Json::array({"champion"}));

  // The forecast began by itself and waits for its release; nobody but us sees its rows yet.
  const auto runs = run({"runs", "list", "-o", "json"}).json();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].at("pipeline"), "bike_forecast");
  EXPECT_EQ(runs[0].at("partition"), "day=2012-12-16");
  EXPECT_EQ(runs[0].at("state"), "waiting");
  EXPECT_FALSE(
      fs::exists(workspace_.folder() / "warehouse" / "predictions.bike" / "day=2012-12-16"));

  const auto released = run({"--as", "ben", "gates", "approve", open_gate(), "-o", "json"});
  ASSERT_EQ(released.exit_code, 0) << released.err;
  EXPECT_TRUE(
      fs::exists(workspace_.folder() / "warehouse" / "predictions.bike" / "day=2012-12-16"));
  const auto rows = run({"query",
                         "select count(*) as n, min(prediction) > 0 as positive, "
                         "max(model_version) as version from predictions.bike",
                         "-o", "json"})
                        .json();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at("n"), 24);
  EXPECT_EQ(rows[0].at("positive"), true);
  EXPECT_EQ(rows[0].at("version"), 1);
  EXPECT_EQ(run({"audit", "verify"}).exit_code, 0);
}

TEST_F(BikeWorkspace, ARejectionKeepsTheModelAndTheNextPipelineStartsAllTheSame) {
  ASSERT_EQ(run({"run", "bike_training", "--partition", "2012-12-03"}).exit_code, 4);
  ASSERT_EQ(run({"--as", "ana", "gates", "approve", open_gate()}).exit_code, 0);
  ASSERT_EQ(run({"--as", "ana", "gates", "approve", open_gate()}).exit_code, 0);
  ASSERT_EQ(run({"run", "bike_training", "--partition", "2012-12-10"}).exit_code, 4);
  const auto rejected = run({"--as", "ben", "gates", "reject", open_gate(), "-o", "json"});
  ASSERT_EQ(rejected.exit_code, 0) << rejected.err;
  EXPECT_EQ(rejected.json().at("state"), "rejected");
  const auto models = run({"models", "list", "-o", "json"}).json();
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].at("aliases"), Json::array());
  EXPECT_EQ(models[1].at("aliases"), Json::array({"champion"}));
  const auto runs = run({"runs", "list", "-o", "json"}).json();
  EXPECT_EQ(runs[0].at("pipeline"), "bike_forecast");
  EXPECT_EQ(runs[0].at("state"), "waiting");
}

}  // namespace
}  // namespace gossamer::test
