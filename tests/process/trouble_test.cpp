// SPDX-License-Identifier: Apache-2.0
// What goes wrong in practice, through the command line: programs that misbehave, commands that
// come at once, clocks that jump.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/support/shifted_clock.hpp"
#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Trouble : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml",
                     "workspace: trouble\ntimezone: UTC\ngroups: { all: [ana] }\n");
  }
  // A pipeline whose one step runs this in a shell.
  void shell(const std::string& script) const {
    workspace_.write("bin/work", "#!/bin/sh\n" + script + "\n");
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "steps:\n"
                     "  work:\n"
                     "    command: { argv: [/bin/sh, ./bin/work], code: [bin] }\n");
  }
  [[nodiscard]] Json step_of(const Ran& ran) const { return ran.json().at("steps").at(0); }

  Workspace workspace_;
};

TEST_F(Trouble, AProgramThatExitsWith137FailsItsRunAndSaysSo) {
  shell("echo ate it all; exit 137");
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("exit code 137"));
  EXPECT_EQ(step_of(ran).at("state"), "failed");
  EXPECT_THAT(step_of(ran).at("error").get<std::string>(), HasSubstr("exit code 137"));
  const auto logs = workspace_.run({"logs", ran.json().at("run").get<std::string>()});
  EXPECT_THAT(logs.out, HasSubstr("ate it all"));
}

TEST_F(Trouble, AGigabyteOfOutputCostsNeitherTheRunNorTheDisk) {
  shell("echo first; head -c 1073741824 /dev/zero | tr '\\0' 'x'; echo; echo last");
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const auto logs = workspace_.run({"logs", ran.json().at("run").get<std::string>()});
  EXPECT_THAT(logs.out.substr(0, 200), HasSubstr("first"));
  EXPECT_THAT(logs.out.substr(logs.out.size() - 200), HasSubstr("last"));
  EXPECT_LT(logs.out.size(), std::size_t{70} << 20U);
}

TEST_F(Trouble, ChildrenThatAProgramLeavesBehindAreEndedWithIt) {
  const auto pipe = workspace_.beside("held");
  shell("sleep 1000 & setsid sleep 1000 & echo $! > " + pipe.string() + "; exit 0");
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const std::string child(trimmed(read_file(pipe).value_or("")));
  ASSERT_FALSE(child.empty());
  EXPECT_FALSE(fs::exists(fs::path("/proc") / child));
  const auto logs = workspace_.run({"logs", ran.json().at("run").get<std::string>()});
  EXPECT_THAT(logs.out, HasSubstr("2 processes that the program left behind"));
}

TEST_F(Trouble, CommandsThatComeAtOnceDriveOneEngineAndLoseNothing) {
  const auto effects = workspace_.beside("effects");
  shell("echo done >> " + effects.string());
  std::vector<Subprocess> commands;
  for (int turn = 0; turn < 6; ++turn)
    commands.push_back(workspace_.start({"run", "p"}));
  for (auto& command : commands) {
    const auto end = command.wait();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->exit_code, 0) << end->describe();
  }
  // Each either joined the run under way or made one of its own: one effect a run.
  const auto runs = workspace_.json({"runs", "list"});
  EXPECT_EQ(split(trimmed(read_file(effects).value_or("")), '\n').size(), runs.size());
  for (const auto& run : runs)
    EXPECT_EQ(run.at("state"), "succeeded") << run.dump();
  EXPECT_EQ(workspace_.run({"audit", "verify"}).exit_code, 0);
}

// --- Clocks that jump ---------------------------------------------------------------------------

class Jumping : public Trouble {
 protected:
  void SetUp() override {
    Trouble::SetUp();
    if (!clock_.is_there()) GTEST_SKIP() << "no clock to shift beside the tests";
    clock_.lend_to(workspace_.program());
    workspace_.write_asking_pipeline("p",
                                     "  behind:\n"
                                     "    after: { confirm: decided }\n"
                                     "    command: { argv: [/bin/true] }\n");
    ASSERT_EQ(workspace_.run({"run", "p"}).exit_code, 4);
    gate_ = workspace_.open_gate();
  }
  [[nodiscard]] Json gate() const {
    return workspace_.json({"gates", "list", "--state", "all"})[0];
  }
  [[nodiscard]] Json run_state() const { return workspace_.json({"runs", "list"})[0].at("state"); }

  ShiftedClock clock_;
  std::string gate_;
};

TEST_F(Jumping, AGateThatExpiredWhileNothingRanIsClosedBeforeAVoteCounts) {
  clock_.shift(std::chrono::days(3));
  const auto late = workspace_.run_as("ana", {"gates", "approve", gate_});
  EXPECT_EQ(late.exit_code, 5) << late.err;
  EXPECT_THAT(late.err, HasSubstr("expired"));
  EXPECT_EQ(gate().at("state"), "expired");
  EXPECT_EQ(gate().at("votes"), Json::array());
  // The run went on as if it had been rejected.
  EXPECT_EQ(run_state(), "succeeded");
}

TEST_F(Jumping, AVoteBeforeTheDueTimeCounts) {
  clock_.shift(std::chrono::days(1));
  EXPECT_EQ(workspace_.run_as("ana", {"gates", "approve", gate_}).exit_code, 0);
  EXPECT_EQ(gate().at("state"), "approved");
}

TEST_F(Jumping, AClockThatWentBackLosesNothing) {
  clock_.shift(-std::chrono::hours(20));
  EXPECT_EQ(workspace_.run_as("ana", {"gates", "approve", gate_}).exit_code, 0);
  EXPECT_EQ(run_state(), "succeeded");
  EXPECT_EQ(workspace_.run({"run", "p"}).exit_code, 4);
  clock_.shift(std::chrono::days(0));
  EXPECT_EQ(workspace_.run_as("ana", {"gates", "reject", workspace_.open_gate()}).exit_code, 0);
  EXPECT_EQ(workspace_.run({"audit", "verify"}).exit_code, 0);
  EXPECT_EQ(workspace_.json({"runs", "list"}).size(), 2U);
}

}  // namespace
}  // namespace gossamer::test
