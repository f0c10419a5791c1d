// SPDX-License-Identifier: Apache-2.0
#include "orchestration/transition.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "base/clock.hpp"
#include "orchestration/fakes/definitions.hpp"
#include "orchestration/rules.hpp"

namespace gossamer::orchestration {
namespace {

using fakes::definition_of;
using testing::IsEmpty;
using testing::SizeIs;

class TransitionTest : public testing::Test {
 protected:
  ManualClock clock_{parse_instant("2026-11-22T12:00:00Z").value()};
  std::unique_ptr<IdSource> ids_ = seeded_ids(clock_, 3);

  RunState run(const std::string& pipeline) {
    return fakes::run_of(definition_of({pipeline}), *ids_, clock_.now());
  }
  RunState after(const RunState& run, const Event& event) {
    return apply(run, advance(run, event, clock_.now()));
  }
  StepGranted grant(std::size_t step, int instance = 0) {
    return StepGranted{step, instance, AttemptId::make(*ids_), Json::object(), ""};
  }
  static AttemptFinished success(const RunState& run, std::size_t step, int instance = 0) {
    AttemptFinished event{step, instance, {}, {}, {}};
    event.result.attempt = *run.steps[step][static_cast<std::size_t>(instance)].attempt;
    return event;
  }
};

constexpr std::string_view chain = R"(pipeline: p
steps:
  a: { command: { argv: ["./a"] } }
  b: { after: a, command: { argv: ["./b"] } }
)";

constexpr std::string_view wide = R"(pipeline: p
steps:
  list: { command: { argv: ["./list"] } }
  each: { foreach: { n: "${steps.list.outputs.all}" }, command: { argv: ["./a"] } }
  last: { after: each, none: {} }
)";

TEST_F(TransitionTest, TheSameInputsGiveTheSameAnswer) {
  const RunState started = after(run(std::string(chain)), RunStarted{});
  const Event event = grant(0);
  const Transition first = advance(started, event, clock_.now());
  clock_.advance(std::chrono::hours(1));
  const Transition again = advance(started, event, clock_.now() - std::chrono::hours(1));
  ASSERT_THAT(first.effects, SizeIs(1));
  EXPECT_EQ(to_json(first.effects[0]), to_json(again.effects[0]));
  EXPECT_EQ(first.after_run.revision, again.after_run.revision);
  ASSERT_THAT(first.history, SizeIs(again.history.size()));
  for (std::size_t i = 0; i < first.history.size(); ++i) {
    EXPECT_EQ(first.history[i].what, again.history[i].what);
    EXPECT_EQ(first.history[i].at, again.history[i].at);
  }
}

TEST_F(TransitionTest, WhatComesTwiceOrTooLateChangesNothing) {
  RunState state = after(run(std::string(chain)), RunStarted{});
  EXPECT_TRUE(advance(state, RunStarted{}, clock_.now()).empty());
  EXPECT_TRUE(advance(state, grant(1), clock_.now()).empty()) << "b waits for a";
  state = after(state, grant(0));
  const AttemptFinished finished = success(state, 0);
  EXPECT_TRUE(advance(state, grant(0), clock_.now()).empty()) << "it has its slot";
  state = after(state, finished);
  EXPECT_TRUE(advance(state, finished, clock_.now()).empty());
  EXPECT_TRUE(advance(state, TimePassed{0, 0}, clock_.now()).empty());
  AttemptFinished stranger = finished;
  stranger.step = 1;
  state = after(state, grant(1));
  EXPECT_TRUE(advance(state, stranger, clock_.now()).empty()) << "another attempt's result";
}

TEST_F(TransitionTest, EffectsHaveKeysOfTheirOwn) {
  RunState state = run(std::string(chain));
  std::vector<std::string> keys;
  const auto play = [&](const Event& event) {
    const Transition transition = advance(state, event, clock_.now());
    for (const auto& effect : transition.effects)
      keys.push_back(effect.key);
    state = apply(state, transition);
  };
  play(RunStarted{});
  play(grant(0));
  play(success(state, 0));
  play(grant(1));
  play(success(state, 1));
  EXPECT_EQ(state.status, RunStatus::succeeded);
  EXPECT_THAT(keys, SizeIs(3)) << "two starts, and the word to those that follow";
  std::ranges::sort(keys);
  EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
}

// A transition lists what it changes and nothing else, whatever the size of the run.
TEST_F(TransitionTest, CostsWhatItTouches) {
  constexpr int count = 10'000;
  RunState state = after(run(std::string(wide)), RunStarted{});
  state = after(state, grant(0));
  AttemptFinished listed = success(state, 0);
  std::vector<int> all(count);
  std::iota(all.begin(), all.end(), 0);
  listed.result.result.outputs["all"] = all;
  const Transition expanded = advance(state, listed, clock_.now());
  EXPECT_THAT(expanded.steps, SizeIs(count + 1)) << "each instance once, and the list";
  EXPECT_LT(expanded.history.size(), 10U);
  state = apply(std::move(state), expanded);
  EXPECT_EQ(state.index.totals.active, count);
  for (int instance = 0; instance < count; ++instance) {
    const Transition granted = advance(state, grant(1, instance), clock_.now());
    ASSERT_THAT(granted.steps, SizeIs(1));
    state = apply(std::move(state), granted);
    const Transition done = advance(state, success(state, 1, instance), clock_.now());
    ASSERT_THAT(done.steps, SizeIs(instance + 1 < count ? 1 : 2));
    state = apply(std::move(state), done);
  }
  EXPECT_EQ(state.status, RunStatus::succeeded);
}

