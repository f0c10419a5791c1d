// SPDX-License-Identifier: Apache-2.0
// The engine is killed for real while a program of a step runs.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "tests/support/program.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

// A pipeline of one program that tells when it has begun, waits for leave to go on, and then leaves
// one line behind: its side effect.
class OneProgram : public testing::Test {
 protected:
  void SetUp() override {
    write("gossamer.yaml", "workspace: kill\ntimezone: UTC\n");
    write("pipelines/p.yaml",
          "pipeline: p\n"
          "steps:\n"
          "  before:\n"
          "    none: {}\n"
          "  work:\n"
          "    after: before\n"
          "    command: { argv: [/bin/sh, -c, \"echo $$ $PPID $GOSSAMER_ATTEMPT > " +
              begun().string() + "; read line < " + leave().string() + "; echo done >> " +
              effects().string() +
              "\"] }\n"
              "  behind:\n"
              "    after: work\n"
              "    command: { argv: [/bin/true] }\n");
    ASSERT_EQ(::mkfifo(begun().c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(leave().c_str(), 0600), 0);
  }

  void write(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(make_folders((workspace_ / name).parent_path()));
    ASSERT_TRUE(write_file_durably(workspace_ / name, text));
  }
  [[nodiscard]] fs::path begun() const { return program_.folder() / "begun"; }
  [[nodiscard]] fs::path leave() const { return program_.folder() / "leave"; }
  [[nodiscard]] fs::path effects() const { return program_.folder() / "effects"; }

  // Returns once the step's program runs: its process id, its supervisor's, its attempt.
  [[nodiscard]] std::string wait_until_begun() const {
    return read_file(begun()).value_or("");  // opening a pipe waits for its writer
  }
  void let_go_on() const {
    const auto pipe = open_file(leave(), O_WRONLY);
    ASSERT_TRUE(pipe);
    ASSERT_TRUE(write_all(*pipe, "go\n", leave()));
  }
  // The only run, read while no engine is there.
  [[nodiscard]] std::string only_run() const {
    const auto runs = program_.run({"runs", "list", "-o", "json"}, workspace_).json();
    EXPECT_EQ(runs.size(), 1U);
    return runs.empty() ? "" : runs[0].at("run").get<std::string>();
  }
  static void kill(Subprocess& process) {
    ASSERT_TRUE(process.send_signal(SIGKILL));
    ASSERT_TRUE(process.wait());
  }

  Program program_;
  fs::path workspace_ = program_.folder() / "w";
};

TEST_F(OneProgram, TheSameAttemptFinishesAfterItsEngineWasKilledAndActsOnce) {
  auto engine = program_.start({"run", "p"}, workspace_);
  const auto pid = wait_until_begun();
  ASSERT_FALSE(pid.empty());
  kill(engine);
  // Its supervisor outlives the engine: the program still waits for our word.
  let_go_on();
  const auto again = program_.run({"runs", "wait", only_run(), "-o", "json"}, workspace_);
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const auto run = again.json();
  EXPECT_EQ(run.at("state"), "succeeded");
  for (const auto& step : run.at("steps")) {
    EXPECT_EQ(step.at("state"), "succeeded") << step.dump();
    EXPECT_EQ(step.at("attempts"), step.at("kind") == "none" ? 0 : 1) << step.dump();
  }
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
}

TEST_F(OneProgram, ACommandThatComesWhileAnEngineRunsGoesToIt) {
  auto engine = program_.start({"run", "p"}, workspace_);
  ASSERT_FALSE(wait_until_begun().empty());
  // Reads work beside it; what changes something goes through its socket.
  const auto runs = program_.run({"runs", "list", "-o", "json"}, workspace_).json();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].at("state"), "running");
  const auto cancelled = program_.run(
      {"runs", "cancel", runs[0].at("run").get<std::string>(), "--reason", "test"}, workspace_);
  EXPECT_EQ(cancelled.exit_code, 0) << cancelled.err;
  const auto end = engine.wait();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 1);
  EXPECT_FALSE(fs::exists(effects()));
  const auto history =
      program_.run({"runs", "history", runs[0].at("run").get<std::string>()}, workspace_);
  EXPECT_THAT(history.out, HasSubstr("cancel"));
}

TEST_F(OneProgram, AnEngineThatIsKilledFreesItsWorkspaceAtOnceAlthoughItsProgramRuns) {
  auto engine = program_.start({"run", "p"}, workspace_);
  ASSERT_FALSE(wait_until_begun().empty());
  kill(engine);
  // A new engine may drive although the old one's program still runs.
  const auto applied = program_.run({"apply"}, workspace_);
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  let_go_on();
  EXPECT_EQ(program_.run({"runs", "wait", only_run()}, workspace_).exit_code, 0);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
}

// A process that names an attempt as its own, as a program's descendants do.
Subprocess works_for(const std::string& attempt) {
  SpawnOptions options;
  options.argv = {"/bin/sleep", "1000"};
  options.environment = {{"GOSSAMER_ATTEMPT", attempt}};
  return *Subprocess::spawn(options);
}

