// SPDX-License-Identifier: Apache-2.0
// Gates by the command line: every answer, its exit code, and what it drives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A pipeline that makes a table, asks, and goes on; another that starts when it has finished.
class Gates : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml",
                     "workspace: gates\ntimezone: UTC\n"
                     "groups:\n  risk: [rei, ryo, rin]\n"
                     "settings:\n  limit: { type: integer, default: 10 }\n");
    workspace_.write("pipelines/next.yaml",
                     "pipeline: next\n"
                     "schedule: { when_finished: [ask] }\n"
                     "steps:\n"
                     "  use:\n"
                     "    command: { argv: [/bin/sh, -c, \"echo $0 > " +
                         used().string() + "\", \"${settings.limit}\"] }\n");
    workspace_.write("sql/make.sql", "select $rows::integer as n\n");
    ask("any_of: [group:risk]");
  }

  // Writes the asking pipeline; `behind` is the program that runs once the gate is decided.
  void ask(const std::string& approvers, const std::string& behind = "/bin/true") const {
    workspace_.write("pipelines/ask.yaml",
                     "pipeline: ask\n"
                     "parameters:\n"
                     "  rows: { type: integer, default: 3 }\n"
                     "steps:\n"
                     "  make:\n"
                     "    sql: sql/make.sql\n"
                     "    output: made\n"
                     "  confirm:\n"
                     "    approval:\n"
                     "      title: Use the new limit?\n"
                     "      evidence: [make]\n"
                     "      approvers: { " +
                         approvers +
                         " }\n"
                         "      expires: { after: 2d, then: rejected }\n"
                         "      on_approved: { settings: { limit: \"${params.rows}\" } }\n"
                         "      on_rejected: keep\n"
                         "  behind:\n"
                         "    after: { confirm: decided }\n"
                         "    command: { argv: [" +
                         behind + "] }\n");
  }

  void run_until_it_asks() const {
    const auto ran = workspace_.run({"run", "ask"});
    ASSERT_EQ(ran.exit_code, 4) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(" -C " + workspace_.folder().string() + " gates approve gate_"));
  }
  [[nodiscard]] Json gate(const std::string& id) const {
    for (auto& one : workspace_.json({"gates", "list", "--state", "all"})) {
      if (one.at("gate") == id) return one;
    }
    ADD_FAILURE() << "no gate " << id;
    return Json();
  }
  [[nodiscard]] fs::path used() const { return workspace_.beside("used"); }
  // What the pipeline behind saw of the setting; empty where it has not run.
  [[nodiscard]] std::string limit_used() const {
    return std::string(trimmed(read_file(used()).value_or("")));
  }

  Workspace workspace_;
};

TEST_F(Gates, AreListedInTheShapeThatScriptsRelyOn) {
  run_until_it_asks();
  const auto gates = workspace_.json({"gates", "list"});
  ASSERT_EQ(gates.size(), 1U);
  const auto& open = gates[0];
  EXPECT_THAT(names_in(open),
              ElementsAre("approvers", "closed_at", "criteria_failed", "digest", "due_at", "gate",
                          "may_decide", "needed", "on_approval", "opened_at", "partition",
                          "pipeline", "question", "run", "state", "step", "votes", "why_not"));
  EXPECT_EQ(open.at("pipeline"), "ask");
  EXPECT_EQ(open.at("step"), "confirm");
  EXPECT_EQ(open.at("state"), "open");
  EXPECT_EQ(open.at("needed"), 1);
  EXPECT_EQ(open.at("votes"), Json::array());
  EXPECT_TRUE(open.at("digest").get<std::string>().starts_with("sha256:"));
  ASSERT_EQ(workspace_
                .run_as("rei", {"gates", "approve", open.at("gate").get<std::string>(), "--comment",
                                "more, please"})
                .exit_code,
            0);
  const auto votes = gate(open.at("gate").get<std::string>()).at("votes");
  ASSERT_EQ(votes.size(), 1U);
  EXPECT_THAT(names_in(votes[0]), ElementsAre("answer", "at", "by", "channel", "comment"));
  EXPECT_EQ(votes[0].at("by"), "rei");
  EXPECT_EQ(votes[0].at("answer"), "approve");
  EXPECT_EQ(votes[0].at("channel"), "cli");
  EXPECT_EQ(votes[0].at("comment"), "more, please");
  EXPECT_THAT(workspace_.run({"gates", "list", "--state", "all"}).out,
              HasSubstr("approve by rei\n"));
}

TEST_F(Gates, AnApprovalSwitchesAndDrivesTheRunAndAllThatFollow) {
  run_until_it_asks();
  EXPECT_EQ(limit_used(), "");
  const auto approved =
      workspace_.run_as("rei", {"gates", "approve", workspace_.open_gate(), "-o", "json"});
  ASSERT_EQ(approved.exit_code, 0) << approved.err;
  EXPECT_EQ(approved.json().at("state"), "approved");
  EXPECT_EQ(limit_used(), "3");
  for (const auto& run : workspace_.json({"runs", "list"}))
    EXPECT_EQ(run.at("state"), "succeeded") << run.dump();
}

