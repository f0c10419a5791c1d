// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/rules.hpp"

namespace gossamer::orchestration::rules {
namespace {

using pipeline::StepKind;

AttemptRow attempt_row(const Draft& draft, const StepState& row, std::string status) {
  AttemptRow attempt;
  attempt.id = *row.attempt;
  attempt.run = draft.header().id;
  attempt.step = draft.declaration(row.step).name;
  attempt.instance = row.instance;
  attempt.generation = row.generation;
  attempt.ordinal = row.attempts;
  attempt.status = std::move(status);
  attempt.started_at = row.started_at;
  return attempt;
}

void end_attempt(Draft& draft, const StepState& row, const AttemptResult& result,
                 AttemptStatus status, const std::optional<Failure>& failure) {
  AttemptRow attempt = attempt_row(draft, row, std::string(name_of(status)));
  if (result.started_at) attempt.started_at = result.started_at;
  attempt.finished_at = result.finished_at.value_or(draft.now());
  attempt.failure = failure;
  draft.put_attempt(std::move(attempt));
}

// The row once its step is done with; timers go.
StepState closed(const Draft& draft, StepState row, StepStatus status) {
  row.status = status;
  row.finished_at = draft.now();
  row.wake_at.reset();
  row.deadline_at.reset();
  row.stop_requested.reset();
  return row;
}

// What the attempt published and registered becomes part of the transition, whole.
void take_results(Draft& draft, const StepResult& result) {
  for (const auto& publication : result.publications) {
    draft.transition().publications.push_back(publication);
    if (publication.visibility == release::Visibility::current) {  // rule
      draft.emit(ProjectPartition{publication.content.table, publication.content.key});
    }
  }
  if (result.model) draft.transition().models.push_back(*result.model);
}

void succeed(Draft& draft, StepState row, const AttemptFinished& event) {
  const AttemptResult& result = event.result;
  end_attempt(draft, row, result, AttemptStatus::succeeded, std::nullopt);
  row.result = result.result;
  row.failure.reset();
  row.wake_at.reset();
  row.stop_requested.reset();
  if (event.gate) {
    open_gate(draft, std::move(row), *event.gate);
    return;
  }
  const std::size_t step = row.step;
  if (event.standing) {
    let_stand(draft, std::move(row), *event.standing);
  } else {
    take_results(draft, result.result);
    row.outcome = result.outcome == Outcome::none ? Outcome::succeeded : result.outcome;
    draft.put(closed(draft, std::move(row), StepStatus::succeeded));
  }
  settle_dependents(draft, step);
}

void fail(Draft& draft, StepState row, const AttemptResult& result, Failure failure) {
  end_attempt(draft, row, result, AttemptStatus::failed, failure);
  const pipeline::Retries& retries = draft.declaration(row.step).retries;
  Json details = to_json(failure);
  row.stop_requested.reset();
  row.failure = failure;
  if (may_retry(retries, failure, row.attempts)) {  // rule
    row.status = StepStatus::waiting_to_retry;
    row.wake_at = draft.now() + backoff_after(retries, row.attempts);
    details["retry_at"] = format_instant(*row.wake_at);
    draft.put(std::move(row), std::move(details));
    return;
  }
  const std::size_t step = row.step;
  draft.put(closed(draft, std::move(row), StepStatus::failed), std::move(details));
  settle_dependents(draft, step);
}

Failure failure_of(const Draft& draft, const StepState& row, const AttemptResult& result) {
  const pipeline::Step& step = draft.declaration(row.step);
  if (row.stop_requested == StopReason::timeout) {  // rule
    return Failure{FailureClass::timeout,
                   fmt::format("step {} did not finish within {}", step.name,
                               format_duration(step.timeout.value_or(Duration::zero()))),
                   std::nullopt, std::nullopt};
  }
  if (result.failure) return *result.failure;
  return Failure{FailureClass::bug, "the attempt ended without a result and without a reason",
                 std::nullopt, std::nullopt};
}

}  // namespace

// rule: what a person has to correct is never tried again, whatever `retry_on` says.
bool may_retry(const pipeline::Retries& retries, const Failure& failure, int attempts) {
  if (failure.failure == FailureClass::invalid_input) return false;
  if (failure.failure == FailureClass::cancelled) return false;
  if (attempts >= retries.attempts) return false;
  return std::ranges::any_of(retries.retry_on, [&](const std::string& rule) {
    if (rule == name_of(failure.failure)) return true;
    // rule: `exit:75` is one exit code, `exit_code` any.
    return failure.exit_code && rule == fmt::format("exit:{}", *failure.exit_code);
  });
}

Duration backoff_after(const pipeline::Retries& retries, int attempts) {
  Duration pause = retries.backoff;
  for (int i = 1; i < attempts && pause < retries.max_backoff; ++i)
    pause *= 2;
  return std::min(pause, retries.max_backoff);
}

void grant(Draft& draft, const StepGranted& event) {
  StepState row = draft.row({event.step, event.instance});
  if (row.status != StepStatus::queued || draft.header().cancel_requested_at) return;
  const pipeline::Step& step = draft.declaration(event.step);
  row.status = StepStatus::running;
  row.attempt = event.attempt;
  ++row.attempts;
  row.started_at = draft.now();
  row.finished_at.reset();
  row.stop_requested.reset();
  row.wake_at.reset();
  if (step.timeout) row.wake_at = draft.now() + *step.timeout;
  if (row.pins.empty()) row.pins = event.pins;  // rule
  draft.put_attempt(attempt_row(draft, row, "running"));
  draft.emit(StartAttempt{event.attempt, event.step, event.instance});
  if (!event.without.empty()) {  // rule
    draft.note(fmt::format("step {}: goes on with what is there: {}", step.name, event.without));
  }
  draft.put(std::move(row), Json{{"attempt", event.attempt.value()}});
  settle_run(draft);
}

// rule: it holds no slot and counts no attempt.
void wait_for_data(Draft& draft, const DataMissing& event) {
  StepState row = draft.row({event.step, event.instance});
  if (row.status != StepStatus::queued || draft.header().cancel_requested_at) return;
  row.status = StepStatus::waiting_for_data;
  row.failure = Failure{FailureClass::unavailable, event.what, std::nullopt, std::nullopt};
  draft.put(std::move(row), Json{{"missing", event.what}});
  settle_run(draft);
}

// rule: what the run reads is fixed anew, or it would never see what has come.
void take_up_data(Draft& draft, const DataArrived& event) {
  StepState row = draft.row({event.step, event.instance});
  if (row.status != StepStatus::waiting_for_data) return;
  draft.header().pins.catalog = event.catalog;
  row.status = StepStatus::queued;
  row.queued_at = draft.now();
  row.failure.reset();
  draft.put(std::move(row), Json{{"catalog", event.catalog}});
  settle_run(draft);
}

// rule
void give_up_data(Draft& draft, const DataGivenUp& event) {
  StepState row = draft.row({event.step, event.instance});
  if (row.status != StepStatus::waiting_for_data) return;
  row.failure.reset();
  draft.put(closed(draft, std::move(row), StepStatus::skipped), Json{{"because", event.what}});
  settle_dependents(draft, event.step);
  settle_run(draft);
}

void finish_attempt(Draft& draft, const AttemptFinished& event) {
  StepState row = draft.row({event.step, event.instance});
  const AttemptResult& result = event.result;
  if (row.status != StepStatus::running || row.attempt != result.attempt) return;
  if (row.stop_requested == StopReason::cancelled) {  // rule: nothing of it is kept
    end_attempt(draft, row, result, AttemptStatus::cancelled, std::nullopt);
    const std::size_t step = row.step;
    draft.put(closed(draft, std::move(row), StepStatus::cancelled));
    settle_dependents(draft, step);
  } else if (result.status == AttemptStatus::succeeded) {
    succeed(draft, std::move(row), event);
  } else {
    Failure failure = failure_of(draft, row, result);
    fail(draft, std::move(row), result, std::move(failure));
  }
  settle_run(draft);
}

void abandon_attempt(Draft& draft, const StepState& row) {
  if (row.status != StepStatus::running) return;
  draft.emit(StopAttempt{*row.attempt, StopReason::cancelled});
  end_attempt(draft, row, AttemptResult{}, AttemptStatus::cancelled, std::nullopt);
}

namespace {

void tell_late(Draft& draft, const std::string& what, Instant deadline) {
  const pipeline::Pipeline& pipeline = draft.pipeline();
  draft.note(fmt::format("{}: late", what), Json{{"deadline", format_instant(deadline)}});
  if (!pipeline.notify.is_object() || !pipeline.notify.contains("late")) return;
  draft.emit(Notify{"late", pipeline.notify.at("late"),
                    Json{{"pipeline", pipeline.name},
                         {"partition", draft.header().partition.text()},
                         {"run", draft.header().id.value()},
                         {"what", what},
                         {"deadline", format_instant(deadline)}}});
}

void wake(Draft& draft, StepState row) {
  switch (row.status) {
    case StepStatus::waiting_to_retry:
      row.status = StepStatus::queued;
      row.queued_at = draft.now();
      row.wake_at.reset();
      draft.put(std::move(row));
      break;
    case StepStatus::running:
      draft.emit(StopAttempt{*row.attempt, StopReason::timeout});
      draft.note(fmt::format("step {}: stopped at its timeout", draft.declaration(row.step).name));
      row.stop_requested = StopReason::timeout;
      row.wake_at.reset();
      draft.put(std::move(row));
      break;
    case StepStatus::waiting_for_decision:
      pass_gate_time(draft, row);
      break;
    default:
      break;
  }
}

}  // namespace

void pass_time(Draft& draft, const TimePassed& event) {
  RunHeader& run = draft.header();
  if (!event.step) {
    if (!run.deadline_at || *run.deadline_at > draft.now()) return;
    tell_late(draft, "run", *run.deadline_at);  // rule
    run.deadline_at.reset();
    return;
  }
  StepState row = draft.row({*event.step, event.instance});
  if (row.deadline_at && *row.deadline_at <= draft.now() && !is_final(row.status)) {
    // rule: late, once; the step goes on.
    tell_late(draft, fmt::format("step {}", draft.declaration(row.step).name), *row.deadline_at);
    row.deadline_at.reset();
    draft.put(row);
  }
  if (row.wake_at && *row.wake_at <= draft.now()) {
    wake(draft, std::move(row));
    settle_run(draft);
  }
}

}  // namespace gossamer::orchestration::rules
