// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <utility>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

using orchestration::Outcome;
using orchestration::RunState;
using orchestration::RunStatus;
using orchestration::StepStatus;
using orchestration::Transition;
using testing::HasSubstr;

class RunStoreSuite : public StoreSuite {
 protected:
  RunState load(const Transition& of) { return must(ports_.runs->load(of.run)); }
};

TEST_P(RunStoreSuite, ReadsBackARunAsItWasMade) {
  Transition made = sample_.created();
  orchestration::RunHeader& run = made.after_run;
  run.params = {{"horizon", 7}, {"text", "größer \" \n"}};
  run.cause = {.kind = "trigger", .parent = sample_.id<RunId>(), .detail = "step x"};
  run.request_key = "schedule/bike/1";
  run.pins = {.catalog = 3, .settings = {{"demand.horizon", 7}}};
  run.priority = -5;
  run.lane = orchestration::Lane::backfill;
  run.recovers = true;
  run.cancel_requested_at = sample_.now();
  run.deadline_at = sample_.now();
  commit({made});
  restart();

  const RunState read = load(made);
  EXPECT_EQ(read.id, run.id);
  EXPECT_EQ(read.definition->digest, run.definition->digest);
  EXPECT_EQ(read.pipeline->name, "bike");
  EXPECT_EQ(read.partition, run.partition);
  EXPECT_EQ(read.status, RunStatus::queued);
  EXPECT_EQ(read.revision, 1U);
  EXPECT_EQ(read.params, run.params);
  EXPECT_EQ(read.starter.name, "ana");
  EXPECT_FALSE(read.starter.verified);
  EXPECT_EQ(read.starter.channel, "cli");
  EXPECT_EQ(read.applier, "ben");
  EXPECT_EQ(read.cause.kind, "trigger");
  EXPECT_EQ(read.cause.parent, run.cause.parent);
  EXPECT_EQ(read.cause.detail, "step x");
  EXPECT_EQ(read.request_key, "schedule/bike/1");
  EXPECT_EQ(read.pins.catalog, 3U);
  EXPECT_EQ(read.pins.settings, run.pins.settings);
  EXPECT_EQ(read.priority, -5);
  EXPECT_EQ(read.lane, orchestration::Lane::backfill);
  EXPECT_TRUE(read.recovers);
  EXPECT_EQ(read.cancel_requested_at, run.cancel_requested_at);
  EXPECT_EQ(read.deadline_at, run.deadline_at);
  EXPECT_EQ(read.created_at, run.created_at);
  EXPECT_FALSE(read.started_at);
  ASSERT_EQ(read.steps.size(), 4U);
  EXPECT_EQ(read.steps[2].size(), 1U);
  EXPECT_EQ(read.index.totals.open, 4);
}

TEST_P(RunStoreSuite, ReadsBackAStepAsItWasWritten) {
  Transition made = sample_.created();
  orchestration::StepState& row = made.steps[Sample::train];
  row.each = {{"country", "jp"}};
  row.status = StepStatus::waiting_to_retry;
  row.outcome = Outcome::failed_criteria;
  row.left_out = true;
  row.generation = 2;
  row.attempts = 3;
  row.open_dependencies = 1;
  row.attempt = sample_.id<AttemptId>();
  row.gate = sample_.id<GateId>();
  row.stop_requested = orchestration::StopReason::timeout;
  row.wake_at = sample_.tick();
  row.deadline_at = sample_.tick();
  row.pins = {{"bike@champion", nullptr}, {"bike@old", 3}};
  row.result.outputs = {{"version", "bike/4"}};
  row.result.publications = {sample_.current("features.bike", "day=2026-11-22")};
  row.result.model = sample_.model("bike", 4);
  row.result.report = {{"rmse", 0.1}};
  row.result.rows = 12;
  row.failure = orchestration::Failure{.failure = orchestration::FailureClass::exit_code,
                                       .message = "killed",
                                       .exit_code = 137,
                                       .signal = 9};
  row.queued_at = sample_.tick();
  row.started_at = sample_.tick();
  row.finished_at = sample_.tick();
  commit({made});
  restart();

  const orchestration::StepState read = load(made).steps[Sample::train].at(0);
  EXPECT_EQ(read.step, row.step);
  EXPECT_EQ(read.each, row.each);
  EXPECT_EQ(read.status, row.status);
  EXPECT_EQ(read.outcome, row.outcome);
  EXPECT_EQ(read.left_out, row.left_out);
  EXPECT_EQ(read.generation, row.generation);
  EXPECT_EQ(read.attempts, row.attempts);
  EXPECT_EQ(read.open_dependencies, row.open_dependencies);
  EXPECT_EQ(read.attempt, row.attempt);
  EXPECT_EQ(read.gate, row.gate);
  EXPECT_EQ(read.stop_requested, row.stop_requested);
  EXPECT_EQ(read.wake_at, row.wake_at);
  EXPECT_EQ(read.deadline_at, row.deadline_at);
  EXPECT_EQ(read.pins, row.pins);
  EXPECT_EQ(orchestration::to_json(read.result), orchestration::to_json(row.result));
  ASSERT_TRUE(read.failure);
  EXPECT_EQ(orchestration::to_json(*read.failure), orchestration::to_json(*row.failure));
  EXPECT_EQ(read.queued_at, row.queued_at);
  EXPECT_EQ(read.started_at, row.started_at);
  EXPECT_EQ(read.finished_at, row.finished_at);
}

