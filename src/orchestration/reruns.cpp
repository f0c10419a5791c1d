// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/rules.hpp"

namespace gossamer::orchestration::rules {
namespace {

bool any_row(const Draft& draft, std::size_t step, auto&& holds) {
  for (int i = 0; i < draft.instances(step); ++i) {
    if (holds(draft.row({step, i}))) return true;
  }
  return false;
}

bool is_unfinished_business(const StepState& row) {
  return row.status == StepStatus::failed || row.status == StepStatus::cancelled;
}

// Everything that depends on `roots`, without them unless one depends on another.
std::set<std::size_t> behind(const Draft& draft, const std::set<std::size_t>& roots) {
  std::set<std::size_t> found;
  std::vector<std::size_t> open(roots.begin(), roots.end());
  while (!open.empty()) {
    const std::size_t step = open.back();
    open.pop_back();
    for (const std::size_t next : draft.dependents(step)) {
      if (found.insert(next).second) open.push_back(next);
    }
  }
  return found;
}

// Back to the first state, one generation on. The history keeps what was.
void reset_row(Draft& draft, const StepState& row, Json each, Pins pins) {
  abandon_attempt(draft, row);
  if (row.gate && row.status == StepStatus::waiting_for_decision) withdraw(draft, *row.gate);
  StepState fresh;
  fresh.step = row.step;
  fresh.instance = row.instance;
  fresh.each = std::move(each);
  fresh.generation = row.generation + 1;
  fresh.deadline_at = row.deadline_at;
  // A gate shows and replaces what is so now, whatever the run reads.
  const bool is_gate = draft.declaration(row.step).kind == pipeline::StepKind::approval;
  if (pins == Pins::keep && !is_gate) fresh.pins = row.pins;
  draft.put(std::move(fresh), Json{{"generation", row.generation + 1}});
}

// Counts anew what the changed steps wait for.
void recount(Draft& draft, const std::set<std::size_t>& steps) {
  for (const std::size_t step : steps) {
    StepState row = draft.row({step, 0});
    row.open_dependencies = 0;
    for (const auto& dependency : draft.declaration(step).dependencies) {
      if (!draft.is_step_final(dependency.step)) ++row.open_dependencies;
    }
    draft.put(std::move(row));
  }
}

// Resets whole steps; those left out of the run stay so, unless they are named.
void reset_steps(Draft& draft, const std::set<std::size_t>& steps,
                 const std::set<std::size_t>& named, Pins pins) {
  for (const std::size_t step : steps) {
    if (draft.row({step, 0}).left_out && !named.contains(step)) continue;
    for (int i = 0; i < draft.instances(step); ++i) {
      reset_row(draft, draft.row({step, i}), nullptr, pins);  // a list is read anew
    }
  }
}

std::set<std::size_t> steps_named(const Draft& draft, const std::vector<std::string>& names) {
  std::set<std::size_t> found;
  const auto& steps = draft.pipeline().steps;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (std::ranges::find(names, steps[step].name) != names.end()) found.insert(step);
  }
  return found;
}

// A run that was finished goes back to the planner, which gives it its place.
void reopen_run(Draft& draft) {
  RunHeader& run = draft.header();
  if (!is_final(run.status)) return;
  draft.note(fmt::format("run: {} -> queued", name_of(run.status)));
  run.status = RunStatus::queued;
  run.finished_at.reset();
  run.cancel_requested_at.reset();
}

}  // namespace

void start_run(Draft& draft, const RunStarted& event) {
  RunHeader& run = draft.header();
  if (run.status != RunStatus::queued) return;
  if (!run.started_at) {  // rule: fixed once; a re-run reads the same
    run.started_at = draft.now();
    if (!run.pins.are_fixed()) run.pins = event.pins;
    for (std::size_t step = 0; step < draft.pipeline().steps.size(); ++step) {
      if (!draft.declaration(step).deadline || is_final(draft.row({step, 0}).status)) continue;
      StepState row = draft.row({step, 0});
      row.deadline_at = draft.now() + *draft.declaration(step).deadline;
      draft.put(std::move(row));
    }
  }
  run.status = RunStatus::running;
  draft.note("run: queued -> running");
  const pipeline::Pipeline& pipeline = draft.pipeline();
  if (pipeline.notify.is_object() && pipeline.notify.contains("started")) {
    draft.emit(Notify{"started", pipeline.notify.at("started"),
                      Json{{"pipeline", pipeline.name},
                           {"partition", run.partition.text()},
                           {"run", run.id.value()}}});
  }
  begin_ready(draft);
  settle_run(draft);
}