TEST_F(Gates, ARejectionKeepsWhatIsInUseAndTheNextPipelineStartsAllTheSame) {
  run_until_it_asks();
  const auto rejected =
      workspace_.run_as("ryo", {"gates", "reject", workspace_.open_gate(), "-o", "json"});
  ASSERT_EQ(rejected.exit_code, 0) << rejected.err;
  EXPECT_EQ(rejected.json().at("state"), "rejected");
  EXPECT_EQ(limit_used(), "10");
  EXPECT_EQ(workspace_.json({"switches", "list"}), Json::array());
}

TEST_F(Gates, ASecondVoteIsWaitedForAndTheFirstOneIsRecorded) {
  ask("any_of: [group:risk], count: 2");
  run_until_it_asks();
  const auto id = workspace_.open_gate();
  const auto first = workspace_.run_as("rei", {"gates", "approve", id, "-o", "json"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.json().at("state"), "open");
  EXPECT_EQ(first.json().at("needed"), 2);
  EXPECT_THAT(first.err, HasSubstr("1 of 2 approvals"));
  // The same person again is no second one.
  EXPECT_EQ(workspace_.run_as("rei", {"gates", "approve", id}).exit_code, 0);
  EXPECT_EQ(gate(id).at("state"), "open");
  EXPECT_EQ(limit_used(), "");
  const auto second = workspace_.run_as("rin", {"gates", "approve", id, "-o", "json"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.json().at("state"), "approved");
  EXPECT_EQ(second.json().at("votes").size(), 2U);
  EXPECT_EQ(limit_used(), "3");
}

TEST_F(Gates, AnApprovalWhoseRunFailsExitsWithOneAndSaysWhatFailed) {
  ask("any_of: [group:risk]", "/bin/false");
  run_until_it_asks();
  const auto id = workspace_.open_gate();
  const auto approved = workspace_.run_as("rei", {"gates", "approve", id});
  EXPECT_EQ(approved.exit_code, 1);
  EXPECT_THAT(approved.err, HasSubstr("behind"));
  EXPECT_THAT(approved.err, HasSubstr("exit code 1"));
  // The decision stands, whatever became of the run.
  EXPECT_EQ(gate(id).at("state"), "approved");
  EXPECT_EQ(workspace_.json({"switches", "list"}).size(), 1U);
}

TEST_F(Gates, ReworkRepeatsAStepWithNewParametersAndAsksAgain) {
  run_until_it_asks();
  const auto id = workspace_.open_gate();
  const auto reworked = workspace_.run_as(
      "rei", {"gates", "rework", id, "--step", "make", "--param", "rows=7", "-o", "json"});
  ASSERT_EQ(reworked.exit_code, 0) << reworked.err;
  EXPECT_EQ(reworked.json().at("state"), "reworked");
  const auto again = workspace_.open_gate();
  EXPECT_NE(again, id);
  EXPECT_NE(gate(again).at("digest"), gate(id).at("digest"));
  ASSERT_EQ(workspace_.run_as("rei", {"gates", "approve", again}).exit_code, 0);
  EXPECT_EQ(workspace_.rows("select n from made"), Json::array({{{"n", 7}}}));
  EXPECT_EQ(limit_used(), "7");
}

TEST_F(Gates, ReworkNamesTheStepAndTheParameterThatDoNotExist) {
  run_until_it_asks();
  const auto id = workspace_.open_gate();
  const auto step = workspace_.run_as("rei", {"gates", "rework", id, "--step", "mak"});
  EXPECT_EQ(step.exit_code, 8);
  EXPECT_THAT(step.err, HasSubstr("did you mean `make`?"));
  const auto param =
      workspace_.run_as("rei", {"gates", "rework", id, "--step", "make", "--param", "row=7"});
  EXPECT_EQ(param.exit_code, 3);
  EXPECT_THAT(param.err, HasSubstr("row"));
  const auto value =
      workspace_.run_as("rei", {"gates", "rework", id, "--step", "make", "--param", "rows"});
  EXPECT_EQ(value.exit_code, 3);
  EXPECT_THAT(value.err, HasSubstr("name=value"));
  EXPECT_EQ(gate(id).at("state"), "open");
}

TEST_F(Gates, AVoteOnOtherEvidenceIsAConflict) {
  run_until_it_asks();
  const auto id = workspace_.open_gate();
  const auto other = "sha256:" + std::string(64, '0');
  const auto conflict = workspace_.run_as("rei", {"gates", "approve", id, "--digest", other});
  EXPECT_EQ(conflict.exit_code, 5) << conflict.err;
  EXPECT_THAT(conflict.err, HasSubstr("gossamer gates show"));
  EXPECT_EQ(gate(id).at("votes"), Json::array());
  const auto digest = gate(id).at("digest").get<std::string>();
  EXPECT_EQ(workspace_.run_as("rei", {"gates", "approve", id, "--digest", digest}).exit_code, 0);
}

TEST_F(Gates, AnotherAnswerAfterTheDecisionIsAConflictThatNamesWhoDecided) {
  run_until_it_asks();
  const auto id = workspace_.open_gate();
  ASSERT_EQ(workspace_.run_as("rei", {"gates", "approve", id}).exit_code, 0);
  EXPECT_EQ(workspace_.run_as("ryo", {"gates", "approve", id}).exit_code, 0);
  const auto other = workspace_.run_as("ryo", {"gates", "reject", id});
  EXPECT_EQ(other.exit_code, 5);
  EXPECT_THAT(other.err, HasSubstr("rei"));
}

TEST_F(Gates, WhoIsNoApproverIsDenied) {
  ask("any_of: [group:risk], exclude: [starter]");
  const auto ran = workspace_.run_as("rei", {"run", "ask"});
  ASSERT_EQ(ran.exit_code, 4) << ran.err;
  const auto id = workspace_.open_gate();
  for (const auto* who : {"eve", "rei"}) {
    const auto denied = workspace_.run_as(who, {"gates", "approve", id});
    EXPECT_EQ(denied.exit_code, 7) << who << ": " << denied.err;
    EXPECT_THAT(denied.err, HasSubstr(who));
  }
  EXPECT_EQ(workspace_.run_as("ryo", {"gates", "approve", id}).exit_code, 0);
}

TEST_F(Gates, AGateThatDoesNotExistIsNotFound) {
  run_until_it_asks();
  EXPECT_EQ(
      workspace_.run({"gates", "approve", "gate_01890000-0000-7000-8000-000000000000"}).exit_code,
      8);
  EXPECT_EQ(workspace_.run({"gates", "approve", "confirm"}).exit_code, 3);
}

TEST_F(Gates, AFailedCriterionIsApprovedOnlyWithAnOverrideAndAComment) {
  workspace_.write("sql/points.sql",
                   "select i as id, (i % 7)::double as a, (i * 31 % 11)::double as label "
                   "from range(200) as t(i)\n");
  workspace_.write(
      "pipelines/poor.yaml",
      "pipeline: poor\n"
      "steps:\n"
      "  train:\n"
      "    train:\n"
      "      { model: m, engine: xgboost, data: sql/points.sql, label: label,\n"
      "        exclude: [id], objective: \"reg:squarederror\", rounds: 2, seed: 1 }\n"
      "  evaluate:\n"
      "    evaluate:\n"
      "      { model: \"${steps.train.version}\", data: sql/points.sql, label: label,\n"
      "        exclude: [id], metrics: [rmse], criteria: [{ rmse: { at_most: 0 } }] }\n"
      "  confirm:\n"
      "    approval:\n"
      "      title: Use it all the same?\n"
      "      evidence: [evaluate]\n"
      "      approvers: { any_of: [rei] }\n"
      "      on_approved:\n"
      "        aliases: [{ model: m, alias: champion, version: "
      "\"${steps.train.version}\" }]\n");
  const auto ran = workspace_.run({"run", "poor", "-o", "json"});
  ASSERT_EQ(ran.exit_code, 4) << ran.err;
  EXPECT_EQ(by_step(ran.json()).at("evaluate").at("outcome"), "failed_criteria");
  const auto id = workspace_.open_gate();
  EXPECT_THAT(workspace_.run_as("rei", {"gates", "show", id}).out, HasSubstr("rmse"));
  const auto plain = workspace_.run_as("rei", {"gates", "approve", id});
  EXPECT_EQ(plain.exit_code, 3) << plain.err;
  EXPECT_THAT(plain.err, HasSubstr("--override"));
  const auto silent = workspace_.run_as("rei", {"gates", "approve", id, "--override"});
  EXPECT_EQ(silent.exit_code, 3) << silent.err;
  EXPECT_THAT(silent.err, HasSubstr("--comment"));
  EXPECT_EQ(
      workspace_.run_as("rei", {"gates", "approve", id, "--override", "--comment", "known, small"})
          .exit_code,
      0);
  const auto models = workspace_.json({"models", "list"});
  ASSERT_EQ(models.size(), 1U);
  EXPECT_THAT(names_in(models[0]), ElementsAre("aliases", "metrics", "model", "run", "version"));
  EXPECT_EQ(models[0].at("aliases"), Json::array({"champion"}));
}

}  // namespace
}  // namespace gossamer::test
