// SPDX-License-Identifier: Apache-2.0
// Days are scored once more with another version of the model: its rows are candidates until they
// are published together, and back.
#include <fmt/format.h>

#include "tests/support/table_workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class TwoVersions : public TableWorkspace {
 protected:
  void SetUp() override {
    write("gossamer.yaml", "workspace: versions\ntimezone: UTC\n");
    write("sql/train.sql", "select x, y from raw.rows");
    write("sql/to_score.sql", "select hour, x from raw.rows where hour::date = $partition");
    write("pipelines/forecast.yaml",
          "pipeline: forecast\n"
          "partitions: { every: day, timezone: UTC, start: 2026-11-01 }\n"
          "steps:\n"
          "  predict:\n"
          "    predict: { model: m@champion, data: sql/to_score.sql }\n"
          "    output: predictions\n");
    std::string text = "hour,x,y\n";
    for (int row = 0; row < days * 24; ++row) {
      text += fmt::format("2026-11-{:02}T{:02}:00:00,{},{}\n", 1 + row / 24, row % 24, row % 24,
                          row % 24 * 10);
    }
    ASSERT_EQ(import("raw.rows", write("in/rows.csv", text)).exit_code, 0);
    train_two("m", "y", 1, 60);  // the first hardly learns anything
  }

  void forecast(const std::vector<std::string>& more = {}) const {
    for (int day = 1; day <= days; ++day) {
      std::vector<std::string> arguments{"run", "forecast", "--partition",
                                         fmt::format("2026-11-{:02}", day)};
      arguments.insert(arguments.end(), more.begin(), more.end());
      const auto ran = run(arguments);
      ASSERT_EQ(ran.exit_code, 0) << ran.err;
    }
  }
  // Every day once, each with this version.
  void expect_version(int version) const {
    EXPECT_EQ(
        rows("select count(*) as n, count(distinct hour) as hours, min(model_version) as low, "
             "max(model_version) as high from predictions"),
        Json::array(
            {{{"n", days * 24}, {"hours", days * 24}, {"low", version}, {"high", version}}}));
    for (int day = 1; day <= days; ++day)
      EXPECT_EQ(shown(fmt::format("predictions/day=2026-11-{:02}", day)).size(), 1U);
  }

  static constexpr int days = 3;
};

TEST_F(TwoVersions, AreComparedPublishedTogetherAndTakenBack) {
  forecast();
  forecast({"--model", "m/2"});
  expect_version(1);
  std::map<std::string, int> states;
  for (const auto& content : answer({"tables", "show", "predictions"})) {
    const bool is_candidate = content.at("state") == "candidate";
    EXPECT_EQ(content.at("candidate"), is_candidate ? "m/2" : "");
    ++states[content.at("state").get<std::string>()];
  }
  EXPECT_EQ(states, (std::map<std::string, int>{{"candidate", days}, {"current", days}}));

  const auto compared =
      answer({"tables", "compare", "predictions", "m/2", "--on", "hour", "--labels", "raw.rows:y"});
  ASSERT_EQ(compared.size(), days + 1U);
  EXPECT_EQ(compared[0].at("partition"), "day=2026-11-01");
  const auto& all = compared[days];
  EXPECT_EQ(all.at("partition"), "all");
  for (const char* count : {"rows", "current_rows", "candidate_rows", "labelled"})
    EXPECT_EQ(all.at(count), days * 24) << count;
  EXPECT_LT(all.at("candidate_rmse"), all.at("current_rmse"));
  EXPECT_GT(all.at("largest_difference"), 1.0);

  EXPECT_FALSE(answer({"tables", "publish", "predictions", "m/2"}).empty());
  expect_version(2);
  const auto history = answer({"tables", "history", "predictions"});
  ASSERT_EQ(history.size(), days + 1U);
  EXPECT_EQ(history[0].at("replaced"), days);
  EXPECT_EQ(history[1].at("added"), 1);
  EXPECT_FALSE(answer({"tables", "rollback", "predictions"}).empty());
  expect_version(1);
  const auto before = std::to_string(history[0].at("version").get<int>());
  EXPECT_EQ(rows("select max(model_version) as v from predictions", {"--as-of", before}),
            Json::array({{{"v", 2}}}));
}

TEST_F(TwoVersions, AnswerMistakesWithWhatThereIs) {
  forecast({"--model", "m/2"});
  EXPECT_THAT(run({"run", "forecast", "--partition", "2026-11-01", "--model", "m/9"}).err,
              HasSubstr("there is no version m/9"));
  EXPECT_THAT(run({"run", "forecast", "--partition", "2026-11-01", "--model", "m@champion"}).err,
              HasSubstr("write it as bike_demand/8"));
  EXPECT_THAT(run({"tables", "publish", "predictions", "m/9"}).err,
              HasSubstr("predictions has no candidate 'm/9'"));
  EXPECT_THAT(run({"tables", "compare", "predictions", "m/2"}).err, HasSubstr("Say --on COLUMN"));
  EXPECT_THAT(
      run({"tables", "compare", "predictions", "m/2", "--on", "hour", "--labels", "raw.rows"}).err,
      HasSubstr("write a table, a colon and its column"));
  // Nothing is current yet: the candidate has nothing beside it, and can be published all the same.
  const auto compared = answer({"tables", "compare", "predictions", "m/2", "--on", "hour"});
  EXPECT_EQ(compared[days].at("current_rows"), 0);
  EXPECT_FALSE(answer({"tables", "publish", "predictions", "m/2"}).empty());
  expect_version(2);
  EXPECT_THAT(run({"run", "training", "--model", "m/1"}).err,
              HasSubstr("training uses no alias of m, so another version of it changes nothing"));
}

}  // namespace
}  // namespace gossamer::test
