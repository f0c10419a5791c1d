// SPDX-License-Identifier: Apache-2.0
#include "executors/worker_protocol.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "base/json.hpp"
#include "executors/failure.hpp"

namespace gossamer::executors {
namespace {

using ::testing::HasSubstr;

const AttemptId attempt = *AttemptId::parse("att_019abcde-0000-7000-8000-000000000001");

TEST(WorkerProtocol, OrdersComeThroughAsTheyWereSent) {
  Job job;
  job.attempt = attempt;
  job.kind = "sql";
  const auto run = decode_to_worker(*encode(ToWorker(RunJob{7, job})));
  ASSERT_TRUE(run) << run.error().describe();
  EXPECT_EQ(std::get<RunJob>(*run).id, 7U);
  EXPECT_EQ(std::get<RunJob>(*run).job.attempt, attempt);
  EXPECT_EQ(std::get<CancelJob>(*decode_to_worker(*encode(ToWorker(CancelJob{8})))).id, 8U);
  const auto settle = decode_to_worker(*encode(ToWorker(SettleAttempt{attempt})));
  EXPECT_EQ(std::get<SettleAttempt>(*settle).attempt, attempt);
}

TEST(WorkerProtocol, AnswersComeThroughAsTheyWereSent) {
  EXPECT_TRUE(
      std::holds_alternative<WorkerReady>(*decode_from_worker(*encode(FromWorker(WorkerReady{})))));
  const auto progress = decode_from_worker(*encode(FromWorker(JobProgress{1, 20, 100})));
  EXPECT_EQ(std::get<JobProgress>(*progress).done, 20U);
  EXPECT_EQ(std::get<JobProgress>(*progress).total, 100U);
  const FromWorker sent = JobFinished{3, lost(attempt, "gone"), 4096};
  const auto finished = decode_from_worker(*encode(sent));
  ASSERT_TRUE(finished) << finished.error().describe();
  EXPECT_EQ(std::get<JobFinished>(*finished).result.failure->message, "gone");
  EXPECT_EQ(std::get<JobFinished>(*finished).memory_bytes, 4096U);
}

TEST(WorkerProtocol, TheAnswerToACallBelongsToNoAttempt) {
  orchestration::AttemptResult result;
  result.result.report = {{"tables", {"a"}}};
  const auto finished = decode_from_worker(*encode(FromWorker(JobFinished{3, result, 0})));
  ASSERT_TRUE(finished) << finished.error().describe();
  EXPECT_TRUE(std::get<JobFinished>(*finished).result.attempt.empty());
  EXPECT_EQ(std::get<JobFinished>(*finished).result.result.report, result.result.report);
}

TEST(WorkerProtocol, AFigureThatJsonLacksIsRefusedWithItsPlace) {
  orchestration::AttemptResult result;
  result.result.report = {{"auc", std::nan("")}};
  const auto sent = encode(FromWorker(JobFinished{3, result, 0}));
  ASSERT_FALSE(sent);
  EXPECT_THAT(sent.error().message, HasSubstr("auc"));
}

TEST(WorkerProtocol, RubbishIsInvalidInput) {
  for (const char* bytes : {"", "7", "{}", R"({"type":"fly"})", R"({"type":"cancel","id":-1})",
                            R"({"type":"run","id":1,"job":{}})", R"({"type":"settle"})"}) {
    const auto read = decode_to_worker(bytes);
    ASSERT_FALSE(read) << bytes;
    EXPECT_EQ(read.error().kind, ErrorKind::invalid_input) << bytes;
  }
  for (const char* bytes : {"", R"({"type":"run"})", R"({"type":"progress","id":1,"done":"x"})",
                            R"({"type":"finished","id":1,"memory_bytes":0,"result":{}})"}) {
    EXPECT_FALSE(decode_from_worker(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace gossamer::executors
