// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <utility>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

using orchestration::RunStatus;
using orchestration::Transition;

class RunViewsSuite : public StoreSuite {};

TEST_P(RunViewsSuite, KeepsAttemptsAsTheyBeginAndEnd) {
  Transition made = sample_.created();
  orchestration::AttemptRow attempt;
  attempt.id = sample_.id<AttemptId>();
  attempt.run = made.run;
  attempt.step = "train";
  attempt.generation = 1;
  attempt.ordinal = 1;
  attempt.status = "running";
  attempt.started_at = sample_.tick();
  made.attempts = {attempt};
  commit({made});
  ASSERT_EQ(must(ports_.views->attempts(made.run)).size(), 1U);
  EXPECT_FALSE(must(ports_.views->attempts(made.run))[0].finished_at);

  Transition ended = sample_.next(made);
  attempt.status = "failed";
  attempt.finished_at = sample_.tick();
  attempt.failure = orchestration::Failure{.failure = orchestration::FailureClass::lost,
                                           .message = "gone",
                                           .exit_code = std::nullopt,
                                           .signal = std::nullopt};
  orchestration::AttemptRow second = attempt;
  second.id = sample_.id<AttemptId>();
  second.ordinal = 2;
  second.status = "running";
  second.finished_at = std::nullopt;
  second.failure = std::nullopt;
  ended.attempts = {attempt, second};
  commit({ended});

  const auto rows = must(ports_.views->attempts(made.run));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].id, attempt.id);
  EXPECT_EQ(rows[0].status, "failed");
  EXPECT_EQ(rows[0].finished_at, attempt.finished_at);
  ASSERT_TRUE(rows[0].failure);
  EXPECT_EQ(rows[0].failure->message, "gone");
  EXPECT_EQ(rows[1].ordinal, 2);
  EXPECT_EQ(rows[1].step, "train");
  EXPECT_EQ(rows[1].generation, 1);
}

TEST_P(RunViewsSuite, AppendsHistory) {
  Transition made = sample_.created();
  made.history.push_back({.at = sample_.now(),
                          .what = "step features: pending -> queued",
                          .cause = "run_started",
                          .actor = "",
                          .details = {{"slot", "sql"}}});
  const Transition moved = sample_.next(made);
  commit({made, moved});
  const auto entries = must(ports_.views->history(made.run));
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].what, "run: created");
  EXPECT_EQ(entries[0].actor, "ana");
  EXPECT_EQ(entries[1].details, made.history[1].details);
  EXPECT_EQ(entries[2].what, "run: moved");
  EXPECT_EQ(entries[2].at, moved.history[0].at);
  EXPECT_TRUE(must(ports_.views->history(sample_.id<RunId>())).empty());
}

TEST_P(RunViewsSuite, KeepsTimersAsTheyWereLeft) {
  EXPECT_TRUE(must(ports_.schedules->list()).empty());
  const orchestration::ScheduleState on{"train", true, sample_.tick(), "ana", sample_.tick()};
  must(ports_.schedules->put({"score", false, sample_.now(), "ben", sample_.now()}, {}));
  must(ports_.schedules->put(on, Sample::note("schedule.resume", "train")));
  orchestration::ScheduleState moved = on;
  moved.handled_until = sample_.tick();
  must(ports_.schedules->put(moved, {}));
  restart();
  const auto states = must(ports_.schedules->list());
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].pipeline, "score");
  EXPECT_FALSE(states[0].is_on);
  EXPECT_EQ(states[1].pipeline, "train");
  EXPECT_TRUE(states[1].is_on);
  EXPECT_EQ(states[1].handled_until, moved.handled_until);
  EXPECT_EQ(states[1].by, "ana");
  EXPECT_EQ(states[1].at, on.at);
}

TEST_P(RunViewsSuite, TellsTheNewestMomentOfWhatIsCurrent) {
  const auto publish = [&](const std::string& key, const std::string& newest, bool is_current) {
    Transition made = sample_.created();
    auto publication =
        is_current ? sample_.current("t", key, newest) : sample_.candidate("t", key, "bike/2");
    publication.content.facts = {{.name = "hour", .nulls = 0, .minimum = "", .maximum = newest}};
    made.publications = {std::move(publication)};
    commit({made});
  };
  const auto newest = [&](const std::string& table, const std::string& column) {
    return must(ports_.schedules->newest(table, column));
  };
  EXPECT_EQ(newest("t", "hour"), "");
  publish("day=2026-11-20", "2026-11-20 23:00:00", true);
  publish("day=2026-11-21", "2026-11-21 22:00:00", true);
  publish("day=2026-11-22", "2026-11-22 22:00:00", false);
  EXPECT_EQ(newest("t", "hour"), "2026-11-21 22:00:00");
  EXPECT_EQ(newest("t", "day"), "2026-11-21");
  EXPECT_EQ(newest("t", "other"), "");
}

