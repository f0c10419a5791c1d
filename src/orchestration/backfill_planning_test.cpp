// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestration/backfill.hpp"

namespace gossamer::orchestration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

release::PartitionKey key_of(const std::string& text) {
  return release::PartitionKey::parse(text).value_or(release::PartitionKey{});
}

pipeline::Pipeline daily() {
  pipeline::Pipeline made;
  made.name = "p";
  made.partitions.calendar =
      pipeline::CalendarDimension{pipeline::Every::day, "Asia/Tokyo", "2026-11-01"};
  return made;
}

PlanningView view_of(const pipeline::Pipeline& pipeline) {
  return PlanningView{
      pipeline,      parse_instant("2026-11-10T00:00:00Z").value_or(Instant{}), {}, {}, {}, {},
      Json::object()};
}

PartitionFacts made(const std::string& key, RunStatus newest) {
  PartitionFacts facts;
  facts.partition = key_of(key);
  facts.newest = newest;
  if (newest == RunStatus::succeeded) {
    facts.made_by = RunId::parse("run_0190a1b2-0000-7000-8000-000000000000").value_or(RunId());
    facts.definition = digest_of("then");
  }
  return facts;
}

std::vector<std::string> names_in(const std::vector<BackfillRow>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows)
    names.push_back(row.partition.text());
  return names;
}

TEST(PlannedPartitions, HaveEveryCategoryOfEachDay) {
  auto pipeline = daily();
  pipeline.partitions.categories = {{"country", {"us", "jp"}}};
  auto view = view_of(pipeline);
  view.facts = {made("day=2026-11-02/country=us", RunStatus::succeeded)};
  BackfillRequest request;
  request.from = "2026-11-02";
  request.to = "2026-11-03";
  const auto planned = planned_partitions(request, view);
  ASSERT_TRUE(planned) << planned.error().describe();
  EXPECT_THAT(names_in(planned->rows),
              ElementsAre("day=2026-11-02/country=jp", "day=2026-11-03/country=us",
                          "day=2026-11-03/country=jp"));
  EXPECT_EQ(planned->rows.front().ordinal, 1);
  EXPECT_EQ(planned->first, "2026-11-02");
  EXPECT_EQ(planned->last, "2026-11-03");
}

// The order of a table's keys is the table's own.
TEST(PlannedPartitions, FindWhatIsWrittenWhateverTheOrderOfItsKeys) {
  auto pipeline = daily();
  pipeline.partitions.categories = {{"country", {"us"}}};
  auto view = view_of(pipeline);
  view.facts = {made("day=2026-11-02/country=us", RunStatus::succeeded),
                made("day=2026-11-03/country=us", RunStatus::succeeded)};
  view.written = {{key_of("country=us/day=2026-11-02")}};
  BackfillRequest request;
  request.from = "2026-11-02";
  request.to = "2026-11-03";
  const auto planned = planned_partitions(request, view);
  ASSERT_TRUE(planned) << planned.error().describe();
  EXPECT_THAT(names_in(planned->rows), ElementsAre("day=2026-11-03/country=us"));
}

TEST(PlannedPartitions, NeedABeginning) {
  auto pipeline = daily();
  pipeline.partitions.calendar->start.clear();
  const auto view = view_of(pipeline);
  BackfillRequest request;
  request.pipeline = "p";
  const auto refused = planned_partitions(request, view);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("say with --from where the backfill begins"));
}

// A version that nobody asks for any more is told as what it was.
TEST(PlannedPartitions, SayWhatIsStale) {
  const auto pipeline = daily();
  auto view = view_of(pipeline);
  view.facts = {made("day=2026-11-01", RunStatus::succeeded),
                made("day=2026-11-02", RunStatus::succeeded),
                made("day=2026-11-03", RunStatus::failed)};
  view.same_code = {digest_of("then")};
  view.versions = {{key_of("day=2026-11-01"), {{"m@champion", nullptr}, {"other@x", 3}}},
                   {key_of("day=2026-11-02"), {{"m@champion", 2}}}};
  view.aliases = {{"m@champion", 2}, {"other@x", 3}};
  BackfillRequest request;
  request.reprocess = {Reprocess::stale};
  const auto planned = planned_partitions(request, view);
  ASSERT_TRUE(planned) << planned.error().describe();
  ASSERT_THAT(names_in(planned->rows), ElementsAre("day=2026-11-01"));
  EXPECT_EQ(planned->rows.front().detail, "made with no version of m@champion, which is 2 now");
}

