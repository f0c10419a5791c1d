// SPDX-License-Identifier: Apache-2.0
#include "app/told_runs.hpp"

#include <algorithm>

namespace gossamer::app {

namespace {

using orchestration::Transition;

std::string pipeline_of(const Transition& transition) {
  const auto& pipeline = transition.after_run.pipeline;
  return pipeline ? pipeline->name : "";
}

// An attempt's row is written when it begins and when it ends.
void count_attempts(const Transition& transition, web::Metrics& metrics) {
  if (!transition.after_run.pipeline) return;
  const auto& steps = transition.after_run.pipeline->steps;
  for (const auto& attempt : transition.attempts) {
    const auto step = std::ranges::find(steps, attempt.step, &pipeline::Step::name);
    if (step == steps.end() || !attempt.started_at) continue;
    const std::string kind(pipeline::name_of(step->kind));
    if (attempt.finished_at) {
      metrics.count("gossamer_attempts_total", {{"kind", kind}, {"status", attempt.status}});
      metrics.observe("gossamer_attempt_seconds", {{"kind", kind}},
                      *attempt.finished_at - *attempt.started_at);
      continue;
    }
    const auto row = std::ranges::find_if(
        transition.steps, [&](const auto& each) { return each.attempt == attempt.id; });
    if (row == transition.steps.end() || !row->queued_at) continue;
    metrics.observe("gossamer_step_queue_seconds", {{"kind", kind}},
                    *attempt.started_at - *row->queued_at);
  }
}

void count_ends(const Transition& transition, web::Metrics& metrics) {
  const auto& run = transition.after_run;
  for (const auto& gate : transition.gates) {
    if (!gate.closed_at) continue;
    const std::string state(approval::name_of(gate.status));
    metrics.count("gossamer_gates_closed_total", {{"state", state}});
    metrics.observe("gossamer_gate_wait_seconds", {{"state", state}},
                    *gate.closed_at - gate.opened_at);
  }
  // Later transitions of a run that has ended keep its end.
  const bool ends_now = run.finished_at && !transition.history.empty() &&
                        transition.history.back().at == *run.finished_at;
  if (!ends_now) return;
  metrics.count("gossamer_runs_finished_total",
                {{"pipeline", pipeline_of(transition)},
                 {"state", std::string(orchestration::name_of(run.status))}});
  if (!run.started_at) return;
  metrics.observe("gossamer_run_seconds", {{"pipeline", pipeline_of(transition)}},
                  *run.finished_at - *run.started_at);
}

}  // namespace

Result<void> ToldRuns::commit(std::span<const Transition> transitions,
                              std::span<const std::int64_t> acknowledged) {
  const auto begun = clock_.steady();
  TRY(runs_.commit(transitions, acknowledged));
  metrics_.observe("gossamer_commit_seconds", {}, clock_.steady() - begun);
  for (const auto& transition : transitions) {
    const auto& run = transition.after_run;
    feed_.publish("run", {{"run", transition.run.value()},
                          {"pipeline", pipeline_of(transition)},
                          {"state", orchestration::name_of(run.status)}});
    for (const auto& gate : transition.gates) {
      feed_.publish("gate", {{"gate", gate.id.value()}, {"state", approval::name_of(gate.status)}});
    }
    count_attempts(transition, metrics_);
    count_ends(transition, metrics_);
  }
  return {};
}

}  // namespace gossamer::app
