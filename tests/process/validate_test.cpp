// SPDX-License-Identifier: Apache-2.0
// A workspace full of mistakes: `gossamer validate` finds them all in one pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

class Mistakes : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml",
                     "workspace: ten\n"
                     "timezone: Asia/Tokio\n"
                     "grups: { analysts: [rei] }\n"
                     "groups: { risk: [rei] }\n");
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "partitions: { every: day, timezone: UTC, strat: 2026-01-01 }\n"
                     "schedule: { cron: \"61 4 * * mon\" }\n"
                     "steps:\n"
                     "  features:\n"
                     "    sql: sql/featurs.sql\n"
                     "    output: features.p\n"
                     "    checks: [{ row_cont: { at_least: 10 } }]\n"
                     "  train:\n"
                     "    train:\n"
                     "      { model: m, engine: xgbost, data: sql/training.sql, label: y,\n"
                     "        objective: binary, rounds: 10 }\n"
                     "  confirm:\n"
                     "    after: trian\n"
                     "    approval:\n"
                     "      title: Use it?\n"
                     "      evidence: [features]\n"
                     "      approvers: { any_of: [group:risc], count: two }\n"
                     "      on_approved:\n"
                     "        aliases:\n"
                     "          - { model: m, alias: champion, version: "
                     "\"${steps.tran.version}\" }\n");
    workspace_.write("sql/features.sql", "select 1 as y\n");
    workspace_.write("sql/training.sql", "select *\nform features\n");
  }

  Workspace workspace_;
};

// Where each stands, and what it says.
const std::vector<std::pair<std::string, std::string>> expected{
    {"gossamer.yaml:2:11", "did you mean `Asia/Tokyo`?"},
    {"gossamer.yaml:3:1", "did you mean `groups`?"},
    {"pipelines/p.yaml:2:42", "did you mean `start`?"},
    {"pipelines/p.yaml:3:19", "not a number from 0 to 59"},
    {"pipelines/p.yaml:6:10", "did you mean `sql/features.sql`?"},
    {"pipelines/p.yaml:8:16", "did you mean `row_count`?"},
    {"pipelines/p.yaml:11:27", "did you mean `xgboost`?"},
    {"pipelines/p.yaml:14:12", "did you mean `train`?"},
    {"pipelines/p.yaml:18:29", "did you mean `risk`?"},
    {"pipelines/p.yaml:18:49", "expected a whole number from 1"},
    {"pipelines/p.yaml:21:51", "did you mean `train`?"},
    {"sql/training.sql:2:6", "syntax error"},
};

TEST_F(Mistakes, AreAllFoundInOnePassEachWithItsPlaceAndAdvice) {
  const auto ran = workspace_.run({"validate"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.out, "");
  const auto lines = split(trimmed(ran.err), '\n');
  ASSERT_EQ(lines.size(), expected.size() + 1) << ran.err;
  for (std::size_t at = 0; at < expected.size(); ++at) {
    EXPECT_TRUE(lines[at].starts_with(expected[at].first + ": ")) << lines[at];
    EXPECT_THAT(lines[at], testing::HasSubstr(expected[at].second));
  }
  EXPECT_EQ(lines.back(), "12 errors");
}

TEST_F(Mistakes, AreAListForScripts) {
  const auto ran = workspace_.run({"validate", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 3);
  const auto found = ran.json();
  ASSERT_EQ(found.size(), expected.size());
  EXPECT_THAT(names_in(found[0]), testing::ElementsAre("column", "file", "line", "message"));
  EXPECT_EQ(found[0].at("file"), "gossamer.yaml");
  EXPECT_EQ(found[0].at("line"), 2);
  EXPECT_EQ(found[0].at("column"), 11);
}

TEST_F(Mistakes, KeepTheDefinitionThatIsActive) {
  const auto applied = workspace_.run({"apply"});
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_THAT(applied.err, testing::HasSubstr("sql/training.sql:2:6: syntax error"));
  EXPECT_THAT(applied.err, testing::HasSubstr("12 errors in the workspace; nothing was applied"));
  EXPECT_EQ(workspace_.run({"run", "p"}).exit_code, 3);
  EXPECT_EQ(workspace_.json({"runs", "list"}), Json::array());
}

}  // namespace
}  // namespace gossamer::test
