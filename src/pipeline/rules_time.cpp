// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

// Declared data may be this late at most.
Duration largest_freshness(const Pipeline& pipeline) {
  Duration largest{};
  for (const auto& [name, input] : pipeline.inputs) {
    if (input.freshness) largest = std::max(largest, *input.freshness);
  }
  return largest;
}

const YamlNode& node_of_input(const PipelineDraft& pipeline, const std::string& name) {
  return *pipeline.node->find("inputs")->find(name);
}

void check_input(const Rules& rules, const PipelineDraft& pipeline, const Input& input,
                 const Tables& tables) {
  const YamlNode& node = node_of_input(pipeline, input.name);
  if (!input.table.empty() && !tables.contains(input.table)) {
    rules.problems.error(
        *node.find("table"),
        fmt::format("input `{}`: no step writes `{}`, no file declares it, and "
                    "there is no such table{}",
                    input.name, input.table, did_you_mean(input.table, tables.names())));
  }
  const auto table = tables.all.find(input.table);
  const bool written = table != tables.all.end() && !table->second.writer_step.empty();
  const YamlNode* partition = node.find("partition");
  if (partition != nullptr && !written && tables.contains(input.table)) {
    rules.problems.error(*partition,
                         fmt::format("`partition` is for tables that a pipeline writes; "
                                     "`{}` comes from outside and is cut by `rows`",
                                     input.table));
  }
  const YamlNode* late = node.find("late");
  const bool has_deadline =
      pipeline.pipeline.deadline || std::ranges::any_of(pipeline.steps, [](const StepDraft& draft) {
        return draft.step.deadline.has_value();
      });
  if (late != nullptr && !has_deadline) {
    rules.problems.error(*late,
                         "`late` says what happens at a deadline, and neither the pipeline "
                         "nor a step has one");
  }
  const bool cut = !input.time_column.empty() && input.rows != InputRows::all && !written;
  if (cut && !pipeline.pipeline.partitions.calendar) {
    rules.problems.error(*node.find("time_column"),
                         fmt::format("input `{}` is cut by a window, but the pipeline has no "
                                     "partitions of time: say `rows: all`",
                                     input.name));
  }
}

void check_lag(const Rules& rules, PipelineDraft& pipeline) {
  const Duration largest = largest_freshness(pipeline.pipeline);
  pipeline.pipeline.window_lag = pipeline.lag.value_or(largest);
  if (!pipeline.lag || *pipeline.lag >= largest) return;
  rules.problems.error(*pipeline.node->find("window")->find("lag"),
                       fmt::format("the lag {} is shorter than the largest freshness of an input, "
                                   "{}: rows of the window could still be missing",
                                   format_duration(*pipeline.lag), format_duration(largest)));
}

void check_calendar(const Rules& rules, const YamlNode& node, const std::string& calendar) {
  if (calendar.empty() || rules.workspace.calendars.contains(calendar)) return;
  std::vector<std::string> names;
  for (const auto& [name, value] : rules.workspace.calendars)
    names.push_back(name);
  rules.problems.error(node, fmt::format("there is no calendar `{}` in calendars/{}", calendar,
                                         did_you_mean(calendar, names)));
}

void check_schedule(const Rules& rules, const PipelineDraft& draft, const Tables& tables) {
  const Schedule& schedule = *draft.pipeline.schedule;
  const YamlNode& node = *draft.node->find("schedule");
  if (const YamlNode* calendar = node.find("calendar")) {
    check_calendar(rules, *calendar, schedule.calendar);
  }
  std::vector<std::string> pipelines;
  for (const PipelineDraft& other : rules.workspace.pipelines) {
    pipelines.push_back(other.pipeline.name);
  }
  for (const YamlNode* name : items_of(node.find("when_finished"))) {
    if (rules.workspace.find(name->text) != nullptr) continue;
    rules.problems.error(*name, fmt::format("there is no pipeline `{}`{}", name->text,
                                            did_you_mean(name->text, pipelines)));
  }
  for (const YamlNode* name : items_of(node.find("when_updated"))) {
    if (tables.contains(name->text)) continue;
    rules.problems.error(*name,
                         fmt::format("no step writes `{}`, no file declares it, and there is "
                                     "no such table{}",
                                     name->text, did_you_mean(name->text, tables.names())));
  }
}

// Pipelines that start a pipeline, each with the place where that is said.
struct Start {
  const PipelineDraft* by = nullptr;
  Position position;
};

std::vector<Start> starts_of(const Rules& rules, const PipelineDraft& draft, const Tables& tables) {
  std::vector<Start> starts;
  const YamlNode* schedule = draft.node->find("schedule");
  if (schedule != nullptr) {
    for (const YamlNode* name : items_of(schedule->find("when_finished"))) {
      starts.push_back({rules.workspace.find(name->text), name->position()});
    }
    for (const YamlNode* name : items_of(schedule->find("when_updated"))) {
      const auto table = tables.all.find(name->text);
      if (table == tables.all.end()) continue;
      starts.push_back({rules.workspace.find(table->second.writer_pipeline), name->position()});
    }
  }
  for (const PipelineDraft& other : rules.workspace.pipelines) {
    for (const StepDraft& step : other.steps) {
      const auto* trigger = std::get_if<TriggerStep>(&step.step.body);
      if (trigger == nullptr || trigger->pipeline != draft.pipeline.name) continue;
      starts.push_back({&other, step.step.position});
    }
  }
  std::erase_if(starts, [](const Start& start) { return start.by == nullptr; });
  return starts;
}

// Follows starts back from a pipeline; the path when it comes back to it.
bool find_loop(const Rules& rules, const PipelineDraft& from, const PipelineDraft& goal,
               const Tables& tables, std::vector<std::string>& path,
               std::set<const PipelineDraft*>& seen) {
  for (const Start& start : starts_of(rules, from, tables)) {
    path.push_back(start.by->pipeline.name);
    if (start.by == &goal) return true;
    if (seen.insert(start.by).second && find_loop(rules, *start.by, goal, tables, path, seen)) {
      return true;
    }
    path.pop_back();
  }
  return false;
}

void check_loops(const Rules& rules, const Tables& tables) {
  std::set<std::string> reported;
  for (const PipelineDraft& draft : rules.workspace.pipelines) {
    if (draft.pipeline.name.empty() || reported.contains(draft.pipeline.name)) continue;
    std::vector<std::string> path{draft.pipeline.name};
    std::set<const PipelineDraft*> seen;
    if (!find_loop(rules, draft, draft, tables, path, seen)) continue;
    reported.insert(path.begin(), path.end());
    std::ranges::reverse(path);
    rules.problems.error(
        *draft.node->find("pipeline"),
        fmt::format("pipelines start each other for ever: {}", join(path, " -> ")));
  }
}

}  // namespace

void check_inputs(Rules rules, PipelineDraft& pipeline, const Tables& tables) {
  for (const auto& [name, input] : pipeline.pipeline.inputs) {
    check_input(rules, pipeline, input, tables);
  }
  check_lag(rules, pipeline);
  auto& calendar = pipeline.pipeline.partitions.calendar;
  if (calendar && calendar->timezone.empty()) {
    calendar->timezone = rules.workspace.workspace.timezone;
  }
}

void check_schedules(Rules rules, const Tables& tables) {
  for (const PipelineDraft& draft : rules.workspace.pipelines) {
    if (draft.pipeline.schedule) check_schedule(rules, draft, tables);
  }
  check_loops(rules, tables);
}

}  // namespace gossamer::pipeline