TEST_P(RunStoreSuite, ChangesOnlyTheRowsThatATransitionLists) {
  const Transition made = sample_.created();
  commit({made});
  Transition moved = sample_.next(made);
  moved.after_run.status = RunStatus::running;
  moved.after_run.started_at = sample_.now();
  moved.after_run.params = {{"rounds", 5}};
  orchestration::StepState row = Sample::step_row(Sample::train);
  row.status = StepStatus::queued;
  moved.steps = {row};
  commit({moved});

  const RunState read = load(made);
  EXPECT_EQ(read.revision, 2U);
  EXPECT_EQ(read.status, RunStatus::running);
  EXPECT_EQ(read.params, moved.after_run.params);
  EXPECT_EQ(read.steps[Sample::train][0].status, StepStatus::queued);
  EXPECT_EQ(read.steps[Sample::features][0].status, StepStatus::pending);
}

TEST_P(RunStoreSuite, NestsInstancesInTheirOrder) {
  const Transition made = sample_.created();
  commit({made});
  Transition fanned = sample_.next(made);
  for (const int instance : {2, 0, 11, 1, 3, 4, 5, 6, 7, 8, 9, 10}) {
    orchestration::StepState row = Sample::step_row(Sample::fan_out, instance);
    row.each = instance;
    fanned.steps.push_back(row);
  }
  commit({fanned});
  const RunState read = load(made);
  ASSERT_EQ(read.steps[Sample::fan_out].size(), 12U);
  for (int instance = 0; instance < 12; ++instance) {
    EXPECT_EQ(read.steps[Sample::fan_out][static_cast<std::size_t>(instance)].each, instance);
  }
}

TEST_P(RunStoreSuite, RefusesAMoveFromAnOldRevisionAndSaysSo) {
  const Transition made = sample_.created();
  const Transition first = sample_.next(made);
  commit({made, first});
  Transition late = sample_.next(made);
  late.after_run.status = RunStatus::failed;
  late.after_run.finished_at = sample_.now();
  const Error error = refused({late});
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.describe(), HasSubstr(made.run.value()));
  EXPECT_EQ(load(made).status, RunStatus::queued);
  EXPECT_EQ(load(made).revision, 2U);
}

TEST_P(RunStoreSuite, RefusesAMoveOfARunThatDoesNotExist) {
  const Transition never = sample_.created();
  EXPECT_FALSE(ports_.runs->commit(std::array{sample_.next(never)}, {}));
}

TEST_P(RunStoreSuite, RefusesToMakeARunTwice) {
  const Transition made = sample_.created();
  commit({made});
  EXPECT_EQ(refused({made}).kind, ErrorKind::conflict);
}

TEST_P(RunStoreSuite, TakesManyTransitionsAtOnceSomeOfTheSameRun) {
  const Transition first = sample_.created("2026-11-20");
  const Transition second = sample_.created("2026-11-21");
  const Transition moved = sample_.next(first);
  const Transition again = sample_.next(moved);
  commit({first, second, moved, again});
  EXPECT_EQ(load(first).revision, 3U);
  EXPECT_EQ(load(second).revision, 1U);
}

