// SPDX-License-Identifier: Apache-2.0
#include "orchestration/run.hpp"

#include <algorithm>

#include "orchestration/counting.hpp"

namespace gossamer::orchestration {

RunState derived(RunState run) {
  const pipeline::Pipeline& pipeline = *run.pipeline;
  auto dependents = std::vector<std::vector<std::size_t>>(pipeline.steps.size());
  for (std::size_t step = 0; step < pipeline.steps.size(); ++step) {
    for (const auto& dependency : pipeline.steps[step].dependencies) {
      dependents[dependency.step].push_back(step);
    }
  }
  run.index = RunIndex{};
  run.index.dependents = std::make_shared<const decltype(dependents)>(std::move(dependents));
  run.index.open_instances.assign(run.steps.size(), 0);
  run.index.summaries.resize(run.steps.size());
  for (const auto& instances : run.steps) {
    for (const auto& row : instances) {
      run.index.totals = counted(run.index.totals, row.status, +1);
      if (!is_final(row.status)) ++run.index.open_instances[row.step];
    }
  }
  for (std::size_t step = 0; step < run.steps.size(); ++step)
    run.index.summaries[step] = indexed_summary(run, step);
  return run;
}

std::shared_ptr<const StepSummary> indexed_summary(const RunState& run, std::size_t step) {
  const bool is_read = !(*run.index.dependents)[step].empty() && !run.steps[step].empty();
  if (!is_read || run.index.open_instances[step] > 0) return nullptr;
  return std::make_shared<const StepSummary>(
      summarized(run.pipeline->steps[step], run.steps[step]));
}

RunTotals counted(RunTotals totals, StepStatus status, int by) {
  if (!is_final(status)) totals.open += by;
  switch (status) {
    case StepStatus::queued:
    case StepStatus::running:
    case StepStatus::waiting_to_retry:
      totals.active += by;
      break;
    case StepStatus::waiting_for_decision:
    case StepStatus::waiting_for_data:
      totals.waiting += by;
      break;
    case StepStatus::failed:
      totals.failed += by;
      break;
    case StepStatus::pending:
    case StepStatus::succeeded:
    case StepStatus::skipped:
    case StepStatus::cancelled:
      break;
  }
  return totals;
}

namespace {

// Of instances in several states the one that says most about the whole comes first.
constexpr StepStatus by_weight[] = {StepStatus::running,          StepStatus::waiting_for_decision,
                                    StepStatus::waiting_for_data, StepStatus::waiting_to_retry,
                                    StepStatus::queued,           StepStatus::pending,
                                    StepStatus::failed,           StepStatus::cancelled,
                                    StepStatus::succeeded,        StepStatus::skipped};

std::size_t weight_of(StepStatus status) {
  const auto* place = std::ranges::find(by_weight, status);
  return static_cast<std::size_t>(place - std::begin(by_weight));
}

}  // namespace

StepView view_of(const std::vector<StepState>& instances) {
  StepView view;
  const StepState* heaviest = &instances.front();
  for (const auto& row : instances) {
    if (weight_of(row.status) < weight_of(heaviest->status)) heaviest = &row;
    view.attempts = std::max(view.attempts, row.attempts);
    view.rows += row.result.rows;
  }
  view.status = heaviest->status;
  view.outcome = heaviest->outcome;
  return view;
}

StepResult joined_result(const std::vector<StepState>& instances) {
  const bool is_expanded = instances.size() > 1 || !instances.front().each.is_null();
  if (!is_expanded) return instances.front().result;
  StepResult joined;
  joined.report = Json::array();
  for (const auto& row : instances) {
    const StepResult& result = row.result;
    joined.publications.insert(joined.publications.end(), result.publications.begin(),
                               result.publications.end());
    joined.rows += result.rows;
    joined.report.push_back(result.report);
    for (const auto& [name, value] : result.outputs.items()) {
      Json& list = joined.outputs[name];
      if (list.is_null()) list = Json::array();
      list.push_back(value);
    }
  }
  return joined;
}

StepSummary summarized(const pipeline::Step& step, const std::vector<StepState>& instances) {
  StepSummary summary{view_of(instances), joined_result(instances), Json()};
  const StepResult& result = summary.result;
  summary.values = {{"outputs", result.outputs},
                    {"rows", result.rows},
                    {"report", result.report},
                    {"outcome", name_of(summary.view.outcome)}};
  if (result.outputs.contains("version")) summary.values["version"] = result.outputs["version"];
  if (step.output) summary.values["output"] = step.output->table;
  return summary;
}

std::shared_ptr<const StepSummary> summary_of(const RunState& run, std::size_t step) {
  const auto& known = run.index.summaries;
  if (step < known.size() && known[step]) return known[step];
  return std::make_shared<const StepSummary>(
      summarized(run.pipeline->steps[step], run.steps[step]));
}

}  // namespace gossamer::orchestration