TEST_P(RunViewsSuite, TellsWhichTablesChangedSinceWhen) {
  const auto publish = [&](const release::Publication& publication) {
    Transition made = sample_.created();
    made.publications = {publication};
    commit({made});
  };
  publish(sample_.current("t", "day=1", "a"));
  publish(sample_.current("u", "day=1", "a"));
  publish(sample_.candidate("u", "day=1", "bike/2"));
  publish(sample_.current("t", "day=2", "b"));
  using orchestration::CatalogVersions;
  EXPECT_EQ(must(ports_.schedules->updated_since(0)), (CatalogVersions{{"t", 3}, {"u", 2}}));
  EXPECT_EQ(must(ports_.schedules->updated_since(2)), (CatalogVersions{{"t", 3}}));
  EXPECT_TRUE(must(ports_.schedules->updated_since(3)).empty());

  must(ports_.schedules->put_updates_handled("p", 1));
  must(ports_.schedules->put_updates_handled("p", 3));
  restart();
  EXPECT_EQ(must(ports_.schedules->updates_handled()), (CatalogVersions{{"p", 3}}));
}

TEST_P(RunViewsSuite, ArchivesRunsThatEndedLongAgo) {
  const Transition old = sample_.created("2026-11-20");
  commit({old, sample_.finished(old)});
  const Instant between = sample_.tick();
  sample_.tick();
  const Transition young = sample_.created("2026-11-21");
  const Transition open = sample_.created("2026-11-22");
  commit({young, sample_.finished(young), open});
  EXPECT_EQ(must(ports_.runs->archive(between, 10)), 1U);
  EXPECT_EQ(must(ports_.runs->archive(between, 10)), 0U) << "once is enough";
  restart();
  const Error gone = failure(ports_.runs->load(old.run));
  EXPECT_EQ(gone.kind, ErrorKind::not_found);
  EXPECT_THAT(gone.message, testing::HasSubstr("moved out of"));
  EXPECT_TRUE(must(ports_.views->history(old.run)).empty());
  EXPECT_EQ(must(ports_.views->list({})).size(), 3U) << "its own row stays";
  EXPECT_FALSE(must(ports_.views->history(young.run)).empty());
  EXPECT_EQ(must(ports_.runs->load(young.run)).id, young.run);
  EXPECT_EQ(must(ports_.runs->archive(sample_.tick(), 10)), 1U);
  EXPECT_EQ(must(ports_.runs->load_open()).size(), 1U) << "what is open stays, however old";
}

TEST_P(RunViewsSuite, ListsRunsNewestFirstAndFiltered) {
  std::vector<Transition> made;
  for (int day = 10; day < 15; ++day)
    made.push_back(sample_.created("2026-11-" + std::to_string(day)));
  made[0].after_run.model = "bike/2";
  Transition other = sample_.created("2026-11-14");
  other.after_run.pipeline = std::shared_ptr<const pipeline::Pipeline>(
      other.after_run.definition, &other.after_run.definition->pipelines.at("other"));
  made.push_back(other);
  commit(made);
  commit({sample_.finished(made[1])});

  const auto ids = [&](const orchestration::RunFilter& filter) {
    std::vector<RunId> found;
    for (const auto& run : must(ports_.views->list(filter)))
      found.push_back(run.id);
    return found;
  };
  orchestration::RunFilter filter;
  EXPECT_EQ(ids(filter).size(), 6U);
  EXPECT_EQ(ids(filter).front(), other.run);
  filter.limit = 2;
  EXPECT_EQ(ids(filter), (std::vector<RunId>{other.run, made[4].run}));
  filter.before = made[4].run;
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[3].run, made[2].run}));
  filter.pipeline = "bike";
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[3].run, made[2].run}));
  filter.partition = made[0].after_run.partition;
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[0].run}));
  filter.partition = std::nullopt;
  filter.before = made[0].run;
  EXPECT_TRUE(ids(filter).empty());
  filter.before = std::nullopt;
  filter.limit = 50;
  filter.pipeline = "other";
  EXPECT_EQ(ids(filter), (std::vector<RunId>{other.run}));
  filter.pipeline = "bike";
  filter.status = RunStatus::succeeded;
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[1].run}));
  filter.status = std::nullopt;
  filter.partition = made[4].after_run.partition;
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[4].run}));
  filter.pipeline = "";
  EXPECT_EQ(ids(filter), (std::vector<RunId>{other.run, made[4].run}));
  filter.pipeline = "none";
  EXPECT_TRUE(ids(filter).empty());
  filter = orchestration::RunFilter();
  filter.model = "bike/2";
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[0].run}));
  filter.pipeline = "bike";
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[0].run}));
  filter.partition = made[0].after_run.partition;
  EXPECT_EQ(ids(filter), (std::vector<RunId>{made[0].run}));
  filter.model = "";
  EXPECT_TRUE(ids(filter).empty());

  const auto rows = must(ports_.views->list(orchestration::RunFilter()));
  EXPECT_EQ(rows.back().pipeline, "bike");
  EXPECT_EQ(rows.back().partition.text(), "day=2026-11-10");
  EXPECT_EQ(rows.back().starter, "ana");
  EXPECT_EQ(rows.back().cause.kind, "command");
  EXPECT_EQ(rows.back().created_at, made[0].after_run.created_at);
  EXPECT_EQ(rows.back().model, "bike/2");
  EXPECT_EQ(must(ports_.runs->load(made[0].run)).model, "bike/2");
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RunViewsSuite);

