// SPDX-License-Identifier: Apache-2.0
// What people and other runs ask the engine for, and what they get back.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestration/run.hpp"

namespace gossamer::orchestration {

// What happens where a run of that partition is under way.
enum class IfActive : std::uint8_t {
  join,          // the answer is that run
  queue_behind,  // a new one waits for it
  join_queued,   // that run if it has not begun, else a new one waits for it
};

// Which steps a run does; the others are left out, and what they last left behind for this
// partition is read. Empty: all steps. `select`: names separated by blanks; `x+` adds what depends
// on x, `+x` what x depends on.
struct Selection {
  std::vector<std::string> only;
  std::vector<std::string> from;
  std::string select;
  [[nodiscard]] bool empty() const { return only.empty() && from.empty() && select.empty(); }
};

struct RunRequest {
  std::string pipeline;
  std::string partition;  // as a person writes it; empty: the last complete one
  Json params = Json::object();
  Selection selection;
  IfActive if_active = IfActive::join;
  Actor actor;
  Cause cause{"command", std::nullopt, ""};
  int priority = 0;
  Lane lane = Lane::live;
  std::string request_key;  // the same key never makes two runs
  // As in RunHeader. Such a run asks nobody and starts no other: its gates and triggers, and what
  // comes behind them, are left out.
  std::string model;
};

// not_found, with what there is.
Result<const pipeline::Pipeline*> pipeline_named(const pipeline::Definition& definition,
                                                 const std::string& name);

// "bike_demand/8" taken apart; nothing where it is no such name.
std::optional<std::pair<std::string, int>> model_version(std::string_view text);

// The aliases ("model@alias") that the pipeline's steps read models by, without those that gates
// move; "${...}" for a model that a reference names.
std::vector<std::string> aliases_in(const pipeline::Pipeline& pipeline);

struct RequestedRun {
  RunId run;
  bool joined = false;
};

struct PlannedStep {
  std::string name;
  pipeline::StepKind kind = pipeline::StepKind::none;
  bool left_out = false;
};
// What a request would do.
struct RunPreview {
  std::string pipeline;
  release::PartitionKey partition;
  std::optional<Window> slice;
  std::optional<Window> window;
  Json params = Json::object();
  std::vector<PlannedStep> steps;
  std::optional<RunId> joins;
};

enum class Pinned : std::uint8_t { same, latest };

struct RetryRequest {
  RunId run;
  std::vector<std::string> from;
  Pinned data = Pinned::same;
  Pinned code = Pinned::same;
  Actor actor;
};

struct VoteRequest {
  GateId gate;
  approval::Answer answer = approval::Answer::approve;
  Actor actor;
  std::string comment;
  std::optional<Digest> digest;  // none: what the person was shown last, else what the gate shows
  bool override_criteria = false;
  std::string rework_step;  // empty: as declared
  Json rework_params = Json::object();
};
struct VoteAnswer {
  approval::Ruling ruling;
  RunId run;
};

// --- Timers
// ----------------------------------------------------------------------------------------

struct ScheduledStart {
  Instant moment{};
  release::PartitionKey partition;
  std::optional<Window> window;
};
struct SchedulePreview {
  std::vector<ScheduledStart> at_once;
  std::vector<ScheduledStart> next;  // the next few
};

// --- Progress ------------------------------------------------------------------------------------

struct StepProgress {
  std::string step;
  StepView view;
  std::optional<GateId> gate;
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
  std::optional<Failure> failure;
};
struct RunProgress {
  RunId run;
  std::string pipeline;
  std::string partition;
  RunStatus status = RunStatus::queued;
  std::optional<RunId> parent;
  std::vector<StepProgress> steps;  // those that changed
};
using ProgressSink = std::function<void(const RunProgress&)>;

struct RunEnd {
  RunId run;
  std::string pipeline;
  std::string partition;
  RunStatus status = RunStatus::queued;
};

// --- Checks that need no engine
// --------------------------------------------------------------------

// `given` over the declared defaults. invalid_input names a parameter that is unknown (with a
// suggestion), missing, of the wrong type or out of its bounds. A text is read as the declared
// type.
Result<Json> checked_params(const pipeline::Pipeline& pipeline, const Json& given);

// By step: whether a run with this selection does it. invalid_input for an unknown step.
Result<std::vector<bool>> chosen_steps(const pipeline::Pipeline& pipeline,
                                       const Selection& selection);

}  // namespace gossamer::orchestration
