// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/json.hpp"
#include "executors/dispatch_attempt.hpp"
#include "executors/failure.hpp"
#include "executors/process/command.hpp"
#include "executors/process/cut.hpp"
#include "executors/process/launch.hpp"
#include "executors/process/program_model.hpp"
#include "executors/process/program_result.hpp"

namespace gossamer::executors {

using orchestration::AttemptResult;

namespace {

// Moments are kept by the files: whoever runs the program has no clock.
std::optional<Instant> changed_at(const fs::path& path) {
  std::error_code error;
  const auto when = fs::last_write_time(path, error);
  if (error) return std::nullopt;
  return std::chrono::time_point_cast<Duration>(std::chrono::file_clock::to_sys(when));
}

bool is_program(const orchestration::AttemptOrder& order) {
  const auto kind = order.declaration().kind;
  return kind == pipeline::StepKind::command || kind == pipeline::StepKind::notebook;
}

// What a model is called that the program does not name itself.
std::string model_name(const pipeline::Step& step) {
  const auto* command = std::get_if<pipeline::CommandStep>(&step.body);
  return command == nullptr || command->model.empty() ? step.name : command->model;
}

// What the program left beside its rows.
Result<void> add_outputs(AttemptResult& result, const orchestration::AttemptOrder& order,
                         const AttemptFolder& folder) {
  TRY_ASSIGN(result.result.outputs, outputs_in(folder.root / result_file));
  TRY_ASSIGN(result.result.model, model_left_in(folder.root / model_folder, result.result.outputs,
                                                model_name(order.declaration())));
  return {};
}

}  // namespace

void Dispatch::cut_inputs(Attempt& attempt, Job job, FileLock lock) {
  attempt.cuts = cuts_of(job);
  if (attempt.cuts.empty()) return run_program(attempt, job, std::move(lock));
  // Cuts of an engine that died before the program began.
  static_cast<void>(remove_tree(attempt.folder.root / "cut"));
  attempt.job = std::move(job);
  attempt.lock = std::move(lock);
  attempt.in_worker = true;
  workers_.run_beside(attempt.cuts.back(), answer_to(attempt.id()));
}

void Dispatch::cut_ended(Attempt& attempt, WorkerAnswer answer) {
  attempt.cuts.pop_back();
  FileLock lock = std::move(*std::exchange(attempt.lock, std::nullopt));
  Job job = std::move(*std::exchange(attempt.job, std::nullopt));
  const auto* gone = std::get_if<WorkerLost>(&answer);
  const auto* result = std::get_if<AttemptResult>(&answer);
  if (gone != nullptr || result->failure || attempt.asked) {
    attempt.cuts.clear();
    if (attempt.asked) return deliver(attempt, stopped(attempt.id(), *attempt.asked));
    // Nothing has begun: the retry policy may well try again.
    return deliver(
        attempt, gone != nullptr ? failed(attempt.id(), unavailable(gone->why).error()) : *result);
  }
  if (attempt.cuts.empty()) {
    auto cut = with_cuts(std::move(job));
    if (!cut) return deliver(attempt, failed(attempt.id(), cut.error()));
    return run_program(attempt, *cut, std::move(lock));
  }
  attempt.job = std::move(job);
  attempt.lock = std::move(lock);
  attempt.in_worker = true;
  workers_.run_beside(attempt.cuts.back(), answer_to(attempt.id()));
}

void Dispatch::run_program(Attempt& attempt, const Job& job, FileLock lock) {
  auto spec = preparation_.program(*attempt.order, job);
  if (!spec) return deliver(attempt, failed(attempt.id(), spec.error()));
  spec->attempt = attempt.id().value();
  spec->folder = attempt.folder.root.string();
  spec->done = state_.done().string();
  spec->tombstones = state_.tombstones().string();
  spec->engine_pid = ::getpid();
  spec->grace_us = options_.grace.count();
  spec->environment.push_back("GOSSAMER_ATTEMPT=" + attempt.id().value());
  if (attempt.order->due_at) {
    spec->timeout_us = std::max<std::int64_t>(1, (*attempt.order->due_at - clock_.now()).count());
  }
  auto process = launch(options_.supervisor, *spec, lock, output_);
  if (!process) return deliver(attempt, failed(attempt.id(), process.error()));
  attempt.process = std::move(*process);
  attempt.is_own_program = true;
  attempt.was_launched = true;
}

void Dispatch::program_ended(Attempt& attempt, const ProgramEnd& end, FileLock lock) {
  AttemptResult result = result_of(attempt.id(), end, attempt.asked);
  if (result.failure) return complete(attempt, std::move(result));
  const auto files = list_folder(attempt.folder.root / output_folder);
  const bool has_rows = files && !files->empty();
  const bool should_have = attempt.order->declaration().output.has_value();
  if (has_rows && !should_have) {
    return complete(attempt, failed(attempt.id(),
                                    invalid_input("the program wrote into GOSSAMER_OUTPUT, but the "
                                                  "step declares no `output`")
                                        .error()));
  }
  if (!should_have) return complete(attempt, std::move(result));
  if (attempt.output_was_given) return declare_lost(attempt, std::move(lock));
  attempt.output_was_given = true;
  auto job = preparation_.job(*attempt.order);
  if (!job) return complete(attempt, failed(attempt.id(), job.error()));
  job->kind = "adopt_output";
  job->folder = attempt.folder.root.string();
  job->spec = {{"source", (attempt.folder.root / output_folder).string()}};
  run_job(attempt, std::move(*job), std::move(lock));
}

void Dispatch::complete(Attempt& attempt, AttemptResult result) {
  if (!is_program(*attempt.order)) return deliver(attempt, std::move(result));
  if (result.failure) explain(*result.failure, *attempt.order, attempt.folder);
  if (!result.failure) {
    const auto added = add_outputs(result, *attempt.order, attempt.folder);
    if (!added) result = failed(attempt.id(), added.error());
  }
  result.started_at = changed_at(attempt.folder.begun());
  if (!result.finished_at) result.finished_at = changed_at(state_.done(attempt.id()));
  deliver(attempt, std::move(result));
}

}  // namespace gossamer::executors
