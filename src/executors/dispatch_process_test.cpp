// SPDX-License-Identifier: Apache-2.0
#include "executors/dispatch.hpp"

#include <gmock/gmock.h>

#include "executors/testing/attempts.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptOrder;
using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::FailureClass;
using orchestration::StopReason;
using pipeline::StepKind;
using testing::DispatchTest;
using testing::Fifo;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(DispatchTest, AProgramRunsUnderItsSupervisorAndItsResultArrives) {
  const AttemptOrder command = order(StepKind::command);
  const AttemptResult result = run(command);
  EXPECT_EQ(result.attempt, command.attempt);
  EXPECT_EQ(result.status, AttemptStatus::succeeded) << result.failure->message;
  ASSERT_TRUE(result.started_at);
  ASSERT_TRUE(result.finished_at);
  EXPECT_LE(*result.started_at, *result.finished_at);
}

TEST_F(DispatchTest, ABuiltInKindRunsInAWorker) {
  const AttemptOrder sql = order(StepKind::sql);
  const AttemptResult result = run(sql);
  EXPECT_EQ(result.attempt, sql.attempt);
  EXPECT_EQ(result.status, AttemptStatus::succeeded) << result.failure->message;
  EXPECT_EQ(result.result.report, sql.spec);
  EXPECT_EQ(log_of(sql), "echo\n");
}

TEST_F(DispatchTest, NothingRunsForAStepThatDoesNothing) {
  const AttemptOrder none = order(StepKind::none);
  EXPECT_EQ(run(none).status, AttemptStatus::succeeded);
  EXPECT_FALSE(*path_exists(state_ / "runs" / none.run.value()));
}

TEST_F(DispatchTest, StartingAnAttemptTwiceRunsItOnce) {
  const AttemptOrder command = shell("echo ran >> $D/side");
  dispatch_->start(command);
  dispatch_->start(command);
  EXPECT_EQ(next_result().status, AttemptStatus::succeeded);
  // Another one behind it: a second result of the first would have come before.
  const AttemptOrder after = order(StepKind::none);
  EXPECT_EQ(run(after).attempt, after.attempt);
  EXPECT_EQ(content("side"), "ran\n");
}

TEST_F(DispatchTest, OutputAndErrorsAreInTheAttemptsLog) {
  const AttemptOrder command = shell("echo out; echo err >&2; pwd");
  EXPECT_EQ(run(command).status, AttemptStatus::succeeded);
  EXPECT_EQ(log_of(command), "out\nerr\n" + folder_->path().string() + "\n");
}

TEST_F(DispatchTest, AProgramGetsNothingThatWasNotGiven) {
  const AttemptOrder command =
      shell("env | cut -d= -f1 | sort | tr '\\n' ' '; ls /proc/self/fd | wc -l");
  EXPECT_EQ(run(command).status, AttemptStatus::succeeded);
  // ls itself opens the folder: 0, 1, 2 and that one.
  EXPECT_EQ(log_of(command), "D GOSSAMER_ATTEMPT PATH PWD 4\n");
}

TEST_F(DispatchTest, AnExitCodeIsAFailureThatSaysIt) {
  const AttemptResult result = run(shell("exit 137"));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.status, AttemptStatus::failed);
  EXPECT_EQ(result.failure->failure, FailureClass::exit_code);
  EXPECT_EQ(result.failure->exit_code, 137);
  EXPECT_THAT(result.failure->message, HasSubstr("exit code 137"));
  EXPECT_THAT(result.failure->message, HasSubstr("signal 9"));
}

TEST_F(DispatchTest, ASignalIsAFailureThatNamesIt) {
  const AttemptResult result = run(shell("kill -SEGV $$"));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::exit_code);
  EXPECT_EQ(result.failure->signal, 11);
  EXPECT_THAT(result.failure->message, HasSubstr("signal 11"));
}

TEST_F(DispatchTest, AProgramThatDoesNotExistIsInvalidInput) {
  argv_ = {"no-such-program"};
  const AttemptResult result = run(order(StepKind::command));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::invalid_input);
  EXPECT_EQ(result.failure->message, "cannot run no-such-program: No such file or directory");
}

TEST_F(DispatchTest, AFolderThatDoesNotExistIsInvalidInput) {
  workdir_ = "/no/such/folder";
  const AttemptResult result = run(order(StepKind::command));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::invalid_input);
  EXPECT_THAT(result.failure->message, HasSubstr("/no/such/folder"));
}

