// SPDX-License-Identifier: Apache-2.0
// From a wish to a run: the definition that is active, the partition, parameters, chosen steps.
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "orchestration/calendar.hpp"
#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

Result<release::PartitionKey> partition_for(const Partitions& partitions, const std::string& text,
                                            Instant now) {
  if (!text.empty()) return partitions.parse(text);
  const auto keys = partitions.last_complete(now);  // rule R-3.1
  if (keys.size() == 1) return keys.front();
  if (keys.empty()) {
    return invalid_input(fmt::format("no {} is complete yet: the first begins {}",
                                     name_of(partitions.scheme().calendar->every),
                                     partitions.scheme().calendar->start));
  }
  return invalid_input(fmt::format("say which partition: the last complete ones are {} to {}",
                                   keys.front().text(), keys.back().text()));
}

StepState carried_row(std::size_t step, const std::vector<StepState>* earlier) {
  StepState row;
  row.step = step;
  row.status = StepStatus::skipped;
  row.left_out = true;
  if (earlier != nullptr) {
    row.result = joined_result(*earlier);
    row.outcome = view_of(*earlier).outcome;
  }
  return row;
}

const std::vector<StepState>* rows_of(const RunState& run, const std::string& step) {
  const auto& steps = run.pipeline->steps;
  const auto found = std::ranges::find(steps, step, &pipeline::Step::name);
  if (found == steps.end()) return nullptr;
  return &run.steps[static_cast<std::size_t>(found - steps.begin())];
}

bool is_left_out(const std::vector<StepState>& rows) {
  return !rows.empty() && rows.front().left_out;
}

// A step that `fresh` would do and `other` leaves out.
std::optional<std::string> step_not_done(const RunState& other, const RunState& fresh) {
  for (std::size_t step = 0; step < fresh.pipeline->steps.size(); ++step) {
    if (step < fresh.steps.size() && is_left_out(fresh.steps[step])) continue;
    const std::string& name = fresh.pipeline->steps[step].name;
    const auto* rows = rows_of(other, name);
    if (rows != nullptr && is_left_out(*rows)) return name;
  }
  return std::nullopt;
}

// rule R-5.2: a run with another version of a model decides nothing and starts nothing.
Result<std::vector<bool>> steps_of(const pipeline::Pipeline& pipeline, const RunRequest& request) {
  TRY_ASSIGN(auto chosen, chosen_steps(pipeline, request.selection));
  if (request.model.empty()) return chosen;
  std::vector<bool> is_behind(chosen.size(), false);
  for (std::size_t step = 0; step < chosen.size(); ++step) {
    const auto& declared = pipeline.steps[step];
    is_behind[step] = declared.kind == pipeline::StepKind::approval ||
                      declared.kind == pipeline::StepKind::trigger ||
                      std::ranges::any_of(declared.dependencies, [&](const auto& dependency) {
                        return is_behind[dependency.step];
                      });
    if (is_behind[step]) chosen[step] = false;
  }
  return chosen;
}

std::shared_ptr<const pipeline::Pipeline> shared(
    const std::shared_ptr<const pipeline::Definition>& definition,
    const pipeline::Pipeline* pipeline) {
  return {definition, pipeline};
}

}  // namespace

// rule R-5.1: another version takes the place of an alias, so there has to be one.
Result<void> Engine::Core::check_version(const pipeline::Pipeline& pipeline,
                                         const std::string& model) const {
  const auto version = model_version(model);
  if (!version) {
    return invalid_input(
        fmt::format("'{}' names no version of a model: write it as bike_demand/8", model));
  }
  TRY_ASSIGN(const int next, ports_.releases.next_version(version->first));
  if (version->second >= next) {
    return not_found(fmt::format("there is no version {}: see `gossamer models list`", model));
  }
  const auto aliases = aliases_in(pipeline);
  const auto is_meant = [&](const std::string& alias) {
    return alias.starts_with(version->first + "@") || alias.starts_with("$");
  };
  if (std::ranges::any_of(aliases, is_meant)) return {};
  return invalid_input(fmt::format(
      "{} uses no alias of {}, so another version of it changes nothing there{}", pipeline.name,
      version->first, aliases.empty() ? "" : ": it uses " + join(aliases, ", ")));
}

