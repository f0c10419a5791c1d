// SPDX-License-Identifier: Apache-2.0
// Orders for executors, and the gates that approval steps open: what a run's state means outside.
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/calendar.hpp"
#include "orchestration/core.hpp"
#include "orchestration/resolve.hpp"

namespace gossamer::orchestration {
namespace {

const StepState& row_at(const RunState& run, Place place) {
  return run.steps[place.step][static_cast<std::size_t>(place.instance)];
}

Result<Json> spec_at(const RunState& run, Place place) {
  const pipeline::Step& step = run.pipeline->steps[place.step];
  TRY_ASSIGN(const auto references, references_of(run, step, row_at(run, place).each));
  return spec_of(step, references);
}

// Steps whose results the order carries: for an approval all before it, since evidence tells the
// whole story; for others what they name.
std::set<std::size_t> upstream_of(const pipeline::Pipeline& pipeline, std::size_t step) {
  const bool is_approval = pipeline.steps[step].kind == pipeline::StepKind::approval;
  std::set<std::size_t> found;
  std::vector<std::size_t> open{step};
  while (!open.empty()) {
    const std::size_t next = open.back();
    open.pop_back();
    for (const auto& dependency : pipeline.steps[next].dependencies) {
      const bool is_new = found.insert(dependency.step).second;
      if (is_new && is_approval) open.push_back(dependency.step);
    }
  }
  return found;
}

Zone zone_of(const RunState& run) {
  const auto& calendar = run.pipeline->partitions.calendar;
  const std::string& name = calendar ? calendar->timezone : run.definition->workspace.timezone;
  return Zone::find(name).value_or(Zone());
}

}  // namespace

Result<AttemptOrder> Engine::Core::order_for(const RunState& run, Place place) const {
  const StepState& row = row_at(run, place);
  AttemptOrder order;
  order.attempt = row.attempt.value_or(AttemptId());
  order.run = run.id;
  order.definition = run.definition;
  order.pipeline = run.pipeline;
  order.step = place.step;
  order.instance = place.instance;
  order.ordinal = row.attempts;
  order.generation = row.generation;
  order.each = row.each;
  TRY_ASSIGN(order.spec, spec_at(run, place));
  order.partition = run.partition;
  order.candidate = run.model;
  TRY_ASSIGN(const Partitions partitions, Partitions::make(run.pipeline->partitions));
  TRY_ASSIGN(order.slice, partitions.slice(run.partition));
  if (order.slice) {
    order.window = window_of(*order.slice, run.pipeline->window_lag, partitions.zone());
  }
  order.params = run.params;
  order.pins = run.pins;
  order.step_pins = row.pins;
  for (const std::size_t step : upstream_of(*run.pipeline, place.step)) {
    const std::string& name = run.pipeline->steps[step].name;
    const auto summary = summary_of(run, step);
    order.upstream[name] = std::shared_ptr<const StepResult>(summary, &summary->result);
    order.step_outcomes[name] = name_of(summary->view.outcome);
  }
  order.starter = run.starter;
  if (order.declaration().timeout) order.due_at = row.wake_at;
  return order;
}

Result<Json> Engine::Core::pins_for(const RunState& run, Place place) const {
  const StepState& row = row_at(run, place);
  if (!row.pins.empty()) return row.pins;
  const Json& first = run.steps[place.step].front().pins;
  if (!first.empty()) return first;  // instances read the same versions
  const auto spec = spec_at(run, place);
  if (!spec) return Json(Json::object());  // building the order will say so
  Json pins = Json::object();
  const auto chosen = model_version(run.model);
  for (const auto& name : aliases_of(run.pipeline->steps[place.step], *spec)) {
    const std::size_t at = name.find('@');
    if (chosen && chosen->first == name.substr(0, at)) {
      pins[name] = chosen->second;
      continue;
    }
    TRY_ASSIGN(const auto version, ports_.releases.alias(name.substr(0, at), name.substr(at + 1)));
    pins[name] = version ? Json(*version) : Json(nullptr);
  }
  return pins;
}

Result<RunPins> Engine::Core::run_pins(const RunState& run) const {
  RunPins pins;
  TRY_ASSIGN(pins.catalog, ports_.runs.catalog_version());
  for (const auto& [name, setting] : run.definition->workspace.settings) {
    pins.settings[name] = setting.default_value;
  }
  TRY_ASSIGN(const Json switched, ports_.releases.settings());
  for (const auto& [name, value] : switched.items())
    pins.settings[name] = value;
  return pins;
}

Result<release::Present> Engine::Core::present(const release::Switch& change) const {
  return ports_.releases.present(change);
}

// --- Gates
// -----------------------------------------------------------------------------------------

namespace {

// The aliases and settings of one answer; what they replace is what the evidence has shown.
Result<release::Switch> proposed(const RunState& run, Place place, const Json& answer) {
  const Json& pins = row_at(run, place).pins;
  release::Switch change;
  change.cause = release::SwitchCause::gate;
  for (const auto& alias : answer.at("aliases")) {
    release::AliasChange moved;
    moved.model = alias.at("model").get<std::string>();
    moved.alias = alias.at("alias").get<std::string>();
    TRY_ASSIGN(moved.to, version_number(alias.at("version"), moved.model));
    const std::string name = moved.model + "@" + moved.alias;
    if (pins.contains(name) && !pins.at(name).is_null()) moved.from = pins.at(name).get<int>();
    change.aliases.push_back(std::move(moved));
  }
  for (const auto& [name, value] : answer.at("settings").items()) {
    change.settings.push_back(release::SettingChange{name, nullptr, value});
  }
  for (const auto& publisher : answer.at("publish")) {
    const auto name = publisher.get<std::string>();
    const auto& steps = run.pipeline->steps;
    const auto found = std::ranges::find(steps, name, &pipeline::Step::name);
    if (found == steps.end()) return invalid_input(fmt::format("there is no step '{}'", name));
    const auto summary = summary_of(run, static_cast<std::size_t>(found - steps.begin()));
    for (const auto& publication : summary->result.publications) {
      if (publication.visibility != release::Visibility::candidate) continue;
      change.contents.push_back(release::ContentChange{publication.content.table,
                                                       publication.content.key, std::nullopt,
                                                       publication.content.attempt});
    }
  }
  return change;
}

// Settings and partitions have no version that the evidence could have named: what is so when the
// gate opens is what an approval replaces.
release::Switch with_present(release::Switch change, const release::Present& present,
                             const pipeline::Workspace& workspace) {
  for (std::size_t i = 0; i < change.settings.size() && i < present.settings.size(); ++i) {
    auto& setting = change.settings[i];
    setting.from = present.settings[i];
    const auto declared = workspace.settings.find(setting.name);
    if (setting.from.is_null() && declared != workspace.settings.end()) {
      setting.from = declared->second.default_value;
    }
  }
  for (std::size_t i = 0; i < change.contents.size() && i < present.contents.size(); ++i) {
    change.contents[i].from = present.contents[i];
  }
  return change;
}

approval::Policy policy_of(const RunState& run, const pipeline::ApprovalStep& body,
                           const std::set<std::string>& authors) {
  approval::Policy policy;
  policy.any_of = body.approvers.any_of;
  policy.count = body.approvers.count;
  policy.rejections = body.approvers.rejections;
  for (const auto exclusion : body.approvers.exclude) {
    switch (exclusion) {
      case pipeline::Exclusion::starter:  // rule R-4.4
        policy.excluded.insert(run.starter.name);
        break;
      case pipeline::Exclusion::applier:
        if (!run.applier.empty()) policy.excluded.insert(run.applier);
        break;
      case pipeline::Exclusion::model_author:
        policy.excluded.insert(authors.begin(), authors.end());
        break;
    }
  }
  return policy;
}

approval::Gate with_times(approval::Gate gate, const RunState& run,
                          const pipeline::ApprovalStep& body) {
  const Zone zone = zone_of(run);
  if (body.expires) {  // rule R-4.5
    const auto& calendars = run.definition->calendars;
    const auto calendar = calendars.find(body.expires->calendar);
    gate.due_at =
        add_business_time(gate.opened_at, body.expires->after,
                          calendar == calendars.end() ? nullptr : &calendar->second, zone);
  }
  for (const Duration after : body.remind)
    gate.remind_at.push_back(gate.opened_at + after);
  std::ranges::sort(gate.remind_at);
  if (body.escalate_after) {
    gate.escalate_at = gate.opened_at + *body.escalate_after;
    gate.escalate_to = body.escalate_to;
  }
  return gate;
}

}  // namespace

Result<approval::Gate> Engine::Core::gate_for(const RunState& run, Place place,
                                              const AttemptResult& result) const {
  const pipeline::Step& step = run.pipeline->steps[place.step];
  const auto& body = std::get<pipeline::ApprovalStep>(step.body);
  TRY_ASSIGN(const Json spec, spec_at(run, place));
  TRY_ASSIGN(release::Switch approved, proposed(run, place, spec.at("on_approved")));
  TRY_ASSIGN(release::Switch kept, proposed(run, place, spec.at("on_rejected")));
  TRY_ASSIGN(const auto now_approved, present(approved));
  TRY_ASSIGN(const auto now_kept, present(kept));
  std::set<std::string> authors;
  for (const auto& alias : approved.aliases) {
    // A version that this run has trained belongs to whoever started it.
    TRY_ASSIGN(const std::string author, ports_.releases.author(alias.model, alias.to.value_or(0)));
    if (!author.empty()) authors.insert(author);
  }
  approval::Gate gate;
  gate.id = GateId::make(ports_.ids);
  gate.run = run.id;
  gate.pipeline = run.pipeline->name;
  gate.partition = run.partition.text();
  gate.step = step.name;
  gate.generation = row_at(run, place).generation;
  gate.question =
      spec.at("title").is_string() ? spec.at("title").get<std::string>() : spec.at("title").dump();
  if (result.evidence) gate.evidence = *result.evidence;
  const auto& workspace = run.definition->workspace;
  gate.proposal = release::to_json(with_present(std::move(approved), now_approved, workspace));
  gate.kept = release::to_json(with_present(std::move(kept), now_kept, workspace));
  gate.policy = policy_of(run, body, authors);
  gate.criteria_failed = result.criteria_failed;
  gate.opened_at = now();
  if (const auto why = approval::why_impossible(gate.policy, workspace.groups)) {
    return invalid_input(fmt::format("nobody can decide step {}: {}", step.name, *why));
  }
  return with_times(std::move(gate), run, body);
}

}  // namespace gossamer::orchestration
