// SPDX-License-Identifier: Apache-2.0
// Runs that the rules of orchestration move by chance, stored move by move: what is read back is
// what the rules say, and no move breaks a constraint of the tables. A seed replays.
#include <gmock/gmock.h>

#include <array>
#include <cstdlib>
#include <random>

#include "base/files.hpp"
#include "store/conformance/sample.hpp"
#include "store/sqlite/store.hpp"

namespace gossamer::store::sqlite {
namespace {

using conformance::must;
using conformance::Sample;
using orchestration::AttemptStatus;
using orchestration::Event;
using orchestration::RunState;
using orchestration::StepState;
using orchestration::StepStatus;
using orchestration::Transition;

pipeline::Step command(std::string name, std::vector<pipeline::Dependency> after) {
  pipeline::Step step;
  step.name = std::move(name);
  step.kind = pipeline::StepKind::command;
  step.body = pipeline::CommandStep{};
  step.dependencies = std::move(after);
  step.retries.attempts = 2;
  step.retries.backoff = std::chrono::seconds(1);
  step.timeout = std::chrono::minutes(1);
  return step;
}

// Two branches, three instances, a gate, and what follows either answer.
std::shared_ptr<const pipeline::Definition> walked_definition(
    const orchestration::StoredDefinition& stored) {
  using pipeline::Condition;
  auto definition = std::make_shared<pipeline::Definition>();
  definition->digest = stored.digest;
  definition->files = stored.files;
  pipeline::Pipeline& walk = definition->pipelines["walk"];
  walk.name = "walk";
  walk.deadline = std::chrono::hours(1);
  walk.steps = {command("features", {}),
                command("each", {{0, Condition::succeeded}}),
                command("train", {{0, Condition::succeeded}}),
                command("confirm", {{1, Condition::succeeded}, {2, Condition::any}}),
                command("use", {{3, Condition::approved}}),
                command("keep", {{3, Condition::rejected}})};
  walk.steps[0].output =
      pipeline::Output{.table = "t", .release = pipeline::ReleaseMode::automatic, .position = {}};
  walk.steps[1].foreach = pipeline::ForEach{.key = "n", .values = {1, 2, 3}, .list = {}};
  walk.steps[3].kind = pipeline::StepKind::approval;
  pipeline::ApprovalStep approval;
  approval.approvers.any_of = {"ana", "ben"};
  approval.approvers.count = 2;
  approval.expires = pipeline::Expiry{.after = std::chrono::hours(1), .calendar = ""};
  walk.steps[3].body = approval;
  return definition;
}

class Walk {
 public:
  Walk(Store& store, std::uint64_t seed)
      : store_(store), random_(seed), ids_(seeded_ids(clock_, seed)) {
    RunState fresh;
    fresh.id = RunId::make(*ids_);
    fresh.definition = walked_definition(Sample::stored_definition("walk"));
    fresh.pipeline = std::shared_ptr<const pipeline::Pipeline>(
        fresh.definition, &fresh.definition->pipelines.at("walk"));
    fresh.partition.pairs = {{"seed", std::to_string(seed)}};
    fresh.starter = {.name = "zoe", .verified = true, .channel = "cli"};
    fresh.cause.kind = "command";
    fresh.created_at = clock_.now();
    take(orchestration::create_run(fresh, clock_.now()), RunState());
    take(advance(state_, orchestration::RunStarted{.pins = {.catalog = 1'000'000}}, clock_.now()));
  }

  void go(int events) {
    for (int event = 0; event < events && !testing::Test::HasFailure(); ++event) {
      clock_.advance(std::chrono::seconds(random_() % 100 == 0 ? 4000 : random_() % 20));
      if (const auto next = some_event()) take(advance(state_, *next, clock_.now()));
    }
  }