void cancel(Draft& draft, const CancelRequested& event) {
  RunHeader& run = draft.header();
  if (is_final(run.status) || run.cancel_requested_at) return;
  run.cancel_requested_at = draft.now();
  draft.audit(AuditNote{event.actor, "run.cancel", run.id.value(), Json{{"reason", event.reason}}});
  draft.note("run: cancel requested", Json{{"reason", event.reason}});
  for (std::size_t step = 0; step < draft.pipeline().steps.size(); ++step) {
    for (int i = 0; i < draft.instances(step); ++i) {
      StepState row = draft.row({step, i});
      if (is_final(row.status)) continue;
      row.wake_at.reset();
      row.deadline_at.reset();
      if (row.status == StepStatus::running) {
        // It is cancelled when its process has ended, not before: the partition may run again then.
        draft.emit(StopAttempt{*row.attempt, StopReason::cancelled});
        row.stop_requested = StopReason::cancelled;
      } else {
        if (row.gate && row.status == StepStatus::waiting_for_decision) withdraw(draft, *row.gate);
        row.status = StepStatus::cancelled;
        row.finished_at = draft.now();
      }
      draft.put(std::move(row));
    }
  }
  settle_run(draft);
}

void reset_behind(Draft& draft, const std::set<std::size_t>& roots, Pins pins) {
  std::set<std::size_t> steps = behind(draft, roots);
  steps.insert(roots.begin(), roots.end());
  reset_steps(draft, steps, roots, pins);
  recount(draft, steps);
  begin_ready(draft);
}

// rule: only what failed and what depends on it is done again.
void retry(Draft& draft, const RetryRequested& event) {
  RunHeader& run = draft.header();
  if (!is_final(run.status)) return;
  std::set<std::size_t> roots = steps_named(draft, event.from);
  const bool whole_steps = !roots.empty();
  if (!whole_steps) {
    for (std::size_t step = 0; step < draft.pipeline().steps.size(); ++step) {
      if (any_row(draft, step, is_unfinished_business)) roots.insert(step);
    }
  }
  if (roots.empty()) return;
  draft.audit(AuditNote{event.actor, "run.retry", run.id.value(), Json{{"from", event.from}}});
  const std::set<std::size_t> dependents = behind(draft, roots);
  std::set<std::size_t> whole = dependents;
  if (whole_steps) whole.insert(roots.begin(), roots.end());
  const Pins pins = event.fresh_pins ? Pins::fresh : Pins::keep;
  reset_steps(draft, whole, roots, pins);
  for (const std::size_t step : roots) {
    if (whole.contains(step)) continue;
    for (int i = 0; i < draft.instances(step); ++i) {  // rule: of instances, the failed ones
      const StepState row = draft.row({step, i});
      if (is_unfinished_business(row)) reset_row(draft, row, row.each, pins);
    }
  }
  whole.insert(roots.begin(), roots.end());
  recount(draft, whole);
  if (event.fresh_pins) run.pins = *event.fresh_pins;
  reopen_run(draft);
}

void force(Draft& draft, const StepForced& event) {
  const std::set<std::size_t> named = steps_named(draft, {event.step});
  if (named.empty()) return;
  const std::size_t step = *named.begin();
  if (!any_row(draft, step,
               [](const StepState& row) { return row.status == StepStatus::failed; })) {
    return;
  }
  draft.audit(AuditNote{event.actor, "step.force", draft.header().id.value(),
                        Json{{"step", event.step}, {"reason", event.reason}}});
  for (int i = 0; i < draft.instances(step); ++i) {  // rule
    StepState row = draft.row({step, i});
    if (row.status != StepStatus::failed) continue;
    row.status = StepStatus::succeeded;
    row.outcome = Outcome::succeeded;
    draft.put(std::move(row), Json{{"forced_by", event.actor.name}, {"reason", event.reason}});
  }
  std::set<std::size_t> skipped;
  for (const std::size_t dependent : behind(draft, {step})) {
    const StepState& row = draft.row({dependent, 0});
    if (row.status == StepStatus::skipped && !row.left_out) skipped.insert(dependent);
  }
  reset_steps(draft, skipped, {}, Pins::keep);
  recount(draft, skipped);
  if (is_final(draft.header().status)) {
    reopen_run(draft);
  } else {
    begin_ready(draft);
    settle_run(draft);
  }
}

}  // namespace gossamer::orchestration::rules
