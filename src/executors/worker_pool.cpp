// SPDX-License-Identifier: Apache-2.0
#include "executors/worker_pool.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <utility>

#include "base/json.hpp"
#include "executors/worker_pool_parts.hpp"

namespace gossamer::executors {

using orchestration::AttemptResult;
using orchestration::FailureClass;
using orchestration::StopReason;

namespace {

ErrorKind kind_of(FailureClass failure) {
  switch (failure) {
    case FailureClass::invalid_input:
    case FailureClass::check_failed:
    case FailureClass::exit_code:
      return ErrorKind::invalid_input;
    case FailureClass::unavailable:
    case FailureClass::lost:
    case FailureClass::timeout:
    case FailureClass::cancelled:
      return ErrorKind::unavailable;
    case FailureClass::bug:
      return ErrorKind::bug;
  }
  return ErrorKind::bug;
}

}  // namespace

WorkerPool::WorkerPool(WorkerPoolOptions options, const Clock& clock, Log log)
    : options_(std::move(options)), clock_(clock), log_(std::move(log)) {}

WorkerPool::~WorkerPool() { stop(); }

Result<void> WorkerPool::start() {
  TRY_ASSIGN(wake_, EventFd::make());
  TRY_ASSIGN(output_, open_file(options_.state / "worker.log", O_WRONLY | O_CREAT | O_APPEND));
  inbox_.with([](Inbox& inbox) { inbox.open = true; });
  thread_ = std::thread([this] { loop(); });
  return {};
}

void WorkerPool::stop() noexcept {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake_->raise();
  thread_.join();
  // Closing a worker's socket is what tells it to finish and go.
  for (auto& worker : workers_)
    worker->process.release();
  workers_.clear();
  kept_by_.clear();
  // Threads that wait in call() must come back.
  for (auto& request : queue_) {
    if (request->is_call()) answer(std::move(request), WorkerLost{"the engine is stopping"});
  }
  queue_.clear();
}

void WorkerPool::submit(std::unique_ptr<Request> request) {
  const bool taken = inbox_.with([&](Inbox& inbox) {
    if (inbox.open) inbox.requests.push_back(std::move(request));
    return inbox.open;
  });
  if (taken) {
    wake_->raise();
  } else {
    request->answered(WorkerLost{"the engine is stopping"});
  }
}

void WorkerPool::run(Job job, FileLock lock, std::optional<Duration> patience, Answered answered) {
  auto request = std::make_unique<Request>();
  request->job = std::move(job);
  request->lock = std::move(lock);
  request->is_attempt = true;
  if (patience) request->due = clock_.steady() + *patience;
  request->answered = std::move(answered);
  submit(std::move(request));
}

void WorkerPool::run_beside(Job job, Answered answered) {
  auto request = std::make_unique<Request>();
  request->job = std::move(job);
  request->answered = std::move(answered);
  submit(std::move(request));
}

void WorkerPool::cancel(const AttemptId& attempt, StopReason reason) {
  inbox_.with([&](Inbox& inbox) { inbox.cancels.push_back({attempt, reason}); });
  if (wake_) wake_->raise();
}

void WorkerPool::settle(const AttemptId& attempt) {
  inbox_.with([&](Inbox& inbox) { inbox.settled.push_back(attempt); });
  if (wake_) wake_->raise();
}

Result<orchestration::StepResult> WorkerPool::call(Job job, Duration patience) {
  auto slot = std::make_shared<Guarded<std::optional<WorkerAnswer>>>();
  auto request = std::make_unique<Request>();
  const std::string kind = job.kind;
  request->job = std::move(job);
  request->due = clock_.steady() + patience;
  request->answered = [slot](WorkerAnswer answer) {
    slot->change([&](auto& waiting) { waiting = std::move(answer); });
  };
  submit(std::move(request));
  WorkerAnswer answer = slot->when([](const auto& waiting) { return waiting.has_value(); },
                                   [](auto& waiting) { return std::move(*waiting); });
  if (const auto* gone = std::get_if<WorkerLost>(&answer)) {
    return unavailable(fmt::format("{}: {}", kind, gone->why));
  }
  auto& result = std::get<AttemptResult>(answer);
  if (!result.failure) return std::move(result.result);
  if (result.failure->failure == FailureClass::timeout) {
    return unavailable(fmt::format("{} was stopped after {}", kind, format_duration(patience)));
  }
  return fail(kind_of(result.failure->failure), result.failure->message);
}

std::optional<Progress> WorkerPool::progress(const AttemptId& attempt) const {
  return progress_.with([&](const auto& all) -> std::optional<Progress> {
    const auto found = all.find(attempt);
    if (found == all.end()) return std::nullopt;
    return found->second;
  });
}

}  // namespace gossamer::executors