pipeline::Step writing(const std::string& table, std::size_t behind,
                       pipeline::Condition condition) {
  pipeline::Step step;
  step.output = pipeline::Output{table, pipeline::ReleaseMode::automatic, {}};
  if (behind > 0) step.dependencies = {{behind - 1, condition}};
  return step;
}

TEST(TablesWritten, AreThoseOfEveryRunThatSucceeds) {
  pipeline::Pipeline pipeline;
  pipeline.steps.push_back(writing("always", 0, pipeline::Condition::succeeded));
  pipeline.steps.push_back(writing("behind_it", 1, pipeline::Condition::succeeded));
  pipeline.steps.push_back(writing("if_approved", 1, pipeline::Condition::approved));
  pipeline.steps.push_back(writing("behind_that", 3, pipeline::Condition::succeeded));
  pipeline.steps.push_back(writing("held", 1, pipeline::Condition::succeeded));
  pipeline.steps.back().output->release = pipeline::ReleaseMode::manual;
  pipeline.steps.push_back(writing("by_country", 1, pipeline::Condition::succeeded));
  pipeline.steps.back().foreach = pipeline::ForEach{};
  EXPECT_THAT(tables_written(pipeline), ElementsAre("always", "behind_it"));
}

TEST(SameCode, IsTheSameStepsWithTheSameDeclarations) {
  pipeline::Pipeline one;
  one.steps.resize(2);
  one.steps[1].name = "b";
  one.steps[1].digest = digest_of("b");
  pipeline::Pipeline other = one;
  other.description = "says more";
  EXPECT_TRUE(is_same_code(one, other));
  other.steps[1].digest = digest_of("c");
  EXPECT_FALSE(is_same_code(one, other));
  other = one;
  other.steps.pop_back();
  EXPECT_FALSE(is_same_code(one, other));
}

TEST(Difference, TellsEachKindWithAnExample) {
  const auto row = [](const std::string& day, Reprocess reason) {
    BackfillRow made_row;
    made_row.partition = key_of("day=" + day);
    made_row.reason = reason;
    return made_row;
  };
  const std::vector before{row("2026-11-01", Reprocess::missing),
                           row("2026-11-02", Reprocess::missing),
                           row("2026-11-03", Reprocess::missing)};
  const std::vector now{row("2026-11-02", Reprocess::failed), row("2026-11-04", Reprocess::missing),
                        row("2026-11-05", Reprocess::missing)};
  EXPECT_EQ(difference_between(before, before), "");
  const auto text = difference_between(before, now);
  EXPECT_THAT(text, HasSubstr("2 partitions (such as day=2026-11-01) need it no longer"));
  EXPECT_THAT(text, HasSubstr("2 partitions (such as day=2026-11-04) need it now"));
  EXPECT_THAT(text, HasSubstr("1 partition (such as day=2026-11-02) needs it for another reason"));
}

TEST(FailureRules, AreReadAsTheyAreWritten) {
  for (const char* text : {"stop", "continue", "pause-after:3"}) {
    const auto rule = parse_failure_rule(text);
    ASSERT_TRUE(rule) << text;
    EXPECT_EQ(text_of(*rule), text);
  }
  for (const char* text : {"", "Stop", "pause-after:", "pause-after:0", "pause-after:-1",
                           "pause-after:1000001", "pause-after:3x"}) {
    const auto rule = parse_failure_rule(text);
    ASSERT_FALSE(rule) << text;
    EXPECT_THAT(rule.error().message, HasSubstr("write stop, continue, or pause-after:3"));
  }
}

}  // namespace
}  // namespace gossamer::orchestration
