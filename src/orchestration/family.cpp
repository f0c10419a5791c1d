// SPDX-License-Identifier: Apache-2.0
// A run and what follows from it, as people watch it.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

StepProgress progress_of(const pipeline::Step& step, const std::vector<StepState>& rows) {
  StepProgress progress;
  progress.step = step.name;
  progress.view = view_of(rows);
  for (const auto& row : rows) {
    if (row.gate && row.status == StepStatus::waiting_for_decision) progress.gate = row.gate;
    if (row.failure && row.status == StepStatus::failed) progress.failure = row.failure;
    if (row.started_at && (!progress.started_at || *row.started_at < *progress.started_at)) {
      progress.started_at = row.started_at;
    }
    if (row.finished_at && (!progress.finished_at || *row.finished_at > *progress.finished_at)) {
      progress.finished_at = row.finished_at;
    }
  }
  return progress;
}

// Looking at each instance for each change of one would cost their square: of many, some are told.
bool is_worth_telling(const RunState& run, std::size_t step, const StepState& changed) {
  constexpr int many = 100;
  if (run.steps[step].size() <= many || run.index.open_instances[step] == 0) return true;
  return changed.instance % many == 0;
}

}  // namespace

RunProgress progress_of(const RunState& run) {
  RunProgress progress{run.id,     run.pipeline->name, run.partition.text(),
                       run.status, run.cause.parent,   {}};
  for (std::size_t step = 0; step < run.steps.size(); ++step) {
    progress.steps.push_back(progress_of(run.pipeline->steps[step], run.steps[step]));
  }
  return progress;
}

void Engine::Core::tell_observers(const Transition& transition) {
  if (observers_.empty()) return;
  const RunHeader& run = transition.after_run;
  RunProgress progress{run.id,     run.pipeline->name, run.partition.text(),
                       run.status, run.cause.parent,   {}};
  const RunState* open = board_.find(run.id);
  std::map<std::size_t, std::vector<StepState>> changed;
  for (const auto& row : transition.steps)
    changed[row.step].push_back(row);
  for (const auto& [step, rows] : changed) {
    // Of a step with instances all count; where the run is no longer open, those that changed.
    const bool all = open != nullptr && open->steps[step].size() > rows.size();
    const auto& shown = all ? open->steps[step] : rows;
    if (all && !is_worth_telling(*open, step, rows.front())) continue;
    progress.steps.push_back(progress_of(run.pipeline->steps[step], shown));
  }
  for (const auto& observer : observers_)
    observer(progress);
}

// Ids rise with time, so a run comes before those that follow from it.
std::set<RunId> Engine::Core::family_of(const RunId& root) const {
  std::set<RunId> family{root};
  for (const auto& [id, run] : known_) {
    if (run.parent && family.contains(*run.parent)) family.insert(id);
  }
  return family;
}

Result<std::optional<std::vector<RunEnd>>> Engine::Core::settled(const RunId& root) const {
  std::vector<RunEnd> ends;
  if (!known_.contains(root)) {
    TRY_ASSIGN(const RunState run, ports_.runs.load(root));
    ends.push_back(RunEnd{run.id, run.pipeline->name, run.partition.text(), run.status});
  }
  for (const RunId& id : family_of(root)) {
    if (const auto known = known_.find(id); known != known_.end())
      ends.push_back(known->second.end);
  }
  if (has_effects_under_way() || has_staged()) return std::optional<std::vector<RunEnd>>{};
  const bool is_anything_at_work = std::ranges::any_of(
      board_.runs(), [](const auto& entry) { return entry.second.status == RunStatus::running; });
  for (const auto& end : ends) {
    if (is_final(end.status) || end.status == RunStatus::waiting) continue;
    const bool is_stuck = end.status == RunStatus::queued && !is_anything_at_work;
    if (!is_stuck) return std::optional<std::vector<RunEnd>>{};
  }
  return std::optional(std::move(ends));
}

}  // namespace gossamer::orchestration