TEST_P(RunStoreSuite, LosesNothingToOneTransitionThatCannotBe) {
  const Transition good = sample_.created("2026-11-20");
  Transition bad = sample_.created("2026-11-21");
  Transition better = sample_.created("2026-11-22");
  bad.expected_revision = 5;
  better.effects = {Sample::effect("better")};
  better.audit = {Sample::note("run.start", better.run.value())};
  EXPECT_FALSE(ports_.runs->commit(std::array{good, bad, better}, {}));
  EXPECT_EQ(failure(ports_.runs->load(good.run)).kind, ErrorKind::not_found);
  EXPECT_TRUE(must(ports_.runs->outbox(0)).empty());

  commit({good});
  EXPECT_FALSE(ports_.runs->commit(std::array{bad}, {}));
  commit({better});
  EXPECT_EQ(must(ports_.runs->load_open()).size(), 2U);
  EXPECT_EQ(must(ports_.runs->outbox(0)).size(), 1U);
}

TEST_P(RunStoreSuite, MakesOneRunForARequestHoweverOftenItIsAsked) {
  Transition made = sample_.created();
  made.after_run.request_key = "trigger/1";
  commit({made});
  Transition again = sample_.created();
  again.after_run.request_key = "trigger/1";
  const Error error = refused({again});
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.describe(), HasSubstr("trigger/1"));
  EXPECT_EQ(must(ports_.runs->created_by("trigger/1")), made.run);
  EXPECT_EQ(must(ports_.runs->created_by("trigger/2")), std::nullopt);
  // Without a request every run stands for itself.
  commit({sample_.created(), sample_.created()});
  EXPECT_EQ(must(ports_.runs->created_by("")), std::nullopt);
}

TEST_P(RunStoreSuite, LoadsRunsThatAreNotFinalOldestFirst) {
  const Transition first = sample_.created("2026-11-20");
  const Transition second = sample_.created("2026-11-21");
  const Transition third = sample_.created("2026-11-22");
  commit({first, second, third});
  commit({sample_.finished(second)});
  restart();
  const auto open = must(ports_.runs->load_open());
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].id, first.run);
  EXPECT_EQ(open[1].id, third.run);
  EXPECT_EQ(open[1].index.totals.open, 4);
  EXPECT_EQ(load(second).status, RunStatus::succeeded);
  EXPECT_EQ(failure(ports_.runs->load(sample_.id<RunId>())).kind, ErrorKind::not_found);
}

TEST_P(RunStoreSuite, OpensAFinishedRunAgain) {
  const Transition made = sample_.created();
  const Transition ended = sample_.finished(made);
  commit({made, ended});
  Transition retried = sample_.next(ended);
  retried.after_run.status = RunStatus::queued;
  retried.after_run.finished_at = std::nullopt;
  commit({retried});
  EXPECT_EQ(must(ports_.runs->load_open()).size(), 1U);
}

TEST_P(RunStoreSuite, KeepsGatesWithTheRunThatTheyBelongTo) {
  Transition made = sample_.created();
  approval::Gate open = sample_.gate(made);
  approval::Gate closed = sample_.gate(made);
  closed.status = approval::GateStatus::withdrawn;
  closed.closed_at = sample_.now();
  made.gates = {open, closed};
  commit({made});
  Transition voted = sample_.next(made);
  open.votes = {sample_.vote(open, "ben", approval::Answer::approve)};
  voted.gates = {open};
  commit({voted});
  restart();
  const RunState read = load(made);
  ASSERT_EQ(read.gates.size(), 1U);
  EXPECT_EQ(read.gates[0].id, open.id);
  ASSERT_EQ(read.gates[0].votes.size(), 1U);
  EXPECT_EQ(read.gates[0].votes[0].by, "ben");
}

TEST_P(RunStoreSuite, IsContentWithNothingToDo) {
  must(ports_.runs->commit({}, {}));
  EXPECT_TRUE(must(ports_.runs->load_open()).empty());
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RunStoreSuite);

}  // namespace gossamer::store::conformance