TEST_F(DispatchTest, AFileThatMayNotBeRunIsInvalidInput) {
  ASSERT_TRUE(write_file_durably(folder_->path() / "plain", "text"));
  argv_ = {"./plain"};
  const AttemptResult result = run(order(StepKind::command));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::invalid_input);
  EXPECT_THAT(result.failure->message, HasSubstr("Permission denied"));
}

TEST_F(DispatchTest, ValuesInTheResultFileBecomeOutputs) {
  const AttemptOrder command = shell("printf '{\"rows\": 12, \"name\": \"x\"}' > result.json");
  workdir_ = folder_of(command).root;
  const AttemptResult result = run(command);
  ASSERT_EQ(result.status, AttemptStatus::succeeded) << result.failure->message;
  EXPECT_EQ(result.result.outputs, Json({{"rows", 12}, {"name", "x"}}));
}

TEST_F(DispatchTest, AResultFileThatIsNoObjectIsInvalidInput) {
  const AttemptOrder command = shell("echo '[1]' > result.json");
  workdir_ = folder_of(command).root;
  const AttemptResult result = run(command);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::invalid_input);
  EXPECT_THAT(result.failure->message, HasSubstr("GOSSAMER_RESULT must hold a JSON object"));
}

TEST_F(DispatchTest, RowsWithoutADeclaredOutputAreInvalidInput) {
  const AttemptOrder command = shell("mkdir output; echo x > output/a.parquet");
  workdir_ = folder_of(command).root;
  const AttemptResult result = run(command);
  ASSERT_TRUE(result.failure);
  EXPECT_THAT(result.failure->message, HasSubstr("declares no `output`"));
}

TEST_F(DispatchTest, SecretsAreLeftOutOfTheLog) {
  secrets_ = {"hunter22", "hunter22-longer"};
  const AttemptOrder command =
      shell("printf 'a hunter22 b\\n'; printf hunt; printf 'er22-longer\\n'; echo hunter2");
  EXPECT_EQ(run(command).status, AttemptStatus::succeeded);
  EXPECT_EQ(log_of(command), "a *** b\n***\nhunter2\n");
}

TEST_F(DispatchTest, ACancelEndsTheProgram) {
  const Fifo ready(folder_->path() / "ready");
  const Fifo never(folder_->path() / "never");
  const AttemptOrder command = shell("echo up > $D/ready; cat $D/never");
  dispatch_->start(command);
  EXPECT_EQ(ready.read(), "up\n");
  dispatch_->stop(command.attempt, StopReason::cancelled);
  const AttemptResult result = next_result();
  EXPECT_EQ(result.status, AttemptStatus::cancelled);
  EXPECT_EQ(result.failure->failure, FailureClass::cancelled);
  EXPECT_FALSE(never.has_reader());
  EXPECT_THAT(log_of(command), HasSubstr("ended by a cancel"));
}

TEST_F(DispatchTest, AProgramThatIgnoresTermIsKilled) {
  const Fifo ready(folder_->path() / "ready");
  const Fifo never(folder_->path() / "never");
  const AttemptOrder command =
      shell("trap '' TERM; echo up > $D/ready; while :; do read line < $D/never; done");
  dispatch_->start(command);
  EXPECT_EQ(ready.read(), "up\n");
  dispatch_->stop(command.attempt, StopReason::cancelled);
  EXPECT_EQ(next_result().status, AttemptStatus::cancelled);
  EXPECT_FALSE(never.has_reader());
}

TEST_F(DispatchTest, AStoppedProgramHearsTheCancelToo) {
  const Fifo ready(folder_->path() / "ready");
  const AttemptOrder command = shell("echo up > $D/ready; kill -STOP $$; echo went on");
  dispatch_->start(command);
  EXPECT_EQ(ready.read(), "up\n");
  dispatch_->stop(command.attempt, StopReason::cancelled);
  EXPECT_EQ(next_result().status, AttemptStatus::cancelled);
}

