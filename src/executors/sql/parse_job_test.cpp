// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "executors/sql/handlers.hpp"
#include "pipeline/load.hpp"

namespace gossamer::executors {
namespace {

class NobodyListens final : public JobChannel {
 public:
  void progress(std::uint64_t, std::uint64_t) override {}
  bool is_cancelled() const override { return false; }
  void log(std::string_view) override {}
};

TEST(ParseJob, SaysWhereAQueryIsWrong) {
  const SystemClock clock;
  Job job;
  job.attempt = AttemptId::make(*seeded_ids(clock, 1));
  job.kind = "parse_sql";
  job.spec = {{"sql", "select a,\n  b b b\nfrom x"}};
  NobodyListens channel;
  const auto result = parse_sql_handler()(job, channel);
  ASSERT_TRUE(result) << result.error().describe();
  const auto parsed = pipeline::parsed_query_from_json(result->result.outputs);
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, ::testing::HasSubstr("syntax error"));
  ASSERT_TRUE(parsed.error().position);
  EXPECT_EQ(parsed.error().position->line, 2);
  EXPECT_EQ(parsed.error().position->column, 7);
}

}  // namespace
}  // namespace gossamer::executors
