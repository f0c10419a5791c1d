// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

Result<std::size_t> step_named(const pipeline::Pipeline& pipeline, const std::string& name) {
  const auto found = std::ranges::find(pipeline.steps, name, &pipeline::Step::name);
  if (found != pipeline.steps.end()) {
    return static_cast<std::size_t>(found - pipeline.steps.begin());
  }
  std::vector<std::string> known;
  for (const auto& step : pipeline.steps)
    known.push_back(step.name);
  return not_found(
      fmt::format("{} has no step '{}'{}", pipeline.name, name, did_you_mean(name, known)));
}

bool is_before(const pipeline::Pipeline& pipeline, std::size_t early, std::size_t late) {
  if (early == late) return true;
  return std::ranges::any_of(
      pipeline.steps[late].dependencies, [&](const pipeline::Dependency& dependency) {
        return dependency.step >= early && is_before(pipeline, early, dependency.step);
      });
}

}  // namespace

Verbs::Verbs(Engine& engine) : core_(engine.core()) {}

Result<RequestedRun> Verbs::request_run(const RunRequest& request) {
  TRY(core_.catch_up());
  return core_.create(request);
}

Schedules Verbs::schedules() { return Schedules(core_); }

Result<Backfills*> Verbs::backfills() {
  TRY(core_.catch_up());
  if (core_.backfills() == nullptr) return unavailable("this engine has no backfills");
  return core_.backfills();
}

Result<RunPreview> Verbs::preview_run(const RunRequest& request) const {
  return core_.preview(request);
}

Result<void> Verbs::cancel(const RunId& run, const Actor& actor, const std::string& reason) {
  TRY(core_.catch_up());
  TRY_ASSIGN(const RunState state, core_.load(run));
  if (is_final(state.status)) {
    return conflict(fmt::format("{} is {} already", run.value(), name_of(state.status)));
  }
  core_.stage(run, CancelRequested{actor, reason});
  return core_.commit();
}

Result<RequestedRun> Verbs::retry(const RetryRequest& request) {
  TRY(core_.catch_up());
  TRY_ASSIGN(const RunState run, core_.load(request.run));
  if (!is_final(run.status)) {
    return conflict(
        fmt::format("{} is {}: only a run that has ended can be done again; cancel it "
                    "first",
                    run.id.value(), name_of(run.status)));
  }
  if (run.status == RunStatus::succeeded && request.from.empty()) {
    return conflict(
        fmt::format("{} has succeeded, so nothing is left to do again; name a step "
                    "with --from to repeat it and what depends on it",
                    run.id.value()));
  }
  for (const auto& step : request.from) {
    TRY(step_named(*run.pipeline, step));
  }
  if (request.code == Pinned::latest) return core_.create_from_failed(run, request);
  RetryRequested event{request.actor, request.from, std::nullopt};
  if (request.data == Pinned::latest) {
    TRY_ASSIGN(event.fresh_pins, core_.run_pins(run));
  }
  core_.board().put(run);
  if (core_.stage(request.run, event) == nullptr) {
    core_.board().forget(request.run);
    return conflict(fmt::format("{} has nothing left to do again", request.run.value()));
  }
  TRY(core_.commit());
  return RequestedRun{request.run, true};
}

Result<void> Verbs::force(const RunId& run, const std::string& step, const Actor& actor,
                          const std::string& reason) {
  TRY(core_.catch_up());
  TRY_ASSIGN(const RunState state, core_.load(run));
  TRY_ASSIGN(const std::size_t index, step_named(*state.pipeline, step));
  if (state.pipeline->steps[index].kind == pipeline::StepKind::approval) {
    return denied(fmt::format("step {} is a gate: people decide it, nobody forces it", step));
  }
  if (state.cancel_requested_at) {
    return conflict(
        fmt::format("{} was cancelled: do it again instead of forcing a step of it", run.value()));
  }
  const StepStatus status = view_of(state.steps[index]).status;
  if (status != StepStatus::failed) {
    return conflict(
        fmt::format("step {} is {}: only a failed step can be forced", step, name_of(status)));
  }
  if (is_final(state.status)) core_.board().put(state);
  core_.stage(run, StepForced{actor, step, reason});
  return core_.commit();
}

// --- Votes
// -----------------------------------------------------------------------------------------

