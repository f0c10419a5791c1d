// SPDX-License-Identifier: Apache-2.0
#include "executors/worker_pool.hpp"

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
using testing::Fifo;
using ::testing::HasSubstr;
using testing::patience;

class WorkerPoolTest : public testing::DispatchTest {
 protected:
  AttemptResult run_kind(const std::string& kind) {
    kind_ = kind;
    return run(order(StepKind::sql));
  }
  std::int64_t pid_of_worker() {
    const AttemptResult result = run_kind("who");
    EXPECT_FALSE(result.failure);
    return require<std::int64_t>(result.result.report, "pid").value_or(0);
  }
  // Starts an attempt of this kind and waits until its job runs.
  AttemptOrder started(const std::string& kind) {
    const Fifo ready(folder_->path() / "ready");
    kind_ = kind;
    AttemptOrder sql = order(StepKind::sql);
    sql.spec = {{"ready", ready.path().string()}};
    dispatch_->start(sql);
    EXPECT_NE(ready.read(), "");
    return sql;
  }
  static Job call_of(const std::string& kind, Json spec) {
    Job job;
    job.kind = kind;
    job.spec = std::move(spec);
    return job;
  }
};

TEST_F(WorkerPoolTest, AWorkerStaysWarm) { EXPECT_EQ(pid_of_worker(), pid_of_worker()); }

TEST_F(WorkerPoolTest, AJobThatEndsAfterItsDispatchIsGoneHarmsNobody) {
  const Fifo ready(folder_->path() / "ready");
  const Fifo pipe(folder_->path() / "pipe");
  kind_ = "hear";
  AttemptOrder first = order(StepKind::sql);
  first.spec = {{"ready", ready.path().string()}, {"pipe", pipe.path().string()}};
  dispatch_->start(first);
  EXPECT_NE(ready.read(), "");
  dispatch_.reset();
  pipe.write("go");
  // There is one worker for attempts: the next one begins when the first was answered.
  Job next = call_of("echo", {{"value", 2}});
  next.attempt = AttemptId::make(*ids_);
  next.folder = folder_->path().string();
  auto lock = FileLock::try_lock(folder_->path() / "lock");
  ASSERT_TRUE(lock && *lock);
  Guarded<bool> is_done(false);
  workers_->run(std::move(next), std::move(**lock), std::nullopt,
                [&](const WorkerAnswer&) { is_done.change([](bool& done) { done = true; }); });
  EXPECT_TRUE(is_done.wait_for(testing::patience, [](const bool& done) { return done; }));
  EXPECT_TRUE(results_.with([](const auto& all) { return all.empty(); }));
}

TEST_F(WorkerPoolTest, AnErrorOfAHandlerIsTheAttemptsFailure) {
  const AttemptResult result = run_kind("refuse");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::invalid_input);
  EXPECT_EQ(result.failure->message, R"(refused: {"value":1})");
}

TEST_F(WorkerPoolTest, AnExceptionIsABugAndTheWorkerGoesOn) {
  const auto before = pid_of_worker();
  const AttemptResult result = run_kind("throw");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::bug);
  EXPECT_THAT(result.failure->message, HasSubstr("thrown"));
  EXPECT_EQ(pid_of_worker(), before);
}

TEST_F(WorkerPoolTest, AKindThatNobodyKnowsIsNamed) {
  EXPECT_THAT(run_kind("nonsense").failure->message, HasSubstr("no handler for 'nonsense'"));
}

TEST_F(WorkerPoolTest, ACrashLosesOneAttemptAndTheNextGetsANewWorker) {
  const auto before = pid_of_worker();
  const AttemptResult result = run_kind("crash");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::lost);
  EXPECT_THAT(result.failure->message, HasSubstr("signal 11"));
  EXPECT_NE(pid_of_worker(), before);
}

TEST_F(WorkerPoolTest, AWorkerOverItsMemoryIsReplacedAndLosesNothing) {
  TearDown();
  worker_bytes_max_ = 1;
  start_at(state_);
  const auto first = pid_of_worker();
  const auto second = pid_of_worker();
  EXPECT_NE(first, second);
  EXPECT_GT(second, 0);
}

TEST_F(WorkerPoolTest, ACancelReachesAJobThatRuns) {
  const AttemptOrder sql = started("until_cancel");
  dispatch_->stop(sql.attempt, StopReason::cancelled);
  EXPECT_EQ(next_result().status, AttemptStatus::cancelled);
}

TEST_F(WorkerPoolTest, AJobThatDoesNotListenIsKilledWithItsWorker) {
  const auto before = pid_of_worker();
  const AttemptOrder sql = started("ignore");
  dispatch_->stop(sql.attempt, StopReason::cancelled);
  EXPECT_EQ(next_result().status, AttemptStatus::cancelled);
  EXPECT_NE(pid_of_worker(), before);
}

TEST_F(WorkerPoolTest, AJobPastItsTimeFailsAsATimeout) {
  kind_ = "ignore";
  AttemptOrder sql = order(StepKind::sql);
  sql.due_at = clock_.now() + std::chrono::milliseconds(50);
  EXPECT_EQ(run(sql).failure->failure, FailureClass::timeout);
}

TEST_F(WorkerPoolTest, AJobThatWaitsForAWorkerCanBeCancelled) {
  const AttemptOrder first = started("ignore");
  const AttemptOrder second = order(StepKind::sql);
  dispatch_->start(second);
  dispatch_->stop(second.attempt, StopReason::cancelled);
  const AttemptResult result = next_result();
  EXPECT_EQ(result.attempt, second.attempt);
  EXPECT_EQ(result.status, AttemptStatus::cancelled);
  dispatch_->stop(first.attempt, StopReason::cancelled);
  EXPECT_EQ(next_result().attempt, first.attempt);
}

TEST_F(WorkerPoolTest, ACallPassesTheAttemptsThatKeepAllWorkersBusy) {
  const AttemptOrder sql = started("until_cancel");
  const auto answer = workers_->call(call_of("echo", {{"sql", "select 1"}}), patience);
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->report, Json({{"sql", "select 1"}}));
  dispatch_->stop(sql.attempt, StopReason::cancelled);
  next_result();
}

TEST_F(WorkerPoolTest, ACallsFailureIsItsError) {
  const auto answer = workers_->call(call_of("refuse", 7), patience);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(answer.error().message, "refused: 7");
}

TEST_F(WorkerPoolTest, ACallPastItsPatienceIsUnavailable) {
  const auto answer = workers_->call(call_of("ignore", {}), std::chrono::milliseconds(50));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(answer.error().message, "ignore was stopped after 50ms");
}

TEST_F(WorkerPoolTest, ACallThatCrashesItsWorkerSaysSo) {
  const auto answer = workers_->call(call_of("crash", {}), patience);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("signal 11"));
  EXPECT_TRUE(workers_->call(call_of("echo", 1), patience));
}

TEST_F(WorkerPoolTest, AWorkerThatCannotStartIsReportedAndNotTriedForEver) {
  for (const char* program : {"/no/such/worker", "/bin/false"}) {
    WorkerPoolOptions options;
    options.program = program;
    options.state = state_;
    WorkerPool pool(options, clock_, Log());
    ASSERT_TRUE(pool.start());
    const auto answer = pool.call(call_of("echo", 1), patience);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(answer.error().message, HasSubstr(std::string(program) + " does not start"));
  }
}

TEST_F(WorkerPoolTest, ACallAfterTheEndIsRefusedAndDoesNotHang) {
  workers_->stop();
  const auto answer = workers_->call(call_of("echo", 1), patience);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace gossamer::executors
