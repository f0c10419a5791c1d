// SPDX-License-Identifier: Apache-2.0
#include "orchestration/transition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "orchestration/counting.hpp"
#include "orchestration/rules.hpp"

namespace gossamer::orchestration {
namespace {

// Each event's name in the history, and who stands behind it.
struct Origin {
  std::string cause;
  std::string actor;
};

struct OriginOf {
  Origin operator()(const RunStarted&) const { return {"run_started", ""}; }
  Origin operator()(const StepGranted&) const { return {"step_granted", ""}; }
  Origin operator()(const DataMissing&) const { return {"data_missing", ""}; }
  Origin operator()(const DataArrived&) const { return {"data_arrived", ""}; }
  Origin operator()(const DataGivenUp&) const { return {"data_given_up", ""}; }
  Origin operator()(const AttemptFinished&) const { return {"attempt_finished", ""}; }
  Origin operator()(const TimePassed&) const { return {"time_passed", ""}; }
  Origin operator()(const PersonVoted& event) const { return {"person_voted", event.vote.by}; }
  Origin operator()(const GateSuperseded&) const { return {"gate_superseded", ""}; }
  Origin operator()(const CancelRequested& event) const {
    return {"cancel_requested", event.actor.name};
  }
  Origin operator()(const RetryRequested& event) const {
    return {"retry_requested", event.actor.name};
  }
  Origin operator()(const StepForced& event) const { return {"step_forced", event.actor.name}; }
};

struct Apply {
  Draft& draft;
  void operator()(const RunStarted& event) const { rules::start_run(draft, event); }
  void operator()(const StepGranted& event) const { rules::grant(draft, event); }
  void operator()(const DataMissing& event) const { rules::wait_for_data(draft, event); }
  void operator()(const DataArrived& event) const { rules::take_up_data(draft, event); }
  void operator()(const DataGivenUp& event) const { rules::give_up_data(draft, event); }
  void operator()(const AttemptFinished& event) const { rules::finish_attempt(draft, event); }
  void operator()(const TimePassed& event) const { rules::pass_time(draft, event); }
  void operator()(const PersonVoted& event) const { rules::vote(draft, event); }
  void operator()(const GateSuperseded& event) const { rules::supersede(draft, event); }
  void operator()(const CancelRequested& event) const { rules::cancel(draft, event); }
  void operator()(const RetryRequested& event) const { rules::retry(draft, event); }
  void operator()(const StepForced& event) const { rules::force(draft, event); }
};

}  // namespace

bool Transition::empty() const {
  return steps.empty() && attempts.empty() && effects.empty() && history.empty() && audit.empty() &&
         gates.empty() && !applied_switch && publications.empty() && models.empty();
}

Transition create_run(RunState fresh, Instant now) {
  const pipeline::Pipeline& pipeline = *fresh.pipeline;
  fresh.revision = 0;
  fresh.status = RunStatus::queued;
  fresh.created_at = now;
  fresh.steps.resize(pipeline.steps.size());
  for (std::size_t step = 0; step < pipeline.steps.size(); ++step) {
    auto& rows = fresh.steps[step];
    if (rows.empty()) rows.emplace_back();
    for (auto& row : rows)
      row.step = step;
    for (const auto& dependency : pipeline.steps[step].dependencies) {
      const auto& upstream = fresh.steps[dependency.step];
      const bool is_open =
          !std::ranges::all_of(upstream, [](const StepState& row) { return is_final(row.status); });
      if (is_open) ++rows.front().open_dependencies;
    }
  }
  if (pipeline.deadline) fresh.deadline_at = now + *pipeline.deadline;

  Transition transition;
  transition.run = fresh.id;
  transition.after_run = static_cast<const RunHeader&>(fresh);
  transition.after_run.revision = 1;
  transition.history.push_back(
      HistoryEntry{now, "run created", fresh.cause.kind, fresh.starter.name,
                   Json{{"partition", fresh.partition.text()}, {"params", fresh.params}}});
  transition.audit.push_back(AuditNote{fresh.starter, "run.create", fresh.id.value(),
                                       Json{{"pipeline", pipeline.name},
                                            {"partition", fresh.partition.text()},
                                            {"cause", fresh.cause.kind}}});
  for (auto& rows : fresh.steps) {
    std::ranges::move(rows, std::back_inserter(transition.steps));
  }
  return transition;
}

Transition advance(const RunState& run, const Event& event, Instant now) {
  auto [cause, actor] = std::visit(OriginOf{}, event);
  Draft draft(run, now, std::move(cause), std::move(actor));
  std::visit(Apply{draft}, event);
  return draft.finish();
}

RunState apply(RunState run, const Transition& transition) {
  const bool is_new = transition.creates_run();
  static_cast<RunHeader&>(run) = transition.after_run;
  if (is_new) run.steps.assign(run.pipeline->steps.size(), {});
  std::set<std::size_t> changed;
  for (const StepState& row : transition.steps) {
    auto& rows = run.steps[row.step];
    const auto place = static_cast<std::size_t>(row.instance);
    if (place >= rows.size()) {
      rows.resize(place + 1);
    } else if (!is_new) {
      run.index.totals = counted(run.index.totals, rows[place].status, -1);
      if (!is_final(rows[place].status)) --run.index.open_instances[row.step];
    }
    rows[place] = row;
    if (is_new) continue;
    run.index.totals = counted(run.index.totals, row.status, +1);
    if (!is_final(row.status)) ++run.index.open_instances[row.step];
    changed.insert(row.step);
  }
  for (const std::size_t step : changed)
    run.index.summaries[step] = indexed_summary(run, step);
  for (const approval::Gate& gate : transition.gates) {
    std::erase_if(run.gates, [&](const approval::Gate& old) { return old.id == gate.id; });
    if (gate.status == approval::GateStatus::open) run.gates.push_back(gate);
  }
  if (is_new) return derived(std::move(run));
  return run;
}

}  // namespace gossamer::orchestration