Result<RunState> Engine::Core::fresh_run(const RunRequest& request,
                                         const ActiveDefinition& active) const {
  TRY_ASSIGN(const auto* pipeline, pipeline_named(*active.definition, request.pipeline));
  TRY_ASSIGN(const Partitions partitions, Partitions::make(pipeline->partitions));
  RunState run;
  run.id = RunId::make(ports_.ids);
  run.definition = active.definition;
  run.pipeline = shared(active.definition, pipeline);
  TRY_ASSIGN(run.partition, partition_for(partitions, request.partition, now()));
  TRY_ASSIGN(run.params, checked_params(*pipeline, request.params));
  run.starter = request.actor;
  run.applier = active.applied_by;
  run.cause = request.cause;
  run.request_key = request.request_key;
  run.priority = request.priority;
  run.lane = request.lane;
  run.model = request.model;
  if (!run.model.empty()) TRY(check_version(*pipeline, run.model));
  TRY_ASSIGN(const auto chosen, steps_of(*pipeline, request));
  if (std::ranges::find(chosen, true) == chosen.end()) {
    return invalid_input(fmt::format("the selection leaves no step of {}", pipeline->name));
  }
  if (std::ranges::find(chosen, false) != chosen.end()) {
    TRY(leave_out(run, chosen));
  }
  return run;
}

// rule R-2.14: a step that is left out counts as done; what it last left behind for this partition
// is read.
Result<void> Engine::Core::leave_out(RunState& run, const std::vector<bool>& chosen) const {
  RunFilter filter;
  filter.pipeline = run.pipeline->name;
  filter.partition = run.partition;
  filter.status = RunStatus::succeeded;
  filter.model = "";
  filter.limit = 1;
  TRY_ASSIGN(const auto before, ports_.views.list(filter));
  std::optional<RunState> earlier;
  if (!before.empty()) {
    auto loaded = ports_.runs.load(before.front().id);
    if (!loaded) {
      return std::unexpected(loaded.error().wrapped(
          "what the steps that are left out left behind cannot be read; run all of them"));
    }
    earlier = *std::move(loaded);
  }
  run.steps.resize(chosen.size());
  for (std::size_t step = 0; step < chosen.size(); ++step) {
    if (chosen[step]) continue;
    const std::string& name = run.pipeline->steps[step].name;
    run.steps[step].push_back(carried_row(step, earlier ? rows_of(*earlier, name) : nullptr));
  }
  return {};
}

Result<bool> Engine::Core::last_failed(const std::string& pipeline) const {
  RunFilter filter;
  filter.pipeline = pipeline;
  filter.model = "";
  filter.limit = 20;
  TRY_ASSIGN(const auto runs, ports_.views.list(filter));
  for (const auto& run : runs) {
    if (run.status == RunStatus::failed) return true;
    if (run.status == RunStatus::succeeded) return false;
  }
  return false;
}

// rule R-2.3: the run that does what `fresh` would; null where a new one is to be made. Where a
// person would join one that does something else, the error says so.
Result<const RunState*> Engine::Core::joinable(const RunState& fresh,
                                               const RunRequest& request) const {
  if (request.if_active == IfActive::queue_behind) return nullptr;
  const bool may_have_begun = request.if_active == IfActive::join;
  const bool any_params = may_have_begun && request.params.empty();
  const RunState* other = nullptr;
  for (const RunState* run : board_.runs_for(fresh.pipeline->name, fresh.partition)) {
    if (run->cancel_requested_at || (run->started_at && !may_have_begun)) continue;
    if (run->model != fresh.model) continue;  // rule R-5.3
    const bool same_params = any_params || run->params == fresh.params;
    if (same_params && !step_not_done(*run, fresh)) return run;
    other = run;
  }
  if (other == nullptr || !may_have_begun) return nullptr;
  const auto missing = step_not_done(*other, fresh);
  return conflict(fmt::format(
      "{} for {} is under way {} ({}): wait for it, or ask for a new run behind it with --new",
      fresh.pipeline->name, fresh.partition.text(),
      missing ? fmt::format("without step {}", *missing) : std::string("with other parameters"),
      other->id.value()));
}

Result<RequestedRun> Engine::Core::create(const RunRequest& request) {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  TRY_ASSIGN(auto requested, stage_requested(request, active));
  if (!requested.joined) TRY(commit());
  return requested;
}

Result<RequestedRun> Engine::Core::stage_requested(const RunRequest& request,
                                                   const ActiveDefinition& active) {
  if (!request.request_key.empty()) {
    TRY_ASSIGN(const auto made, ports_.runs.created_by(request.request_key));
    if (made) return RequestedRun{*made, true};
  }
  TRY_ASSIGN(RunState run, fresh_run(request, active));
  TRY_ASSIGN(const RunState* other, joinable(run, request));
  if (other != nullptr) return RequestedRun{other->id, true};
  TRY_ASSIGN(run.recovers, last_failed(run.pipeline->name));
  const RunId id = run.id;
  stage_new(create_run(std::move(run), now()));
  return RequestedRun{id, false};
}

