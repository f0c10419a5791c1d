// SPDX-License-Identifier: Apache-2.0
// The rules: events in, changes and effects out. Pure.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "orchestration/run.hpp"

namespace gossamer::orchestration {

// --- Events ---------------------------------------------------------------------------------

// The planner gave the run its place: it pins what it reads.
struct RunStarted {
  RunPins pins;
};
// The planner gave a step its slot. `attempt` is new, `pins` are used where the step has none yet.
struct StepGranted {
  std::size_t step = 0;
  int instance = 0;
  AttemptId attempt;
  Json pins = Json::object();
  std::string without;  // data that is late and not waited for any more; empty: all has come
};
// What a queued step reads has not come yet; `what` says which data is missing.
struct DataMissing {
  std::size_t step = 0;
  int instance = 0;
  std::string what;
};
// It has come: from now on the run reads this version of the catalog.
struct DataArrived {
  std::size_t step = 0;
  int instance = 0;
  std::uint64_t catalog = 0;
};
// It has not come by the deadline, and the step is not to run without it.
struct DataGivenUp {
  std::size_t step = 0;
  int instance = 0;
  std::string what;
};
// An executor's word on an attempt; one that is no longer the step's newest changes nothing.
struct AttemptFinished {
  std::size_t step = 0;
  int instance = 0;
  AttemptResult result;  // a model in it has its version
  // Of an approval step whose evidence is ready: the gate that opens, complete, or
  std::optional<approval::Gate> gate;
  // the decided gate of an earlier generation with the same evidence, which stands.
  std::optional<approval::Gate> standing;
};
// A timer is due: the step's own, or without a step the run's deadline. A timer that moved on
// meanwhile changes nothing.
struct TimePassed {
  std::optional<std::size_t> step;
  int instance = 0;
};
// A vote that `approval::judge` has accepted; `present` are the values that its switch replaces, in
// the order of the proposal (approved) or of what is kept (rejected).
struct PersonVoted {
  GateId gate;
  approval::Vote vote;
  approval::Ruling ruling;
  SwitchId switch_id;
  release::Present present;
};
// A newer gate on the same alias opened.
struct GateSuperseded {
  GateId gate;
  GateId by;
};
struct CancelRequested {
  Actor actor;
  std::string reason;
};
// Failed and cancelled steps, and what depends on them, go back to pending. `from` given: those
// steps and everything behind them, finished or not.
struct RetryRequested {
  Actor actor;
  std::vector<std::string> from;
  std::optional<RunPins> fresh_pins;  // `--data latest`
};
// A person says that a failed step counts as done.
struct StepForced {
  Actor actor;
  std::string step;
  std::string reason;
};

using Event = std::variant<RunStarted, StepGranted, DataMissing, DataArrived, DataGivenUp,
                           AttemptFinished, TimePassed, PersonVoted, GateSuperseded,
                           CancelRequested, RetryRequested, StepForced>;

// --- Effects: each is safe to repeat, its key is (run, step, attempt, ordinal) ---------------

struct StartAttempt {
  AttemptId attempt;
  std::size_t step = 0;
  int instance = 0;
};
struct StopAttempt {
  AttemptId attempt;
  StopReason reason = StopReason::cancelled;
};
// A trigger step's wish: one run of `pipeline`.
struct StartRun {
  std::string pipeline;
  std::string source_pipeline;
  release::PartitionKey source_partition;
  std::string partition;  // `same`: mapped from the source; else as a person would write it
  Json params = Json::object();
  Cause cause;
  Lane lane = Lane::live;  // of the run that asks
};
// A run succeeded: pipelines of the active definition that say `when_finished` start.
struct StartFollowers {
  std::string source_pipeline;
  release::PartitionKey source_partition;
  Cause cause;
  Lane lane = Lane::live;
};
struct ProjectPartition {
  std::string table;
  release::PartitionKey key;
};
struct Notify {
  std::string kind;  // started waiting succeeded failed recovered late reminder escalated decided
  Json target;       // as declared, e.g. {"slack": "#demand"}: see pipeline::schema::channel()
  Json content;      // pipeline, partition, run, time, and what the kind needs
};
using EffectBody =
    std::variant<StartAttempt, StopAttempt, StartRun, StartFollowers, ProjectPartition, Notify>;
struct Effect {
  std::string key;
  EffectBody body;
};
std::string_view kind_of(const Effect& effect);  // start_attempt, stop_attempt, ...
Json to_json(const Effect& effect);
Result<Effect> effect_from_json(const Json& json);

// --- Transition -------------------------------------------------------------------------------

struct HistoryEntry {
  Instant at{};
  std::string what;   // e.g. "step train: running -> succeeded"
  std::string cause;  // the event, e.g. attempt_finished
  std::string actor;  // empty: the engine
  Json details;
};

struct AuditNote {
  Actor actor;
  std::string action;  // e.g. gate.vote, switch.apply, run.cancel
  std::string subject;
  Json details;
};

// One run's move. `RunStore::commit` applies it whole or not at all.
struct Transition {
  RunId run;
  std::uint64_t expected_revision = 0;  // 0 creates the run
  RunHeader after_run;
  std::vector<StepState> steps;      // rows that changed or are new, whole
  std::vector<AttemptRow> attempts;  // began or ended, whole
  std::vector<Effect> effects;
  std::vector<HistoryEntry> history;
  std::vector<AuditNote> audit;
  std::vector<approval::Gate> gates;  // opened, voted on or closed, whole
  std::optional<release::Switch> applied_switch;
  std::vector<release::Publication> publications;
  std::vector<release::ModelRegistration> models;
  // Why a vote did not decide although its ruling did: what moved underneath.
  std::optional<Error> vote_conflict;

  [[nodiscard]] bool creates_run() const { return expected_revision == 0; }
  // Nothing changes: it need not be committed.
  [[nodiscard]] bool empty() const;
};

// A run in its first state. `fresh` has an id, a definition, a partition and so on; its steps are
// made here (rows that it brings, left out or carried over from an earlier run, are kept).
Transition create_run(RunState fresh, Instant now);

// What the event changes. The same inputs give the same answer for ever.
Transition advance(const RunState& run, const Event& event, Instant now);

// The state after a transition, for the loop's copy in memory.
RunState apply(RunState run, const Transition& transition);

}  // namespace gossamer::orchestration
