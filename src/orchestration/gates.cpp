// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/rules.hpp"

namespace gossamer::orchestration::rules {
namespace {

using approval::Answer;
using approval::Gate;
using approval::GateStatus;

std::optional<Instant> next_moment(const Gate& gate) {
  std::optional<Instant> next = gate.due_at;
  const auto sooner = [&](const std::optional<Instant>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (!gate.remind_at.empty()) sooner(gate.remind_at.front());
  sooner(gate.escalate_at);
  return next;
}

const pipeline::ApprovalStep& approval_of(const Draft& draft, std::size_t step) {
  return std::get<pipeline::ApprovalStep>(draft.declaration(step).body);
}

void tell(Draft& draft, const Gate& gate, std::size_t step, const std::string& kind,
          Json more = Json::object()) {
  Json target = approval_of(draft, step).notify;
  if (target.is_null()) return;
  more["pipeline"] = gate.pipeline;
  more["partition"] = gate.partition;
  more["run"] = gate.run.value();
  more["step"] = gate.step;
  more["gate"] = gate.id.value();
  more["question"] = gate.question;
  if (gate.due_at) more["due_at"] = format_instant(*gate.due_at);
  draft.emit(Notify{kind, std::move(target), std::move(more)});
}

// The open gate's row; gates and rows name each other, so there is one.
const StepState* row_of(const Draft& draft, const Gate& gate) {
  const auto& steps = draft.pipeline().steps;
  const auto found = std::ranges::find(steps, gate.step, &pipeline::Step::name);
  if (found == steps.end()) return nullptr;
  const auto step = static_cast<std::size_t>(found - steps.begin());
  for (int i = 0; i < draft.instances(step); ++i) {
    const StepState& row = draft.row({step, i});
    if (row.gate == gate.id && row.status == StepStatus::waiting_for_decision) return &row;
  }
  return nullptr;
}

Gate closed(const Draft& draft, Gate gate, GateStatus status) {
  gate.status = status;
  gate.closed_at = draft.now();
  gate.remind_at.clear();
  gate.escalate_at.reset();
  return gate;
}

void close_row(Draft& draft, StepState row, Outcome outcome, Json details) {
  const std::size_t step = row.step;
  row.status = StepStatus::succeeded;
  row.outcome = outcome;
  row.finished_at = draft.now();
  row.wake_at.reset();
  row.deadline_at.reset();
  draft.put(std::move(row), std::move(details));
  settle_dependents(draft, step);
  settle_run(draft);
}

// Closes a gate that nobody's vote closes: the old state is kept, the run goes on.
void close_without_vote(Draft& draft, const Gate& gate, GateStatus status, Outcome outcome,
                        Json details) {
  const StepState* row = row_of(draft, gate);
  if (row == nullptr) return;
  const StepState copy = *row;
  const Gate done = closed(draft, gate, status);
  draft.audit(AuditNote{Actor{"gossamer", true, "engine"},
                        fmt::format("gate.{}", approval::name_of(status)), gate.id.value(),
                        details});
  tell(draft, done, copy.step, "decided", Json{{"state", approval::name_of(status)}});
  draft.put_gate(done);
  close_row(draft, copy, outcome, std::move(details));
}

}  // namespace

void open_gate(Draft& draft, StepState row, const Gate& gate) {
  row.status = StepStatus::waiting_for_decision;
  row.gate = gate.id;
  row.wake_at = next_moment(gate);
  const std::size_t step = row.step;
  draft.put_gate(gate);
  draft.audit(AuditNote{Actor{"gossamer", true, "engine"}, "gate.open", gate.id.value(),
                        Json{{"step", gate.step},
                             {"question", gate.question},
                             {"evidence", gate.evidence.text()},
                             {"proposal", gate.proposal}}});
  tell(draft, gate, step, "waiting");
  draft.put(std::move(row), Json{{"gate", gate.id.value()}, {"evidence", gate.evidence.text()}});
}

// rule R-4.12: in a re-run a decision stands on the same evidence, and only there.
void let_stand(Draft& draft, StepState row, const Gate& decided) {
  row.gate = decided.id;
  row.status = StepStatus::succeeded;
  row.outcome = decided.status == GateStatus::approved ? Outcome::approved : Outcome::rejected;
  row.finished_at = draft.now();
  row.deadline_at.reset();
  draft.put(std::move(row),
            Json{{"gate", decided.id.value()}, {"because", "decided before on the same evidence"}});
}

// --- Votes ---------------------------------------------------------------------------------------

namespace {

Json vote_details(const Gate& gate, const approval::Vote& vote, const approval::Ruling& ruling) {
  return Json{{"gate", gate.id.value()},
              {"answer", approval::name_of(vote.answer)},
              {"comment", vote.comment},
              {"evidence", vote.digest.text()},
              {"override", vote.override_criteria},
              {"approvals", ruling.approvals},
              {"needed", ruling.needed},
              {"state", approval::name_of(ruling.status)}};
}

Actor actor_of(const approval::Vote& vote) { return Actor{vote.by, vote.verified, vote.channel}; }

// Aliases "model@alias" whose value is not the one that the proposal replaces.
std::set<std::string> moved_aliases(const release::Switch& change,
                                    const release::Present& present) {
  std::set<std::string> moved;
  for (std::size_t i = 0; i < change.aliases.size() && i < present.aliases.size(); ++i) {
    const auto& alias = change.aliases[i];
    if (alias.from != present.aliases[i]) moved.insert(alias.model + "@" + alias.alias);
  }
  return moved;
}

// rule R-4.9: what was shown is no longer so. The evidence is made again, by every step before the
// gate that looked at an alias that has moved, and the gate opens anew.
void reopen(Draft& draft, const Gate& gate, const StepState& row, const PersonVoted& event,
            const std::set<std::string>& moved, Error why) {
  draft.put_gate(closed(draft, gate, GateStatus::withdrawn));
  draft.audit(AuditNote{actor_of(event.vote), "gate.conflict", gate.id.value(),
                        Json{{"because", why.message}}});
  draft.note(fmt::format("gate of step {}: opens again with fresh evidence", gate.step),
             Json{{"because", why.message}});
  std::set<std::size_t> roots{row.step};
  for (std::size_t step = 0; step < row.step; ++step) {
    const Json& pins = draft.row({step, 0}).pins;
    const bool has_looked =
        std::ranges::any_of(moved, [&](const std::string& alias) { return pins.contains(alias); });
    if (has_looked && draft.is_step_final(step)) roots.insert(step);
  }
  draft.transition().vote_conflict = std::move(why);
  reset_behind(draft, roots, Pins::fresh);
  settle_run(draft);
}

void rework(Draft& draft, const Gate& gate, const StepState& row, const approval::Vote& vote) {
  const auto& steps = draft.pipeline().steps;
  std::string target = vote.rework.is_object() ? vote.rework.value("step", std::string()) : "";
  if (target.empty()) target = approval_of(draft, row.step).rework_step;
  auto found = std::ranges::find(steps, target, &pipeline::Step::name);
  if (found == steps.end()) found = steps.begin();
  draft.put_gate(closed(draft, gate, GateStatus::reworked));
  if (vote.rework.is_object() && vote.rework.contains("params")) {
    draft.header().params.update(vote.rework.at("params"));  // rule R-4.14
  }
  draft.note(fmt::format("gate of step {}: back to step {}", gate.step, found->name),
             Json{{"params", draft.header().params}});
  reset_behind(draft, {static_cast<std::size_t>(found - steps.begin())}, Pins::keep);
  settle_run(draft);
}

// The switch in the vote's own transition, or nothing where the answer changes nothing.
void apply_switch(Draft& draft, release::Switch change, const PersonVoted& event) {
  if (change.empty()) return;
  change.id = event.switch_id;
  change.cause = release::SwitchCause::gate;
  change.actor = event.vote.by;
  change.reason = event.vote.comment;
  change.at = draft.now();
  change.gate = event.gate;
  for (const auto& content : change.contents) {
    draft.emit(ProjectPartition{content.table, content.key});
  }
  draft.audit(
      AuditNote{actor_of(event.vote), "switch.apply", change.id.value(),
                Json{{"gate", event.gate.value()}, {"changes", release::describe(change)}}});
  draft.transition().applied_switch = std::move(change);
}

void decide(Draft& draft, Gate gate, const StepState& row, const PersonVoted& event) {
  const bool approved = event.ruling.status == GateStatus::approved;
  auto change = release::switch_from_json(approved ? gate.proposal : gate.kept);
  if (!change) {
    draft.transition().vote_conflict = change.error();
    return;
  }
  if (auto applies = release::check_applies(*change, event.present); !applies) {
    const auto moved = moved_aliases(*change, event.present);
    gate.votes.pop_back();  // it was refused
    reopen(draft, gate, row, event, moved, std::move(applies).error());
    return;
  }
  apply_switch(draft, *std::move(change), event);
  gate = closed(draft, std::move(gate), event.ruling.status);
  tell(draft, gate, row.step, "decided",
       Json{{"state", approval::name_of(gate.status)}, {"by", event.vote.by}});
  draft.put_gate(gate);
  close_row(draft, row, approved ? Outcome::approved : Outcome::rejected,
            vote_details(gate, event.vote, event.ruling));
}

}  // namespace

void vote(Draft& draft, const PersonVoted& event) {
  const Gate* open = draft.open_gate(event.gate);
  if (open == nullptr || event.ruling.verdict == approval::Verdict::repeated) return;
  const StepState* found = row_of(draft, *open);
  if (found == nullptr) return;
  const StepState row = *found;
  Gate gate = *open;
  gate.votes.push_back(event.vote);
  draft.audit(AuditNote{actor_of(event.vote), "gate.vote", gate.id.value(),
                        vote_details(gate, event.vote, event.ruling)});
  if (event.ruling.verdict == approval::Verdict::counted) {
    draft.note(fmt::format("gate of step {}: {} of {} approvals", gate.step, event.ruling.approvals,
                           event.ruling.needed));
    draft.put_gate(std::move(gate));
  } else if (event.ruling.status == GateStatus::reworked) {
    rework(draft, gate, row, event.vote);
  } else {
    decide(draft, std::move(gate), row, event);
  }
}

// --- Without a vote ------------------------------------------------------------------------------

void supersede(Draft& draft, const GateSuperseded& event) {
  const Gate* open = draft.open_gate(event.gate);
  if (open == nullptr) return;
  const Gate gate = *open;  // rule R-4.10
  close_without_vote(draft, gate, GateStatus::superseded, Outcome::superseded,
                     Json{{"by", event.by.value()}});
}

void withdraw(Draft& draft, const GateId& id) {
  const Gate* open = draft.open_gate(id);
  if (open == nullptr) return;
  const Gate gate = *open;
  draft.audit(AuditNote{Actor{"gossamer", true, "engine"}, "gate.withdrawn", gate.id.value(),
                        Json{{"step", gate.step}}});
  draft.put_gate(closed(draft, gate, GateStatus::withdrawn));
}

void pass_gate_time(Draft& draft, const StepState& row) {
  const Gate* open = row.gate ? draft.open_gate(*row.gate) : nullptr;
  if (open == nullptr) return;
  Gate gate = *open;
  if (approval::is_overdue(gate, draft.now())) {  // rule R-4.6: closed, and nothing has changed
    close_without_vote(draft, gate, GateStatus::expired, Outcome::expired,
                       Json{{"due_at", format_instant(gate.due_at.value_or(draft.now()))}});
    return;
  }
  if (gate.escalate_at && *gate.escalate_at <= draft.now()) {  // rule R-4.8
    gate.escalate_at.reset();
    gate.policy.any_of.push_back(gate.escalate_to);
    tell(draft, gate, row.step, "escalated", Json{{"to", gate.escalate_to}});
    draft.note(fmt::format("gate of step {}: {} may decide too", gate.step, gate.escalate_to));
  }
  const auto is_past = [&](Instant at) { return at <= draft.now(); };
  if (std::erase_if(gate.remind_at, is_past) > 0) {  // rule R-4.7: several missed ones are one
    tell(draft, gate, row.step, "reminder");
    draft.note(fmt::format("gate of step {}: reminded", gate.step));
  }
  StepState next = row;
  next.wake_at = next_moment(gate);
  draft.put_gate(std::move(gate));
  draft.put(std::move(next));
}

}  // namespace gossamer::orchestration::rules