// What is still to be done outside.
class OutboxSuite : public StoreSuite {};

TEST_P(OutboxSuite, KeepsEffectsInOrderUntilAcknowledged) {
  Transition first = sample_.created("2026-11-20");
  Transition second = sample_.created("2026-11-21");
  first.effects = {Sample::effect("a/1"), Sample::effect("a/2")};
  second.effects = {{.key = "b/1",
                     .body = orchestration::StartAttempt{
                         .attempt = sample_.id<AttemptId>(), .step = 1, .instance = 2}}};
  commit({first, second});
  restart();

  auto waiting = must(ports_.runs->outbox(0));
  ASSERT_EQ(waiting.size(), 3U);
  EXPECT_EQ(waiting[0].effect.key, "a/1");
  EXPECT_EQ(waiting[0].run, first.run);
  EXPECT_EQ(waiting[1].effect.key, "a/2");
  EXPECT_EQ(orchestration::to_json(waiting[2].effect), orchestration::to_json(second.effects[0]));
  EXPECT_LT(waiting[0].id, waiting[1].id);

  const std::array done{waiting[0].id, waiting[2].id};
  must(ports_.runs->commit({}, done));
  must(ports_.runs->commit({}, done));
  const std::int64_t last = waiting[2].id;
  waiting = must(ports_.runs->outbox(0));
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].effect.key, "a/2");
  EXPECT_TRUE(must(ports_.runs->outbox(waiting[0].id)).empty());

  // An id is never used again: a late acknowledgement must not hit another effect.
  must(ports_.runs->commit({}, std::array{waiting[0].id}));
  Transition third = sample_.created("2026-11-22");
  third.effects = {Sample::effect("c/1")};
  commit({third});
  EXPECT_GT(must(ports_.runs->outbox(0)).at(0).id, last);
}

TEST_P(OutboxSuite, AcknowledgesTogetherWithWhatFollows) {
  Transition first = sample_.created();
  first.effects = {Sample::effect("one")};
  commit({first});
  const std::array done{must(ports_.runs->outbox(0)).at(0).id};
  Transition second = sample_.next(first);
  second.effects = {Sample::effect("two")};
  // Nothing is acknowledged where the transition that follows cannot be.
  Transition bad = second;
  bad.expected_revision = 9;
  EXPECT_FALSE(ports_.runs->commit(std::array{bad}, done));
  EXPECT_EQ(must(ports_.runs->outbox(0)).at(0).effect.key, "one");
  must(ports_.runs->commit(std::array{second}, done));
  const auto waiting = must(ports_.runs->outbox(0));
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].effect.key, "two");
}

TEST_P(OutboxSuite, RefusesAnEffectWhoseKeyWaitsAlready) {
  Transition first = sample_.created("2026-11-20");
  first.effects = {Sample::effect("same")};
  commit({first});
  Transition second = sample_.created("2026-11-21");
  second.effects = {Sample::effect("same")};
  EXPECT_EQ(refused({second}).kind, ErrorKind::conflict);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OutboxSuite);

}  // namespace gossamer::store::conformance
