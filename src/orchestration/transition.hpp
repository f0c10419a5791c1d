// SPDX-License-Identifier: Apache-2.0
// The rules: events in, changes and effects out. Pure.
#pragma once

#include "orchestration/run.hpp"

#include <variant>

namespace gossamer::orchestration {

// --- Events ---------------------------------------------------------------------------------

// The planner gave the run its place: it pins what it reads.
struct RunStarted {
  RunPins pins;
};
// The planner gave a step its slot. `id` is the new attempt's.
struct StepGranted {
  std::size_t step = 0;
  int instance = 0;
  AttemptId attempt;
  Json pins = Json::object();
};
struct AttemptFinished {
  AttemptResult result;
  GateId gate;                  // fresh id, used if this opens a gate
  release::Switch on_approved;  // resolved proposals, used likewise
  release::Switch on_rejected;
  approval::Policy policy;
  std::string question;
};
struct TimePassed {};
// A vote that `approval::judge` has accepted; `present` are the values that its switch replaces.
struct PersonVoted {
  GateId gate;
  approval::Vote vote;
  approval::Ruling ruling;
  SwitchId switch_id;
  release::Present present;
  std::vector<AttemptId> fresh_attempts;
};
// Another run opened a newer gate on the same alias, or an expiry closed it.
struct GateClosed {
  GateId gate;
  approval::GateStatus status = approval::GateStatus::superseded;
  SwitchId switch_id;
};
struct CancelRequested {
  Actor actor;
  std::string reason;
};
// Failed and cancelled steps, and what depends on them, go back to pending. `from` empty: all of
// them; else that step and everything behind it, finished or not.
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
// A list for foreach became known, data arrived, ...
struct DataArrived {
  std::size_t step = 0;
};

using Event = std::variant<RunStarted, StepGranted, AttemptFinished, TimePassed, PersonVoted,
                           GateClosed, CancelRequested, RetryRequested, StepForced, DataArrived>;

// --- Effects: each is safe to repeat, its key is (run, step, attempt, ordinal) ---------------

struct StartAttempt {
  AttemptId attempt;
  std::size_t step = 0;
  int instance = 0;
};
enum class StopReason { cancelled, timeout };
struct StopAttempt {
  AttemptId attempt;
  StopReason reason = StopReason::cancelled;
};
struct StartRun {
  std::string pipeline;
  release::PartitionKey source_partition;
  std::string mapping;  // same, or a key
  Json params = Json::object();
  Cause cause;
};
struct ProjectPartition {
  std::string table;
  release::PartitionKey key;
};
struct Notify {
  std::string kind;  // started waiting succeeded failed recovered late reminder decided
  Json content;
};
using EffectBody = std::variant<StartAttempt, StopAttempt, StartRun, ProjectPartition, Notify>;
struct Effect {
  std::string key;
  EffectBody body;
};

// --- Transition -------------------------------------------------------------------------------

struct StepChange {
  StepState after;  // the whole row; only changed steps are listed
};

struct HistoryEntry {
  Instant at{};
  std::string what;   // e.g. "step train: running -> succeeded"
  std::string cause;  // the event
  std::string actor;
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
  std::uint64_t expected_revision = 0;
  RunState after_run;  // header of the run after the move; its `steps` are left empty
  bool creates_run = false;
  std::vector<StepChange> steps;
  std::vector<Effect> effects;
  std::vector<HistoryEntry> history;
  std::vector<AuditNote> audit;
  std::vector<approval::Gate> gates;  // opened or changed, whole, votes included
  std::optional<release::Switch> applied_switch;
  std::vector<release::Publication> publications;
  std::vector<release::ModelRegistration> models;
  bool empty() const;
};

// A run in its first state, all steps pending with their open-dependency counters.
Transition create_run(RunState fresh, Instant now);

// What the event changes. The same inputs give the same answer for ever.
Transition advance(const RunState& run, const Event& event, Instant now);

// The state after a transition, for the loop's copy in memory.
RunState apply(RunState run, const Transition& transition);

}  // namespace gossamer::orchestration
