// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <deque>
#include <set>

#include "orchestration/resolve.hpp"
#include "orchestration/rules.hpp"

namespace gossamer::orchestration::rules {
namespace {

using pipeline::Condition;
using pipeline::StepKind;

constexpr std::size_t foreach_limit = 10'000;

Json details_of(const Failure& failure) { return to_json(failure); }

void fail_row(Draft& draft, StepState row, Failure failure) {
  Json details = details_of(failure);
  row.status = StepStatus::failed;
  row.failure = std::move(failure);
  row.finished_at = draft.now();
  row.wake_at.reset();
  row.deadline_at.reset();
  draft.put(std::move(row), std::move(details));
}

void succeed_row(Draft& draft, StepState row) {
  row.status = StepStatus::succeeded;
  row.outcome = Outcome::succeeded;
  row.started_at = draft.now();
  row.finished_at = draft.now();
  row.deadline_at.reset();
  draft.put(std::move(row));
}

Result<References> references_in(const Draft& draft, const pipeline::Step& step, const Json& each) {
  return references_of(draft.header(), step, each,
                       [&draft](std::size_t upstream) { return draft.summary(upstream); });
}

// rule: a trigger starts its run in the transition that begins it.
void pull_trigger(Draft& draft, StepState row) {
  const pipeline::Step& step = draft.declaration(row.step);
  auto references = references_in(draft, step, row.each);
  auto spec =
      references ? spec_of(step, *references) : Result<Json>(std::unexpected(references.error()));
  if (!spec) {
    fail_row(draft, std::move(row),
             Failure{FailureClass::invalid_input, spec.error().describe(), {}, {}});
    return;
  }
  StartRun start;
  start.pipeline = spec->at("pipeline").get<std::string>();
  start.source_pipeline = draft.pipeline().name;
  start.source_partition = draft.header().partition;
  start.partition = spec->at("partition").get<std::string>();
  start.params = spec->at("params");
  start.cause = Cause{"trigger", draft.header().id, fmt::format("step {}", step.name)};
  start.lane = draft.header().lane;
  draft.emit(std::move(start));
  succeed_row(draft, std::move(row));
}

// One row whose step may begin.
void begin_row(Draft& draft, StepState row) {
  switch (draft.declaration(row.step).kind) {
    case StepKind::none:  // rule
      succeed_row(draft, std::move(row));
      return;
    case StepKind::trigger:
      pull_trigger(draft, std::move(row));
      return;
    default:
      row.status = StepStatus::queued;
      row.queued_at = draft.now();
      draft.put(std::move(row));
  }
}

void skip_row(Draft& draft, StepState row, const Json& why) {
  row.status = StepStatus::skipped;
  row.finished_at = draft.now();
  row.wake_at.reset();
  row.deadline_at.reset();
  draft.put(std::move(row), why);
}

Result<std::vector<Json>> foreach_values(const Draft& draft, const pipeline::Step& step) {
  const pipeline::ForEach& foreach = *step.foreach;
  std::vector<Json> values = foreach.values;
  if (foreach.list) {  // rule
    TRY_ASSIGN(const auto references, references_in(draft, step, Json(nullptr)));
    const pipeline::Text text{{*foreach.list}, step.position};
    TRY_ASSIGN(const Json list, resolve(text, references));
    if (!list.is_array()) {
      return invalid_input(fmt::format("foreach of step {}: {} gave {}, not a list", step.name,
                                       text.literal(), list.type_name()));
    }
    values.assign(list.begin(), list.end());
  }
  if (values.size() > foreach_limit) {  // rule
    return invalid_input(fmt::format("foreach of step {}: {} values, the most are {}", step.name,
                                     values.size(), foreach_limit));
  }
  std::set<Json> seen;  // rule: each names a partition of its own
  for (const Json& value : values) {
    if (value.is_null()) {
      return invalid_input(fmt::format("foreach of step {}: a value is missing (null)", step.name));
    }
    if (seen.insert(value).second) continue;
    return invalid_input(
        fmt::format("foreach of step {}: {} is in the list twice", step.name, value.dump()));
  }
  return values;
}

// rule: one row becomes one a value. Rows of an earlier, longer list are skipped.
void expand(Draft& draft, std::size_t step) {
  const auto values = foreach_values(draft, draft.declaration(step));
  const StepState first = draft.row({step, 0});
  if (!values) {
    fail_row(draft, first, Failure{FailureClass::invalid_input, values.error().describe(), {}, {}});
    return;
  }
  draft.note(fmt::format("step {}: {} instances", draft.declaration(step).name, values->size()));
  const int known = draft.instances(step);
  for (std::size_t i = 0; i < values->size(); ++i) {
    StepState row;
    const int instance = static_cast<int>(i);
    if (instance < known) row = draft.row({step, instance});
    row.step = step;
    row.instance = instance;
    row.generation = first.generation;
    row.deadline_at = first.deadline_at;
    row.each = (*values)[i];
    begin_row(draft, std::move(row));
  }
  for (int i = static_cast<int>(values->size()); i < known; ++i) {  // rule
    skip_row(draft, draft.row({step, i}), Json{{"because", "the list has no such value"}});
  }
}

std::optional<std::string> why_skipped(const Draft& draft, const pipeline::Step& step) {
  for (const auto& dependency : step.dependencies) {
    const StepView view = draft.view(dependency.step);
    const bool left_out = draft.row({dependency.step, 0}).left_out;
    if (is_satisfied(view, left_out, dependency.condition)) continue;
    return fmt::format("{} is {}{}", draft.declaration(dependency.step).name, name_of(view.status),
                       view.outcome == Outcome::none ? std::string()
                                                     : fmt::format(" ({})", name_of(view.outcome)));
  }
  return std::nullopt;
}

// A step that waits for nothing: begins, or is skipped.
void begin_step(Draft& draft, std::size_t step) {
  const pipeline::Step& declaration = draft.declaration(step);
  if (const auto why = why_skipped(draft, declaration)) {  // rule
    for (int i = 0; i < draft.instances(step); ++i) {
      if (draft.row({step, i}).status == StepStatus::pending) {
        skip_row(draft, draft.row({step, i}), Json{{"because", *why}});
      }
    }
    return;
  }
  if (declaration.foreach && draft.row({step, 0}).each.is_null()) {
    expand(draft, step);
    return;
  }
  for (int i = 0; i < draft.instances(step); ++i) {
    if (draft.row({step, i}).status == StepStatus::pending) begin_row(draft, draft.row({step, i}));
  }
}

bool has_pending(const Draft& draft, std::size_t step) {
  for (int i = 0; i < draft.instances(step); ++i) {
    if (draft.row({step, i}).status == StepStatus::pending) return true;
  }
  return false;
}

// Dependents that wait for nothing now that `step` is final.
std::vector<std::size_t> released_by(Draft& draft, std::size_t step) {
  std::vector<std::size_t> released;
  for (const std::size_t dependent : draft.dependents(step)) {
    StepState row = draft.row({dependent, 0});
    if (row.open_dependencies == 0) continue;
    --row.open_dependencies;
    const bool is_free = row.open_dependencies == 0;
    draft.put(std::move(row));
    if (is_free) released.push_back(dependent);
  }
  return released;
}

void begin_all(Draft& draft, std::deque<std::size_t> ready) {
  while (!ready.empty()) {
    const std::size_t step = ready.front();
    ready.pop_front();
    if (!has_pending(draft, step)) continue;
    begin_step(draft, step);
    if (!draft.is_step_final(step)) continue;
    for (const std::size_t next : released_by(draft, step))
      ready.push_back(next);
  }
}

}  // namespace

bool is_satisfied(const StepView& upstream, bool left_out, Condition condition) {
  if (left_out) return true;  // rule
  const Outcome outcome = upstream.outcome;
  const bool succeeded = upstream.status == StepStatus::succeeded;
  switch (condition) {
    case Condition::any:  // rule
      return true;
    case Condition::succeeded:  // rule
    case Condition::decided:
    case Condition::evidence:  // rule
      return succeeded;
    case Condition::passed:  // rule: a person may have forced it
      return succeeded && (outcome == Outcome::passed || outcome == Outcome::succeeded);
    case Condition::failed_criteria:
      return succeeded && outcome == Outcome::failed_criteria;
    case Condition::approved:  // rule
      return succeeded && outcome == Outcome::approved;
    case Condition::rejected:  // rule
      return succeeded && (outcome == Outcome::rejected || outcome == Outcome::expired ||
                           outcome == Outcome::superseded);
  }
  return false;
}

void begin_ready(Draft& draft) {
  std::deque<std::size_t> ready;
  for (std::size_t step = 0; step < draft.pipeline().steps.size(); ++step) {
    if (draft.row({step, 0}).open_dependencies == 0) ready.push_back(step);
  }
  begin_all(draft, std::move(ready));
}

void settle_dependents(Draft& draft, std::size_t step) {
  if (!draft.is_step_final(step)) return;  // rule: instances count as one
  const auto released = released_by(draft, step);
  begin_all(draft, std::deque<std::size_t>(released.begin(), released.end()));
}

// --- The run -----------------------------------------------------------------------------------

namespace {

void tell(Draft& draft, const std::string& kind) {
  const pipeline::Pipeline& pipeline = draft.pipeline();
  if (!pipeline.notify.is_object() || !pipeline.notify.contains(kind)) return;
  draft.emit(Notify{kind, pipeline.notify.at(kind),
                    Json{{"pipeline", pipeline.name},
                         {"partition", draft.header().partition.text()},
                         {"run", draft.header().id.value()}}});
}

void finish_run(Draft& draft) {
  RunHeader& run = draft.header();
  run.finished_at = draft.now();
  run.deadline_at.reset();
  if (run.cancel_requested_at) {
    run.status = RunStatus::cancelled;
    return;
  }
  if (draft.totals().failed > 0) {
    run.status = RunStatus::failed;
    run.recovers = true;
    tell(draft, "failed");
    return;
  }
  run.status = RunStatus::succeeded;
  tell(draft, "succeeded");
  if (run.recovers) tell(draft, "recovered");  // rule
  run.recovers = false;
  if (!run.model.empty()) return;  // it made candidates: nothing is new for others
  // rule: only a run that succeeded starts others.
  draft.emit(StartFollowers{draft.pipeline().name, run.partition,
                            Cause{"when_finished", run.id, draft.pipeline().name}, run.lane});
}

}  // namespace

void settle_run(Draft& draft) {
  RunHeader& run = draft.header();
  const RunStatus before = run.status;
  if (is_final(before)) return;
  if (draft.totals().open == 0) {
    finish_run(draft);
  } else if (before == RunStatus::queued) {
    return;
  } else if (draft.totals().active == 0 && draft.totals().waiting > 0) {
    run.status = RunStatus::waiting;  // rule
  } else {
    run.status = RunStatus::running;
  }
  if (run.status == before) return;
  draft.note(fmt::format("run: {} -> {}", name_of(before), name_of(run.status)));
  if (run.status == RunStatus::waiting) tell(draft, "waiting");
}

}  // namespace gossamer::orchestration::rules