  // Everything that is stored equals what the rules left.
  void compare() {
    const RunState read = must(store_.runs().load(state_.id));
    EXPECT_EQ(read.status, state_.status);
    EXPECT_EQ(read.revision, state_.revision);
    EXPECT_EQ(read.finished_at, state_.finished_at);
    EXPECT_EQ(read.deadline_at, state_.deadline_at);
    EXPECT_EQ(read.index.totals.open, state_.index.totals.open);
    EXPECT_EQ(read.index.totals.waiting, state_.index.totals.waiting);
    ASSERT_EQ(read.steps.size(), state_.steps.size());
    for (std::size_t step = 0; step < read.steps.size(); ++step) {
      ASSERT_EQ(read.steps[step].size(), state_.steps[step].size()) << step;
      for (std::size_t at = 0; at < read.steps[step].size(); ++at) {
        compare(read.steps[step][at], state_.steps[step][at]);
      }
    }
    ASSERT_EQ(read.gates.size(), state_.gates.size());
    for (std::size_t at = 0; at < read.gates.size(); ++at) {
      EXPECT_EQ(approval::to_json(read.gates[at]), approval::to_json(state_.gates[at]));
    }
  }

  [[nodiscard]] int moves() const { return moves_; }

 private:
  static void compare(const StepState& read, const StepState& kept) {
    EXPECT_EQ(read.status, kept.status);
    EXPECT_EQ(read.outcome, kept.outcome);
    EXPECT_EQ(read.generation, kept.generation);
    EXPECT_EQ(read.attempts, kept.attempts);
    EXPECT_EQ(read.open_dependencies, kept.open_dependencies);
    EXPECT_EQ(read.attempt, kept.attempt);
    EXPECT_EQ(read.gate, kept.gate);
    EXPECT_EQ(read.stop_requested, kept.stop_requested);
    EXPECT_EQ(read.wake_at, kept.wake_at);
    EXPECT_EQ(read.each, kept.each);
    EXPECT_EQ(orchestration::to_json(read.result), orchestration::to_json(kept.result));
    EXPECT_EQ(read.started_at, kept.started_at);
    EXPECT_EQ(read.finished_at, kept.finished_at);
  }

  void take(const Transition& transition) { take(transition, state_); }
  void take(const Transition& transition, const RunState& before) {
    if (transition.empty()) return;
    const auto stored = store_.runs().commit(std::array{transition}, {});
    ASSERT_TRUE(stored) << stored.error().describe();
    state_ = orchestration::apply(before, transition);
    ++moves_;
  }

  std::optional<Event> some_event() {
    if (state_.status == orchestration::RunStatus::queued) {
      return orchestration::RunStarted{.pins = {.catalog = 1'000'000}};
    }
    const std::size_t step = random_() % state_.steps.size();
    const std::size_t at = random_() % state_.steps[step].size();
    const StepState& row = state_.steps[step][at];
    const orchestration::Actor ana{.name = "ana", .verified = true, .channel = "cli"};
    const auto instance = static_cast<int>(at);
    switch (random_() % 150) {
      case 0:
        return orchestration::CancelRequested{.actor = ana, .reason = "enough"};
      case 1:
        return orchestration::RetryRequested{.actor = ana, .from = {}, .fresh_pins = {}};
      case 2:
        return orchestration::RetryRequested{.actor = ana, .from = {"train"}, .fresh_pins = {}};
      case 3:
        return orchestration::StepForced{
            .actor = ana, .step = state_.pipeline->steps[step].name, .reason = "it is fine"};
      case 4:
        return orchestration::TimePassed{};
      default:
        break;
    }
    if (row.status == StepStatus::queued) {
      return orchestration::StepGranted{
          .step = step, .instance = instance, .attempt = AttemptId::make(*ids_), .without = ""};
    }
    if (row.status == StepStatus::running) return finished(row);
    if (row.status == StepStatus::waiting_for_decision && !state_.gates.empty()) {
      if (random_() % 2 == 0) return voted(state_.gates.front());
    }
    return orchestration::TimePassed{.step = step, .instance = instance};
  }

