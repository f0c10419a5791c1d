// SPDX-License-Identifier: Apache-2.0
#include "warehouse/checks.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace gossamer::warehouse {
namespace {

using ::testing::HasSubstr;

std::vector<CheckProbe> probes(const std::string& kind, Json arguments) {
  const auto made = probes_of({kind, std::move(arguments), CheckSeverity::error}, Instant{});
  EXPECT_TRUE(made) << made.error().describe();
  return made.value_or(std::vector<CheckProbe>());
}

TEST(Checks, AskOneFigureAColumn) {
  const auto made = probes("not_null", {"hour", "te\"mp"});
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[1].sql, "SELECT count(*) FROM output WHERE \"te\"\"mp\" IS NULL");
  EXPECT_EQ(probes("unique", {"a", "b"}).size(), 1U);
  EXPECT_THAT(probes("range", {{"temp", {0, nullptr}}}).at(0).sql, HasSubstr("\"temp\" < 0"));
  EXPECT_THAT(probes("accepted_values", {{"s", {"a'b"}}}).at(0).sql, HasSubstr("'a''b'"));
}

TEST(Checks, JudgeTheirFigure) {
  const auto count = probes("row_count", {{"at_least", 10}, {"at_most", 20}}).at(0);
  EXPECT_TRUE(judge(count, 10).passed);
  EXPECT_TRUE(judge(count, 20).passed);
  EXPECT_EQ(judge(count, 9).message, "9 rows, expected at least 10");
  EXPECT_EQ(judge(count, 21).message, "21 rows, expected at most 20");
  const auto query = probes("query", {{"sql", "select 1"}, {"equals", 0}}).at(0);
  EXPECT_TRUE(judge(query, 0).passed);
  EXPECT_TRUE(judge(query, 0.0).passed);
  EXPECT_FALSE(judge(query, nullptr).passed);
}

TEST(Checks, PassNothingThatIsNoNumber) {
  const auto fresh = probes("freshness", {{"column", "at"}, {"within_us", 1'000'000}}).at(0);
  EXPECT_FALSE(judge(fresh, nullptr).passed);
  EXPECT_EQ(judge(fresh, nullptr).message, "no rows to tell it from");
  EXPECT_FALSE(judge(fresh, "yesterday").passed);
  EXPECT_FALSE(judge(fresh, std::numeric_limits<double>::quiet_NaN()).passed);
}

TEST(Checks, SayWhatIsWrongWithTheirArguments) {
  const auto refusal = [](const std::string& kind, Json arguments) {
    const auto made = probes_of({kind, std::move(arguments), CheckSeverity::error}, Instant{});
    return made ? std::string("accepted") : made.error().message;
  };
  EXPECT_THAT(refusal("row_count", Json::object()), HasSubstr("equals, at_least or at_most"));
  EXPECT_THAT(refusal("not_null", Json::array()), HasSubstr("needs a list of columns"));
  EXPECT_THAT(refusal("range", {{"temp", {nullptr, nullptr}}}), HasSubstr("one end at least"));
  EXPECT_THAT(refusal("matches", {{"s", 1}}), HasSubstr("regular expression"));
  EXPECT_THAT(refusal("sorted", {"a"}), HasSubstr("no check 'sorted'"));
}

TEST(Checks, OnlyErrorsKeepRowsBack) {
  CheckProbe probe = probes("row_count", {{"at_least", 1}}).at(0);
  probe.severity = CheckSeverity::warn;
  EXPECT_FALSE(has_failed({judge(probe, 0)}));
  probe.severity = CheckSeverity::error;
  const std::vector<CheckResult> results{judge(probe, 0), judge(probe, 5)};
  EXPECT_TRUE(has_failed(results));
  EXPECT_EQ(summary_of_failures(results), "1 check failed: row_count: 0 rows, expected at least 1");
  const Json json = to_json(results);
  EXPECT_EQ(json.at(0).at("kind"), "row_count");
  EXPECT_EQ(json.at(0).at("passed"), false);
  EXPECT_EQ(json.at(1).at("message"), "");
}

}  // namespace
}  // namespace gossamer::warehouse