TEST_F(OneProgram, WhoStillWorksForAnAttemptThatWasGivenUpIsEndedByTheNextEngine) {
  auto engine = program_.start({"run", "p"}, workspace_);
  const auto begun = split(trimmed(wait_until_begun()), ' ');
  ASSERT_EQ(begun.size(), 3U);
  const auto& attempt = begun[2];
  const auto run = only_run();
  kill(engine);
  // Without its supervisor the attempt is lost: the next engine gives it up, and leaves a
  // tombstone.
  ASSERT_EQ(::kill(static_cast<pid_t>(*parse_integer(begun[1])), SIGKILL), 0);
  EXPECT_EQ(program_.run({"runs", "wait", run}, workspace_).exit_code, 1);
  const auto tombstone = workspace_ / ".gossamer/tombstones" / attempt;
  EXPECT_TRUE(fs::exists(tombstone));

  auto late = works_for(attempt);
  auto stranger = works_for("att_01890000-0000-7000-8000-000000000000");
  EXPECT_EQ(program_.run({"apply"}, workspace_).exit_code, 0);
  const auto end = late.wait();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_FALSE(fs::exists(tombstone));
  EXPECT_FALSE(stranger.wait_for(Duration::zero())->has_value());
  kill(stranger);
}

// --- Gates ---------------------------------------------------------------------------------------

// A gate that opens while a program of the same run works.
class OneGate : public OneProgram {
 protected:
  void SetUp() override {
    OneProgram::SetUp();
    write("gossamer.yaml",
          "workspace: kill\ntimezone: UTC\nsettings: { n: { type: integer, default: 1 } }\n");
    write("sql/one.sql", "select 1 as n\n");
  }
  // The steps of the gate, behind which `work` runs or not.
  void gate_beside_work(const std::string& work_after) const {
    write("pipelines/p.yaml",
          "pipeline: p\n"
          "steps:\n"
          "  one:\n"
          "    sql: sql/one.sql\n"
          "    output: one\n"
          "  confirm:\n"
          "    approval:\n"
          "      title: Go on?\n"
          "      evidence: [one]\n"
          "      approvers: { any_of: [ana] }\n"
          "      on_approved: { settings: { n: 2 } }\n"
          "  work:\n"
          "    after: " +
              work_after +
              "\n"
              "    command: { argv: [/bin/sh, -c, \"echo $$ > " +
              begun().string() + "; read line < " + leave().string() + "; echo done >> " +
              effects().string() + "\"] }\n");
  }
  [[nodiscard]] Json gates() const {
    return program_.run({"gates", "list", "--state", "all", "-o", "json"}, workspace_).json();
  }
  [[nodiscard]] std::string wait_for_gate() const {
    for (;;) {
      const auto found = gates();
      if (!found.empty()) return found[0].at("gate").get<std::string>();
    }
  }
  [[nodiscard]] Json run_shown() const {
    const auto runs = program_.run({"runs", "list", "-o", "name"}, workspace_);
    return program_.run({"runs", "show", std::string(trimmed(runs.out)), "-o", "json"}, workspace_)
        .json();
  }
  [[nodiscard]] std::size_t switches() const {
    return program_.run({"switches", "list", "-o", "json"}, workspace_).json().size();
  }
};

TEST_F(OneGate, AnEngineThatIsKilledWhileAGateWaitsLosesNeitherTheGateNorTheProgramBesideIt) {
  gate_beside_work("{ one: any }");
  auto engine = program_.start({"run", "p"}, workspace_);
  ASSERT_FALSE(wait_until_begun().empty());
  const auto gate = wait_for_gate();
  kill(engine);
  let_go_on();
  const auto approved =
      program_.run({"--as", "ana", "gates", "approve", gate, "-o", "json"}, workspace_);
  ASSERT_EQ(approved.exit_code, 0) << approved.err;
  EXPECT_EQ(approved.json().at("state"), "approved");
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
  const auto run = run_shown();
  EXPECT_EQ(run.at("state"), "succeeded");
  for (const auto& step : run.at("steps"))
    EXPECT_EQ(step.at("attempts"), 1) << step.dump();
  EXPECT_EQ(gates().size(), 1U);
  EXPECT_EQ(switches(), 1U);
}

TEST_F(OneGate, AVoteWhoseCommandIsKilledStandsAndIsMadeOnce) {
  gate_beside_work("{ confirm: approved }");
  ASSERT_EQ(program_.run({"run", "p"}, workspace_).exit_code, 4);
  const auto gate = wait_for_gate();
  auto vote = program_.start({"--as", "ana", "gates", "approve", gate}, workspace_);
  ASSERT_FALSE(wait_until_begun().empty());  // what is behind the gate runs: the vote is committed
  kill(vote);
  EXPECT_EQ(gates()[0].at("state"), "approved");
  let_go_on();
  // Whoever was killed says it again.
  const auto again = program_.run({"--as", "ana", "gates", "approve", gate}, workspace_);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(run_shown().at("state"), "succeeded");
  EXPECT_EQ(gates()[0].at("votes").size(), 1U);
  EXPECT_EQ(switches(), 1U);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
}

}  // namespace
}  // namespace gossamer::test