  Event finished(const StepState& row) {
    orchestration::AttemptFinished event;
    event.step = row.step;
    event.instance = row.instance;
    event.result.attempt = *row.attempt;
    const auto chance = random_() % 10;
    const pipeline::Step& step = state_.pipeline->steps[row.step];
    if (chance < 2) {
      event.result.status = AttemptStatus::failed;
      event.result.outcome = orchestration::Outcome::none;
      event.result.failure = orchestration::Failure{
          .failure = chance == 0 ? orchestration::FailureClass::lost
                                 : orchestration::FailureClass::invalid_input,
          .message = "chance",
          .exit_code = {},
          .signal = {}};
    } else if (step.kind == pipeline::StepKind::approval) {
      event.gate = open_gate(step, row);
      event.result.evidence = event.gate->evidence;
    } else {
      event.result.result.outputs = {{"n", chance}};
      event.result.result.rows = chance;
    }
    return event;
  }

  approval::Gate open_gate(const pipeline::Step& step, const StepState& row) {
    approval::Gate gate;
    gate.id = GateId::make(*ids_);
    gate.run = state_.id;
    gate.pipeline = "walk";
    gate.partition = state_.partition.text();
    gate.step = step.name;
    gate.generation = row.generation;
    gate.evidence = digest_of(gate.id.value());
    gate.proposal = release::to_json(release::Switch());
    gate.kept = release::to_json(release::Switch());
    gate.policy = {.any_of = {"ana", "ben"}, .count = 2, .rejections = 1, .excluded = {}};
    gate.opened_at = clock_.now();
    gate.due_at = clock_.now() + std::chrono::hours(1);
    return gate;
  }

  std::optional<Event> voted(const approval::Gate& gate) {
    approval::Vote vote;
    vote.id = VoteId::make(*ids_);
    vote.by = random_() % 2 == 0 ? "ana" : "ben";
    constexpr std::array answers{approval::Answer::approve, approval::Answer::approve,
                                 approval::Answer::reject, approval::Answer::rework};
    vote.answer = answers.at(random_() % answers.size());
    vote.at = clock_.now();
    vote.digest = gate.evidence;
    if (vote.answer == approval::Answer::rework) vote.rework = {{"step", "train"}};
    const auto ruling = approval::judge(gate, vote, {});
    if (!ruling || ruling->verdict == approval::Verdict::repeated) return std::nullopt;
    return orchestration::PersonVoted{.gate = gate.id,
                                      .vote = vote,
                                      .ruling = *ruling,
                                      .switch_id = SwitchId::make(*ids_),
                                      .present = {}};
  }

  Store& store_;
  std::mt19937_64 random_{0};  // the constructor seeds it
  ManualClock clock_{Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22))};
  std::unique_ptr<IdSource> ids_;
  RunState state_;
  int moves_ = 0;
};

TEST(RulesOnSqlite, StoreWhatTheyDecide) {
  const auto folder = TemporaryFolder::make("walk");
  ASSERT_TRUE(folder);
  auto store = must(Store::open(folder->path() / "state.db", Purpose::drive,
                                [](const orchestration::StoredDefinition& stored)
                                    -> Result<std::shared_ptr<const pipeline::Definition>> {
                                  return walked_definition(stored);
                                }));
  must(store->definition_store().activate(Sample::stored_definition("walk"),
                                          Sample::note("definition.apply", "walk")));
  const std::uint64_t seeds = std::getenv("GOSSAMER_LONG") == nullptr ? 12 : 500;
  int moves = 0;
  for (std::uint64_t seed = 1; seed <= seeds && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Walk walk(*store, seed);
    for (int part = 0; part < 5; ++part) {
      walk.go(100);
      walk.compare();
    }
    moves += walk.moves();
  }
  RecordProperty("moves", moves);
  EXPECT_GT(moves, static_cast<int>(seeds) * 30);
  EXPECT_FALSE(must(access::verify_store(store->audit(), std::nullopt)).fault);
}

}  // namespace
}  // namespace gossamer::store::sqlite