// The index that `apply` keeps up to date is the one that the rows give.
TEST_F(TransitionTest, KeepsTheIndexThatTheRowsGive) {
  RunState state = run(std::string(wide));
  const auto check = [&] {
    const RunState anew = derived(state);
    EXPECT_EQ(state.index.open_instances, anew.index.open_instances);
    EXPECT_EQ(state.index.totals.open, anew.index.totals.open);
    EXPECT_EQ(state.index.totals.active, anew.index.totals.active);
    EXPECT_EQ(state.index.totals.waiting, anew.index.totals.waiting);
    EXPECT_EQ(state.index.totals.failed, anew.index.totals.failed);
  };
  check();
  state = after(state, RunStarted{});
  state = after(state, grant(0));
  check();
  AttemptFinished listed = success(state, 0);
  listed.result.result.outputs["all"] = {1, 2, 3};
  state = after(state, listed);
  check();
  state = after(state, grant(1, 1));
  AttemptFinished failed = success(state, 1, 1);
  failed.result.status = AttemptStatus::failed;
  state = after(state, failed);
  check();
  state = after(state, CancelRequested{Actor{"sam", true, "cli"}, ""});
  check();
  EXPECT_EQ(state.status, RunStatus::cancelled);
  state = after(state, RetryRequested{Actor{"sam", true, "cli"}, {}, {}});
  check();
  EXPECT_EQ(state.status, RunStatus::queued);
}

TEST_F(TransitionTest, FailuresAreRepeatedAsDeclared) {
  pipeline::Retries retries;
  retries.attempts = 3;
  retries.retry_on = {"unavailable", "exit:75", "invalid_input", "cancelled"};
  const auto may = [&](FailureClass failure, std::optional<int> code = {}, int attempts = 1) {
    return rules::may_retry(retries, Failure{failure, "", code, {}}, attempts);
  };
  EXPECT_TRUE(may(FailureClass::unavailable));
  EXPECT_FALSE(may(FailureClass::lost));
  EXPECT_TRUE(may(FailureClass::exit_code, 75));
  EXPECT_FALSE(may(FailureClass::exit_code, 1));
  EXPECT_FALSE(may(FailureClass::unavailable, {}, 3)) << "the first counts";
  EXPECT_FALSE(may(FailureClass::invalid_input)) << "whatever the file says";
  EXPECT_FALSE(may(FailureClass::cancelled));
}

TEST_F(TransitionTest, PausesDoubleUpToTheirLimitAndNeverOverflow) {
  pipeline::Retries retries;
  retries.backoff = std::chrono::seconds(30);
  retries.max_backoff = std::chrono::minutes(10);
  EXPECT_EQ(rules::backoff_after(retries, 1), std::chrono::seconds(30));
  EXPECT_EQ(rules::backoff_after(retries, 2), std::chrono::seconds(60));
  EXPECT_EQ(rules::backoff_after(retries, 5), std::chrono::seconds(480));
  EXPECT_EQ(rules::backoff_after(retries, 6), std::chrono::minutes(10));
  EXPECT_EQ(rules::backoff_after(retries, 1'000'000), std::chrono::minutes(10));
  retries.backoff = Duration::zero();
  EXPECT_EQ(rules::backoff_after(retries, 1'000'000), Duration::zero());
}

TEST_F(TransitionTest, EffectsAreReadBackAsTheyWereWritten) {
  const RunId run = RunId::make(*ids_);
  const release::PartitionKey key{{{"day", "2026-11-22"}}};
  const Cause cause{"trigger", run, "step go"};
  const std::vector<EffectBody> bodies{StartAttempt{AttemptId::make(*ids_), 3, 7},
                                       StopAttempt{AttemptId::make(*ids_), StopReason::timeout},
                                       StartRun{"p", "q", key, "same", Json{{"n", 1}}, cause},
                                       StartFollowers{"p", key, cause},
                                       ProjectPartition{"t.a", key},
                                       Notify{"late", Json{{"slack", "#x"}}, Json{{"run", "r"}}}};
  for (const auto& body : bodies) {
    const Json written = to_json(Effect{"k/1/0", body});
    const auto read = effect_from_json(written);
    ASSERT_TRUE(read) << read.error().describe();
    EXPECT_EQ(to_json(*read), written);
    EXPECT_EQ(read->body.index(), body.index());
  }
  const auto broken = effect_from_json(Json{{"kind", "explode"}, {"key", "k"}});
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, testing::HasSubstr("explode"));
}

TEST_F(TransitionTest, AttemptResultsAreReadBackAndBrokenOnesRefused) {
  AttemptResult result;
  result.attempt = AttemptId::make(*ids_);
  result.status = AttemptStatus::failed;
  result.outcome = Outcome::none;
  result.failure = Failure{FailureClass::exit_code, "exit code 3", 3, std::nullopt};
  result.result.outputs["n"] = 5;
  result.result.rows = 12;
  result.started_at = clock_.now();
  const Json written = to_json(result);
  const auto read = attempt_result_from_json(written);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(to_json(*read), written);
  for (const char* key : {"attempt", "status", "outcome", "result"}) {
    Json cut = written;
    cut.erase(key);
    EXPECT_FALSE(attempt_result_from_json(cut)) << key;
    cut[key] = 17;
    EXPECT_FALSE(attempt_result_from_json(cut)) << key;
  }
}

}  // namespace
}  // namespace gossamer::orchestration
