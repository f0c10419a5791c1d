// SPDX-License-Identifier: Apache-2.0
// orchestration: what should happen next. Owns runs, steps, attempts and gates as state machines,
// the planner and the engine loop. Never executes a step, never opens a database: ports do. All run
// state belongs to the engine's one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approval/gate.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "release/publication.hpp"
#include "release/switch.hpp"

namespace gossamer::orchestration {

enum class RunStatus : std::uint8_t { queued, running, waiting, succeeded, failed, cancelled };

enum class StepStatus : std::uint8_t {
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

enum class Outcome : std::uint8_t {
  none,
  succeeded,
  passed,
  failed_criteria,
  approved,
  rejected,
  expired,
  superseded
};

// Live runs come first, and a backfill never takes the last slot of a pool that has several.
enum class Lane : std::uint8_t { live, backfill };

enum class StopReason : std::uint8_t { cancelled, timeout };

// Why an attempt failed; retry rules name these.
enum class FailureClass : std::uint8_t {
  invalid_input,  // never retried
  unavailable,
  lost,
  timeout,
  exit_code,
  check_failed,
  cancelled,
  bug
};

std::string_view name_of(RunStatus status);
std::string_view name_of(StepStatus status);
std::string_view name_of(Outcome outcome);
std::string_view name_of(FailureClass failure);
std::string_view name_of(Lane lane);
std::string_view name_of(StopReason reason);
Result<RunStatus> parse_run_status(std::string_view text);
Result<StepStatus> parse_step_status(std::string_view text);
Result<Outcome> parse_outcome(std::string_view text);
Result<FailureClass> parse_failure_class(std::string_view text);
Result<Lane> parse_lane(std::string_view text);
Result<StopReason> parse_stop_reason(std::string_view text);
bool is_final(RunStatus status);
bool is_final(StepStatus status);

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
  std::string
      kind;  // command | schedule | when_finished | when_updated | trigger | backfill | retry
  std::optional<RunId> parent;
  std::string detail;
};

// What a step's successful attempt left behind. For train, `outputs.version` is "credit/7".
struct StepResult {
  Json outputs = Json::object();  // `${steps.x.outputs.y}`
  std::vector<release::Publication> publications;
  std::optional<release::ModelRegistration> model;
  Json report;  // figures, criteria, profile: what evidence and screens show
  std::uint64_t rows = 0;
};

// One row a step, or one an instance of `foreach`. A step with `foreach` has a single row (instance
// 0, `each` null) until what it depends on has finished; then one row for each value.
struct StepState {
  std::size_t step = 0;  // index into Pipeline::steps
  int instance = 0;      // 0 unless foreach
  Json each;             // this instance's value
  StepStatus status = StepStatus::pending;
  Outcome outcome = Outcome::none;
  bool left_out = false;      // not chosen for this run (`--only`): skipped, yet counts as done
  int generation = 0;         // raised by rework, by a retry of the run and by reopening a gate
  int attempts = 0;           // in this generation, the first included
  int open_dependencies = 0;  // of instance 0; steps it waits for
  std::optional<AttemptId> attempt;  // the newest
  std::optional<GateId> gate;        // the newest
  std::optional<StopReason> stop_requested;
  std::optional<Instant> wake_at;      // durable timer: retry, timeout, or the gate's next moment
  std::optional<Instant> deadline_at;  // none once its alert has been sent
  Json pins = Json::object();          // "model@alias" to version (null: no such alias), kept
                                       // from the first attempt of a generation on
  StepResult result;
  std::optional<Failure> failure;
  std::optional<Instant> queued_at;
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
};

// What a run reads, fixed when it starts; before that where it repeats another.
struct RunPins {
  std::uint64_t catalog = 0;       // the catalog's version; every table is read as of it
  Json settings = Json::object();  // all declared ones, by name
  [[nodiscard]] bool are_fixed() const { return catalog > 0 || !settings.empty(); }
};

// A run without its rows.
struct RunHeader {
  RunId id;
  std::shared_ptr<const pipeline::Definition> definition;
  std::shared_ptr<const pipeline::Pipeline> pipeline;
  release::PartitionKey partition;
  RunStatus status = RunStatus::queued;
  std::uint64_t revision = 0;  // 0: not yet stored; each transition adds one
  Json params = Json::object();
  Actor starter;
  std::string applier;  // who applied the definition
  Cause cause;
  std::string request_key;  // unique where not empty: the same request never makes two runs
  RunPins pins;
  // "bike_demand/8": every alias of that model means this version, and what the run publishes are
  // candidates of this name; empty: none.
  std::string model;
  int priority = 0;
  Lane lane = Lane::live;
  bool recovers = false;  // the pipeline's run before this one failed, or this one did
  std::optional<Instant> cancel_requested_at;
  std::optional<Instant> deadline_at;  // none once its alert has been sent
  Instant created_at{};
  std::optional<Instant> started_at;  // of its first attempt to get through
  std::optional<Instant> finished_at;
};

// How many rows are in which state.
struct RunTotals {
  int open = 0;     // not final
  int active = 0;   // queued, running, waiting_to_retry
  int waiting = 0;  // waiting_for_decision, waiting_for_data
  int failed = 0;
};

// A step and its instances shown as one.
struct StepView {
  StepStatus status = StepStatus::pending;
  Outcome outcome = Outcome::none;
  int attempts = 0;  // of the instance that needed most
  std::uint64_t rows = 0;
};

// A step as those behind it read it.
struct StepSummary {
  StepView view;
  StepResult result;  // of all instances
  Json values;        // what `${steps.NAME...}` walks: version output outputs rows outcome report
};

// Follows from rows and pipeline: rebuilt by `derived`, never stored. With it one event costs what
// it touches, however many steps and instances the run has.
struct RunIndex {
  RunTotals totals;
  std::vector<int> open_instances;  // by step: rows not final
  std::shared_ptr<const std::vector<std::vector<std::size_t>>> dependents;  // by step
  // By step: made when a step that others depend on becomes final, null otherwise. All that reads
  // the step shares it.
  std::vector<std::shared_ptr<const StepSummary>> summaries;
};

struct RunState : RunHeader {
  std::vector<std::vector<StepState>> steps;  // [step][instance], at least one a step
  std::vector<approval::Gate> gates;          // open ones, votes included
  RunIndex index;
};

// The same run with `index` made from its rows; for whoever reads one from a store.
RunState derived(RunState run);

StepView view_of(const std::vector<StepState>& instances);
// The results of all instances as one: publications together, rows added up, and each output a list
// in the order of instances. A step without foreach gives its own result.
StepResult joined_result(const std::vector<StepState>& instances);
StepSummary summarized(const pipeline::Step& step, const std::vector<StepState>& instances);
// The one in the index where there is one.
std::shared_ptr<const StepSummary> summary_of(const RunState& run, std::size_t step);

// One try. Written when it begins and when it ends.
struct AttemptRow {
  AttemptId id;
  RunId run;
  std::string step;
  int instance = 0;
  int generation = 0;
  int ordinal = 0;     // for people: 1, 2, ... in its generation
  std::string status;  // running | succeeded | failed | cancelled
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
  std::optional<Failure> failure;
};

// --- What an attempt is asked to do, and what it says when it ends --------------------------

struct Window {
  Instant start{};
  Instant end{};  // half-open
  bool operator==(const Window&) const = default;
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
  Json spec;  // the declaration with references replaced: see resolve.hpp
  release::PartitionKey partition;
  std::string candidate;         // what is written is one of this name; empty: as the step declares
  std::optional<Window> slice;   // the partition's own time; none for a category or `all`
  std::optional<Window> window;  // the slice moved by the pipeline's lag
  Json params = Json::object();
  RunPins pins;
  Json step_pins = Json::object();  // "model@alias" to version, null where there is none
  // Finished steps that this one depends on (for an approval: all before it), by name.
  std::map<std::string, std::shared_ptr<const StepResult>> upstream;
  std::map<std::string, std::string> step_outcomes;  // name of outcome, by step
  Actor starter;
  std::optional<Instant> due_at;  // timeout as a moment
  [[nodiscard]] const pipeline::Step& declaration() const { return pipeline->steps[step]; }
};

enum class AttemptStatus : std::uint8_t { succeeded, failed, cancelled };
std::string_view name_of(AttemptStatus status);
Result<AttemptStatus> parse_attempt_status(std::string_view text);

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

Json to_json(const Failure& failure);
Result<Failure> failure_from_json(const Json& json);
Json to_json(const StepResult& result);
Result<StepResult> step_result_from_json(const Json& json);
Json to_json(const AttemptResult& result);
Result<AttemptResult> attempt_result_from_json(const Json& json);

}  // namespace gossamer::orchestration