Result<RunPreview> Engine::Core::preview(const RunRequest& request) const {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  TRY_ASSIGN(const RunState run, fresh_run(request, active));
  TRY_ASSIGN(const Partitions partitions, Partitions::make(run.pipeline->partitions));
  RunPreview preview;
  preview.pipeline = run.pipeline->name;
  preview.partition = run.partition;
  TRY_ASSIGN(preview.slice, partitions.slice(run.partition));
  if (preview.slice) {
    preview.window = window_of(*preview.slice, run.pipeline->window_lag, partitions.zone());
  }
  preview.params = run.params;
  TRY_ASSIGN(const auto chosen, steps_of(*run.pipeline, request));
  for (std::size_t step = 0; step < chosen.size(); ++step) {
    const auto& declared = run.pipeline->steps[step];
    preview.steps.push_back(PlannedStep{declared.name, declared.kind, !chosen[step]});
  }
  TRY_ASSIGN(const RunState* other, joinable(run, request));
  if (other != nullptr) preview.joins = other->id;
  return preview;
}

namespace {

// By step of `run`: whether it takes the place of the one that `failed` has done. It succeeded or
// was left out, its declaration and all before it are unchanged, and it is not asked for anew.
std::vector<bool> kept_steps(const RunState& run, const RunState& failed,
                             const std::vector<bool>& asked) {
  const auto& steps = run.pipeline->steps;
  std::vector<bool> is_kept(steps.size(), false);
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const auto* earlier = rows_of(failed, steps[step].name);
    if (earlier == nullptr || asked[step]) continue;
    is_kept[step] = is_left_out(*earlier);
    const auto* before = failed.pipeline->find(steps[step].name);
    const bool is_same = before != nullptr && before->digest == steps[step].digest;
    const bool is_gate = steps[step].kind == pipeline::StepKind::approval;  // asked again
    if (is_kept[step] || !is_same || is_gate) continue;
    is_kept[step] = view_of(*earlier).status == StepStatus::succeeded &&
                    std::ranges::all_of(steps[step].dependencies, [&](const auto& dependency) {
                      return is_kept[dependency.step];
                    });
  }
  return is_kept;
}

// What the run before read, as far as today's definition still knows it.
RunPins repeated(RunPins fresh, const RunPins& before) {
  fresh.catalog = before.catalog;
  for (const auto& [name, value] : before.settings.items()) {
    if (fresh.settings.contains(name)) fresh.settings[name] = value;
  }
  return fresh;
}

}  // namespace

// rule R-2.22: a new run of the active definition.
Result<RequestedRun> Engine::Core::create_from_failed(const RunState& failed,
                                                      const RetryRequest& retry) {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  RunRequest request;
  request.pipeline = failed.pipeline->name;
  request.partition = failed.partition.text();
  request.actor = retry.actor;
  request.cause = Cause{"retry", failed.id, "with the latest code"};
  request.lane = failed.lane;
  request.priority = failed.priority;
  request.model = failed.model;
  TRY_ASSIGN(const auto* latest, pipeline_named(*active.definition, request.pipeline));
  for (const auto& [name, value] : failed.params.items()) {
    if (latest->parameters.contains(name)) request.params[name] = value;
  }
  TRY_ASSIGN(RunState run, fresh_run(request, active));
  std::vector<bool> asked(latest->steps.size(), false);
  if (!retry.from.empty()) {
    TRY_ASSIGN(asked, chosen_steps(*latest, Selection{{}, retry.from, ""}));
  }
  const std::vector<bool> is_kept = kept_steps(run, failed, asked);
  run.steps.resize(is_kept.size());
  for (std::size_t step = 0; step < is_kept.size(); ++step) {
    if (is_kept[step]) run.steps[step] = *rows_of(failed, latest->steps[step].name);
  }
  if (retry.data == Pinned::same && failed.started_at) {
    TRY_ASSIGN(RunPins pins, run_pins(run));
    run.pins = repeated(std::move(pins), failed.pins);
  }
  run.recovers = true;
  const RunId id = run.id;
  stage_new(create_run(std::move(run), now()));
  TRY(commit());
  return RequestedRun{id, false};
}

}  // namespace gossamer::orchestration
