// SPDX-License-Identifier: Apache-2.0
#include "executors/dispatch.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "base/json.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptOrder;
using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::FailureClass;
using orchestration::StopReason;

constexpr Duration patience = std::chrono::seconds(60);  // for what never happens

fs::path programs() {
  const char* folder = std::getenv("GOSSAMER_BIN_DIR");
  return fs::absolute(folder == nullptr ? "build/release/bin" : folder);
}

class DispatchTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(*TemporaryFolder::make());
    state_ = folder_->path() / ".gossamer";
    ASSERT_TRUE(make_folders(state_));
    WorkerPoolOptions pool;
    pool.program = programs().parent_path() / "tests" / "echo_worker";
    pool.state = state_;
    pool.grace = std::chrono::milliseconds(200);
    workers_.emplace(pool, clock_, Log());
    ASSERT_TRUE(workers_->start());
    Preparation preparation;
    preparation.job = [this](const AttemptOrder& order) { return job(order); };
    preparation.program = [this](const AttemptOrder&, const Job&) -> Result<supervisor::Spec> {
      supervisor::Spec spec;
      spec.argv = argv_;
      spec.workdir = folder_->path();
      spec.environment = {"PATH=/usr/bin:/bin"};
      return spec;
    };
    dispatch_.emplace(
        DispatchOptions{state_, programs() / "gossamer-supervisor", std::chrono::seconds(1)},
        preparation, *workers_,
        [this](AttemptResult result) {
          results_.change([&](auto& all) { all.push_back(std::move(result)); });
        },
        clock_, Log());
    ASSERT_TRUE(dispatch_->start());
  }

  void TearDown() override {
    dispatch_.reset();
    workers_.reset();
  }

  Result<Job> job(const AttemptOrder& order) const {
    Job job;
    job.attempt = order.attempt;
    job.run = order.run;
    job.kind = "echo";
    job.spec = order.spec;
    job.step = order.declaration().name;
    return job;
  }

  AttemptOrder order(pipeline::StepKind kind) {
    auto pipeline = std::make_shared<pipeline::Pipeline>();
    pipeline->name = "p";
    pipeline->steps.resize(1);
    pipeline->steps[0].name = "step";
    pipeline->steps[0].kind = kind;
    AttemptOrder order;
    order.attempt = AttemptId::make(*ids_);
    order.run = RunId::make(*ids_);
    order.pipeline = pipeline;
    order.spec = {{"value", 1}};
    return order;
  }

  AttemptResult next_result() {
    const bool came = results_.wait_for(patience, [](const auto& all) { return !all.empty(); });
    EXPECT_TRUE(came) << "no result came";
    if (!came) return {};
    return results_.with([](auto& all) {
      AttemptResult result = std::move(all.front());
      all.erase(all.begin());
      return result;
    });
  }

  SystemClock clock_;
  std::unique_ptr<IdSource> ids_ = system_ids(clock_);
  std::optional<TemporaryFolder> folder_;
  fs::path state_;
  std::vector<std::string> argv_{"/bin/true"};
  std::optional<WorkerPool> workers_;
  std::optional<Dispatch> dispatch_;
  Guarded<std::vector<AttemptResult>> results_;
};

TEST_F(DispatchTest, AProgramRunsUnderItsSupervisorAndItsResultArrives) {
  const AttemptOrder command = order(pipeline::StepKind::command);
  dispatch_->start(command);
  const AttemptResult result = next_result();
  EXPECT_EQ(result.attempt, command.attempt);
  EXPECT_EQ(result.status, AttemptStatus::succeeded) << result.failure->message;
  EXPECT_TRUE(result.started_at);
  EXPECT_TRUE(result.finished_at);
}

TEST_F(DispatchTest, ABuiltInKindRunsInAWorker) {
  const AttemptOrder sql = order(pipeline::StepKind::sql);
  dispatch_->start(sql);
  const AttemptResult result = next_result();
  EXPECT_EQ(result.attempt, sql.attempt);
  EXPECT_EQ(result.status, AttemptStatus::succeeded) << result.failure->message;
  EXPECT_EQ(result.result.report, sql.spec);
}

TEST_F(DispatchTest, NothingRunsForAStepThatDoesNothing) {
  const AttemptOrder none = order(pipeline::StepKind::none);
  dispatch_->start(none);
  EXPECT_EQ(next_result().status, AttemptStatus::succeeded);
  EXPECT_FALSE(*path_exists(state_ / "runs" / none.run.value()));
}

}  // namespace
}  // namespace gossamer::executors