namespace {

Result<Json> rework_of(const RunState& run, const approval::Gate& gate,
                       const VoteRequest& request) {
  const pipeline::Pipeline& pipeline = *run.pipeline;
  TRY_ASSIGN(const std::size_t gate_step, step_named(pipeline, gate.step));
  Json rework = {{"step", request.rework_step}, {"params", request.rework_params}};
  if (!request.rework_step.empty()) {
    TRY_ASSIGN(const std::size_t target, step_named(pipeline, request.rework_step));
    if (!is_before(pipeline, target, gate_step)) {
      return invalid_input(fmt::format("a rework goes back: step {} is not before the gate {}",
                                       request.rework_step, gate.step));
    }
  }
  Json params = run.params;
  params.update(request.rework_params);
  TRY_ASSIGN(const Json checked, checked_params(pipeline, params));
  for (const auto& [name, value] : request.rework_params.items()) {
    rework["params"][name] = checked.at(name);
  }
  return rework;
}

Result<Digest> digest_for(const approval::GateStore& gates, const approval::Gate& gate,
                          const VoteRequest& request) {
  if (request.digest) return *request.digest;
  TRY_ASSIGN(const auto shown, gates.last_shown(gate.id, request.actor.name));
  return shown.value_or(gate.evidence);
}

}  // namespace

Result<VoteAnswer> Verbs::vote(const VoteRequest& request) {
  TRY(core_.catch_up());  // rule: expiry comes before votes
  TRY(core_.commit());
  EnginePorts& ports = core_.ports();
  TRY_ASSIGN(const approval::Gate gate, ports.gates.find(request.gate));
  TRY_ASSIGN(const ActiveDefinition active, ports.definitions.active());
  approval::Vote vote;
  vote.id = VoteId::make(ports.ids);
  vote.by = request.actor.name;
  vote.verified = request.actor.verified;
  vote.channel = request.actor.channel;
  vote.answer = request.answer;
  vote.at = core_.now();
  vote.comment = request.comment;
  vote.override_criteria = request.override_criteria;
  TRY_ASSIGN(vote.digest, digest_for(ports.gates, gate, request));
  // rule: who belongs to a group is asked now, not when the gate opened.
  TRY_ASSIGN(const auto ruling, approval::judge(gate, vote, active.definition->workspace.groups));
  VoteAnswer answer{ruling, gate.run};
  if (ruling.verdict == approval::Verdict::repeated) return answer;
  const RunState* run = core_.board().run_of_gate(gate.id);
  if (run == nullptr) return bug(fmt::format("{} is open but its run is not", gate.id.value()));
  if (request.answer == approval::Answer::rework) {
    TRY_ASSIGN(vote.rework, rework_of(*run, gate, request));
  }
  PersonVoted event{gate.id, std::move(vote), ruling, SwitchId::make(ports.ids), {}};
  const bool switches = ruling.status == approval::GateStatus::approved ||
                        ruling.status == approval::GateStatus::rejected;
  if (switches) {
    const bool approved = ruling.status == approval::GateStatus::approved;
    TRY_ASSIGN(const auto change, release::switch_from_json(approved ? gate.proposal : gate.kept));
    TRY_ASSIGN(event.present, core_.present(change));
  }
  std::optional<Error> refused;
  if (const Transition* moved = core_.stage(gate.run, event)) refused = moved->vote_conflict;
  TRY(core_.commit());
  if (refused) {
    return std::unexpected(refused->wrapped(fmt::format(
        "the vote was not counted, gate {} opens again with fresh evidence", gate.id.value())));
  }
  return answer;
}

Result<release::Switch> Verbs::undo_switch(const SwitchId& id, const Actor& actor,
                                           const std::string& reason) {
  TRY(core_.catch_up());
  TRY(core_.commit());
  EnginePorts& ports = core_.ports();
  TRY_ASSIGN(const auto change, ports.releases.find(id));
  auto undo = release::inverse(change, SwitchId::make(ports.ids), actor.name, reason, core_.now());
  TRY_ASSIGN(const auto present, core_.present(undo));
  TRY(release::check_applies(undo, present));
  std::vector<Effect> effects;
  for (const auto& content : undo.contents) {
    effects.push_back(Effect{fmt::format("{}/{}", undo.id.value(), effects.size()),
                             ProjectPartition{content.table, content.key}});
  }
  const AuditNote note{
      actor, "switch.undo", undo.id.value(),
      Json{{"undoes", id.value()}, {"reason", reason}, {"changes", release::describe(undo)}}};
  TRY(ports.releases.apply(undo, note, effects));
  return undo;
}

}  // namespace gossamer::orchestration