TEST_F(DispatchTest, ACleanEndInAnswerToACancelIsStillACancel) {
  const Fifo ready(folder_->path() / "ready");
  const Fifo never(folder_->path() / "never");
  const AttemptOrder command =
      shell("trap 'echo tidy >> $D/side; exit 0' TERM; echo up > $D/ready; read line < $D/never");
  dispatch_->start(command);
  EXPECT_EQ(ready.read(), "up\n");
  dispatch_->stop(command.attempt, StopReason::cancelled);
  EXPECT_EQ(next_result().status, AttemptStatus::cancelled);
  EXPECT_EQ(content("side"), "tidy\n");
}

TEST_F(DispatchTest, ATimeoutEndsTheProgramAndSaysSo) {
  const Fifo never(folder_->path() / "never");
  AttemptOrder command = shell("cat $D/never");
  command.due_at = clock_.now() + std::chrono::milliseconds(50);
  const AttemptResult result = run(command);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.status, AttemptStatus::failed);
  EXPECT_EQ(result.failure->failure, FailureClass::timeout);
  EXPECT_FALSE(never.has_reader());
}

TEST_F(DispatchTest, ChildrenLeftBehindAreEndedAndCounted) {
  const Fifo up(folder_->path() / "up");
  const Fifo held(folder_->path() / "held");
  // The grandchild leaves session, group and output behind, as a daemon does.
  const AttemptOrder command = shell(
      "setsid sh -c 'exec > /dev/null 2>&1; echo up > $D/up; read line < $D/held; echo late > "
      "$D/side' & cat $D/up > /dev/null; exit 0");
  const AttemptResult result = run(command);
  EXPECT_EQ(result.status, AttemptStatus::succeeded);
  EXPECT_FALSE(held.has_reader());
  EXPECT_THAT(log_of(command), HasSubstr("ended 1 processes that the program left behind"));
  EXPECT_EQ(content("side"), "<no file>");
}

TEST_F(DispatchTest, AGigabyteOfOutputIsCutInTheMiddleAndStopsNobody) {
  log_bytes_max_ = std::uint64_t{1} << 20U;
  const AttemptOrder command =
      shell("echo first; head -c 1000000000 /dev/zero | tr '\\0' x; echo; echo last");
  const AttemptResult result = run(command);
  ASSERT_EQ(result.status, AttemptStatus::succeeded) << result.failure->message;
  const std::string log = log_of(command);
  EXPECT_LT(log.size(), (std::size_t{1} << 20U) + 200);
  EXPECT_TRUE(log.starts_with("first\nxxx")) << log.substr(0, 20);
  EXPECT_TRUE(log.ends_with("xxx\nlast\n")) << log.substr(log.size() - 20);
  EXPECT_THAT(log, HasSubstr("[gossamer: the log reached its limit; "));
}

TEST_F(DispatchTest, AProgramThatClosesItsOutputIsWaitedFor) {
  const AttemptOrder command = shell("exec > /dev/null 2>&1; echo done > $D/side");
  EXPECT_EQ(run(command).status, AttemptStatus::succeeded);
  EXPECT_EQ(content("side"), "done\n");
}

TEST_F(DispatchTest, SettlingRemovesTheReport) {
  const AttemptOrder command = order(StepKind::command);
  run(command);
  const StateFolder state(state_);
  EXPECT_TRUE(*path_exists(state.done(command.attempt)));
  dispatch_->settle(command.attempt);
  const AttemptOrder after = order(StepKind::none);
  run(after);
  EXPECT_FALSE(*path_exists(state.done(command.attempt)));
}

TEST_F(DispatchTest, SweepingRemovesWhatNobodyWaitsFor) {
  const AttemptOrder known = order(StepKind::command);
  run(known);
  const StateFolder state(state_);
  const auto adopted_later = order(StepKind::command).attempt;
  const auto nobodys = order(StepKind::command).attempt;
  for (const auto& attempt : {adopted_later, nobodys}) {
    ASSERT_TRUE(write_file_durably(state.done(attempt), "{}"));
    ASSERT_TRUE(state.bury(attempt));
  }
  dispatch_->sweep({adopted_later});
  run(order(StepKind::none));  // what is left with the dispatcher is done in order
  EXPECT_TRUE(*path_exists(state.done(known.attempt)));
  EXPECT_TRUE(*path_exists(state.done(adopted_later)));
  EXPECT_TRUE(*path_exists(state.tombstone(adopted_later)));
  EXPECT_FALSE(*path_exists(state.done(nobodys)));
  EXPECT_FALSE(*path_exists(state.tombstone(nobodys)));
}

}  // namespace
}  // namespace gossamer::executors
