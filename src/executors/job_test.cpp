// SPDX-License-Identifier: Apache-2.0
#include "executors/job.hpp"

#include <gmock/gmock.h>

#include "base/json.hpp"

namespace gossamer::executors {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view attempt_text = "att_019abcde-0000-7000-8000-000000000001";
constexpr std::string_view run_text = "run_019abcde-0000-7000-8000-000000000002";

Job full_job() {
  Job job;
  job.attempt = *AttemptId::parse(attempt_text);
  job.run = *RunId::parse(run_text);
  job.pipeline = "p";
  job.step = "s";
  job.kind = "sql";
  job.folder = "/w/.gossamer/runs/r/s/a";
  job.timezone = "Asia/Tokyo";
  job.spec = {{"query", {{"text", "select 1"}}}};
  InputView view;
  view.name = "rentals";
  view.files = {{"/w/a.parquet", {{"day", "2011-01-03"}}}};
  view.columns = {{"hour", "TIMESTAMP WITH TIME ZONE"}};
  view.key_columns = {{"day", "DATE"}};
  view.time_column = "hour";
  view.until = *parse_instant("2011-01-10T00:00:00Z");
  job.views = {view};
  job.parameters = {{"partition", {{"type", "DATE"}, {"value", "2011-01-03"}}}};
  OutputTarget output;
  output.table = "features.bike";
  output.key.pairs = {{"week", "2011-01-03"}};
  output.key_columns = {{"week", "DATE"}};
  output.folder = "/w/warehouse/.data/features.bike/a/week=2011-01-03";
  output.checks = {{"row_count", {{"at_least", 10}}, pipeline::Severity::warn, {"p.yaml", 12, 9}}};
  output.unique = {"hour"};
  output.previous_schema = {{"cnt", "BIGINT"}};
  output.schema_may_change = true;
  output.visibility = release::Visibility::candidate;
  output.candidate = "held";
  job.output = output;
  job.models = {{"m@champion", "m", 3, "/w/.gossamer/models/3", digest_of("model")}};
  job.upstream = {{"train", {{"rows", 7}}}};
  job.facts = {{"starter", "ana"}};
  job.limits = {1'000'000, 2};
  return job;
}

TEST(Job, ComesBackFromJsonAsItWas) {
  const Json json = to_json(full_job());
  const auto read = job_from_json(json);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(to_json(*read), json);
  EXPECT_EQ(read->views[0].files[0].keys[0].second, "2011-01-03");
  EXPECT_FALSE(read->views[0].from);
  EXPECT_EQ(read->views[0].until, full_job().views[0].until);
  EXPECT_EQ(read->output->visibility, release::Visibility::candidate);
  EXPECT_EQ(read->output->checks[0].severity, pipeline::Severity::warn);
  EXPECT_EQ(read->output->checks[0].position, full_job().output->checks[0].position);
  EXPECT_EQ(read->models[0].digest, digest_of("model"));
  EXPECT_EQ(read->limits.memory_bytes, 1'000'000U);
}

TEST(Job, ACallHasNoAttemptNoRunAndNoOutput) {
  Job job;
  job.kind = "parse_sql";
  job.spec = "select 1";
  const auto read = job_from_json(to_json(job));
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_TRUE(read->attempt.empty());
  EXPECT_TRUE(read->run.empty());
  EXPECT_FALSE(read->output);
  EXPECT_EQ(read->spec, Json("select 1"));
}

struct Broken {
  std::string pointer;
  Json value;
  std::string says;
};

TEST(Job, SaysWhatIsWrongAndWhere) {
  const std::vector<Broken> cases{
      {"/schema", 2, "schema 2 is not known"},
      {"/attempt", "att_1", "att_"},
      {"/kind", 7, "kind"},
      {"/views/0/files/0/keys", {{"day"}}, "job.views[0].files[0].keys[0]"},
      {"/views/0/until", "tomorrow", "tomorrow"},
      {"/views", "none", "'views' is not a list"},
      {"/output/visibility", "hidden", "job.output: visibility 'hidden'"},
      {"/output/checks/0/severity", "fatal", "severity 'fatal'"},
      {"/models/0/digest", "md5:1", "md5:1"},
      {"/limits/threads", "two", "threads"}};
  for (const Broken& broken : cases) {
    Json json = to_json(full_job());
    json[Json::json_pointer(broken.pointer)] = broken.value;
    const auto read = job_from_json(json);
    ASSERT_FALSE(read) << broken.pointer;
    EXPECT_EQ(read.error().kind, ErrorKind::invalid_input) << broken.pointer;
    EXPECT_THAT(read.error().describe(), HasSubstr(broken.says)) << broken.pointer;
  }
}

}  // namespace
}  // namespace gossamer::executors
