// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/machine.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include "tests/simulation/disk.hpp"

namespace gossamer::simulation {

using orchestration::AttemptOrder;
using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::Failure;
using orchestration::FailureClass;
using orchestration::StopReason;

namespace {

AttemptResult stopped(const AttemptId& attempt, StopReason reason) {
  AttemptResult result;
  result.attempt = attempt;
  result.status = reason == StopReason::timeout ? AttemptStatus::failed : AttemptStatus::cancelled;
  if (reason == StopReason::timeout) {
    result.failure = Failure{FailureClass::timeout, "it took too long", {}, {}};
  }
  return result;
}

}  // namespace

// --- The engine's side ---------------------------------------------------------------------------

void Machine::start(const AttemptOrder& order) {
  if (!journal_.ordered.contains(order.attempt)) {
    journal_.broken.push_back(
        fmt::format("an effect came before its commit: {} was started", order.attempt.value()));
  }
  if (!known_.insert(order.attempt).second) return;
  Process& process = processes_[order.attempt];
  if (!process.order) process.order = std::make_shared<const AttemptOrder>(order);
  if (!process.is_alive) look(order.attempt);
}

// As in executors/dispatch: a report, then a tombstone or the mark of a beginning, then a start.
void Machine::look(const AttemptId& attempt) {
  const Process& process = processes_.at(attempt);
  auto done = state_.read_done(attempt);
  if (!done) {
    journal_.story.push_back(done.error().describe());
    return declare_lost(attempt);
  }
  if (*done) return deliver(std::get<AttemptResult>(**done));
  const auto folder =
      state_.attempt(process.order->run, process.order->declaration().name, attempt);
  const bool has_begun = path_exists(folder.begun()).value_or(true);
  const bool is_buried = path_exists(state_.tombstone(attempt)).value_or(true);
  if (has_begun || is_buried) return declare_lost(attempt);
  if (process.asked) return deliver(stopped(attempt, *process.asked));
  begin(attempt);
}

void Machine::begin(const AttemptId& attempt) {
  Process& process = processes_.at(attempt);
  const auto folder =
      state_.attempt(process.order->run, process.order->declaration().name, attempt);
  static_cast<void>(make_folders(folder.root));
  static_cast<void>(open_file(folder.begun(), O_WRONLY | O_CREAT));
  process.is_alive = true;
}

void Machine::declare_lost(const AttemptId& attempt) {
  if (const auto buried = state_.bury(attempt); !buried) return;
  const Process& process = processes_.at(attempt);
  if (process.asked) return deliver(stopped(attempt, *process.asked));
  if (journal_.reported.contains(attempt)) {
    journal_.broken.push_back(
        fmt::format("a durable report was lost: {} is declared lost", attempt.value()));
  }
  journal_.buried.insert(attempt);
  AttemptResult result;
  result.attempt = attempt;
  result.status = AttemptStatus::failed;
  result.failure = Failure{FailureClass::lost, "nobody works on it", {}, {}};
  deliver(result);
}

void Machine::deliver(const AttemptResult& result) {
  if (result.status == AttemptStatus::succeeded && journal_.buried.contains(result.attempt)) {
    journal_.broken.push_back(fmt::format("a late report was taken of {}, which was declared lost",
                                          result.attempt.value()));
  }
  if (sink_ && known_.contains(result.attempt)) sink_(result);
}

void Machine::stop(const AttemptId& attempt, StopReason reason) {
  const auto found = processes_.find(attempt);
  if (found == processes_.end() || !known_.contains(attempt)) return;
  Process& process = found->second;
  if (!process.asked) process.asked = reason;
  if (process.is_alive && !stops_slowly_) end(stopped(attempt, *process.asked));
}

void Machine::settle(const AttemptId& attempt) {
  state_.forget(attempt);
  journal_.reported.erase(attempt);  // what it said is in the database
  known_.erase(attempt);
}

void Machine::connect(orchestration::AttemptSink sink) {
  known_.clear();
  sink_ = std::move(sink);
}

void Machine::disconnect() {
  known_.clear();
  sink_ = nullptr;
}

// --- The processes' side -------------------------------------------------------------------------

std::vector<AttemptId> Machine::alive() const {
  std::vector<AttemptId> attempts;
  for (const auto& [attempt, process] : processes_) {
    if (process.is_alive) attempts.push_back(attempt);
  }
  return attempts;
}

void Machine::write_report(const AttemptResult& result) {
  if (state_.write_done(result)) journal_.reported.insert(result.attempt);
}

void Machine::end(AttemptResult result) {
  Process& process = processes_.at(result.attempt);
  write_report(result);
  process.is_alive = false;
  if (known_.contains(result.attempt)) look(result.attempt);
}

void Machine::die(const AttemptId& attempt, std::optional<AttemptResult> report_of_child) {
  processes_.at(attempt).is_alive = false;
  if (report_of_child) late_.push_back(*std::move(report_of_child));
  if (known_.contains(attempt)) look(attempt);
}

bool Machine::report_late() {
  if (late_.empty()) return false;
  const AttemptResult result = late_.back();
  late_.pop_back();
  // Before anybody has looked, a report is as good as any other.
  write_report(result);
  return true;
}

void Machine::cut_power() {
  for (auto& [attempt, process] : processes_)
    process.is_alive = false;
  late_.clear();
  simulation::cut_power(state_.root());
}

}  // namespace gossamer::simulation
