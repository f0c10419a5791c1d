// SPDX-License-Identifier: Apache-2.0
// orchestration: what should happen next. Owns runs, steps, attempts and gates as state machines,
// the planner and the engine loop. Never executes a step, never opens a database: ports do. All run
// state belongs to the engine's one thread.
#pragma once

#include "approval/gate.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "release/publication.hpp"
#include "release/switch.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gossamer::orchestration {

enum class RunStatus { queued, running, waiting, succeeded, failed, cancelled };

enum class StepStatus {
  pending,
  queued,
  running,
  waiting_for_decision,
  waiting_for_data,
  waiting_to_retry,
  succeeded,
  failed,
  skipped,
  cancelled
};

enum class Outcome {
  none,
  succeeded,
  passed,
  failed_criteria,
  approved,
  rejected,
  expired,
  superseded
};

std::string_view name_of(RunStatus status);
std::string_view name_of(StepStatus status);
std::string_view name_of(Outcome outcome);
bool is_final(RunStatus status);
bool is_final(StepStatus status);

// Why an attempt failed; retry rules name these.
enum class FailureClass {
  invalid_input,  // never retried
  unavailable,
  lost,
  timeout,
  exit_code,
  check_failed,
  cancelled,
  bug
};
std::string_view name_of(FailureClass failure);

struct Failure {
  FailureClass failure = FailureClass::bug;
  std::string message;
  std::optional<int> exit_code;
  std::optional<int> signal;
};

// Who acts. Unverified: named by `--as` in a local workspace.
struct Actor {
  std::string name;
  bool verified = true;
  std::string channel;  // cli | page | slack | api | schedule
};

// What asked for a run.
struct Cause {
  std::string kind;  // command | schedule | when_finished | trigger | backfill | retry
  std::optional<RunId> parent;
  std::string detail;
};

// What a step's successful attempt left behind.
struct StepResult {
  Json outputs = Json::object();  // `${steps.x.outputs.y}`; `version` for train
  std::vector<release::Publication> publications;
  std::optional<release::ModelRegistration> model;
  Json report;  // figures, criteria, profile: what evidence and screens show
  std::uint64_t rows = 0;
};

struct StepState {
  std::size_t step = 0;  // index into Pipeline::steps
  int instance = 0;      // 0 unless foreach
  Json each;             // this instance's value
  StepStatus status = StepStatus::pending;
  Outcome outcome = Outcome::none;
  int generation = 0;  // raised by rework and by a retry of the whole run
  int attempts = 0;    // counts the first
  int open_dependencies = 0;
  std::optional<AttemptId> attempt;
  std::optional<GateId> gate;
  std::optional<Instant> wake_at;  // the durable timer: retry, timeout, deadline
  Json pins = Json::object();      // alias -> version, resolved at the first attempt
  StepResult result;
  std::optional<Failure> failure;
  std::optional<Instant> queued_at;
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
};

// What a run reads, fixed when it starts.
struct RunPins {
  std::uint64_t catalog = 0;  // the catalog's version; every table is read as of it
  Json settings = Json::object();
};

struct RunState {
  RunId id;
  std::shared_ptr<const pipeline::Definition> definition;
  std::shared_ptr<const pipeline::Pipeline> pipeline;
  release::PartitionKey partition;
  RunStatus status = RunStatus::queued;
  std::uint64_t revision = 0;
  Json params = Json::object();
  Actor starter;
  Cause cause;
  RunPins pins;
  int priority = 0;
  std::optional<Instant> cancel_requested_at;
  Instant created_at{};
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
  std::vector<StepState> steps;
};

// --- What an attempt is asked to do, and what it says when it ends --------------------------

struct Window {
  Instant start{};
  Instant end{};  // half-open
};

// Everything that an executor needs; complete, so that it never asks back.
struct AttemptOrder {
  AttemptId attempt;
  RunId run;
  std::shared_ptr<const pipeline::Definition> definition;
  std::shared_ptr<const pipeline::Pipeline> pipeline;
  std::size_t step = 0;
  int instance = 0;
  int ordinal = 1;  // for people; `attempt` is the identity
  int generation = 0;
  Json each;
  release::PartitionKey partition;
  std::optional<Window> slice;   // the partition's own time; none for a category or `all`
  std::optional<Window> window;  // the slice moved by the pipeline's lag
  Json params = Json::object();
  RunPins pins;
  Json step_pins = Json::object();
  std::map<std::string, StepResult> upstream;        // finished steps by name
  std::map<std::string, std::string> step_outcomes;  // name of outcome, by step
  std::optional<Instant> due_at;                     // timeout as a moment
  const pipeline::Step& declaration() const { return pipeline->steps[step]; }
};

enum class AttemptStatus { succeeded, failed, cancelled };

struct AttemptResult {
  AttemptId attempt;
  AttemptStatus status = AttemptStatus::succeeded;
  Outcome outcome = Outcome::succeeded;
  std::optional<Failure> failure;
  StepResult result;
  // approval: the bundle that the gate will show, and the facts the gate needs.
  std::optional<Digest> evidence;
  bool criteria_failed = false;
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
};

Json to_json(const StepResult& result);
Result<StepResult> step_result_from_json(const Json& json);
Json to_json(const AttemptResult& result);
Result<AttemptResult> attempt_result_from_json(const Json& json);

}  // namespace gossamer::orchestration
