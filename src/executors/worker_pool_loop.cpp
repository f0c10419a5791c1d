// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "executors/failure.hpp"
#include "executors/worker_pool_parts.hpp"

namespace gossamer::executors {

using orchestration::StopReason;

namespace {

constexpr int failed_starts_most = 3;
// A message comes whole or its sender is dying: this only bounds how long a stopped one can hold
// us.
constexpr Duration message_patience = std::chrono::seconds(5);

}  // namespace

void WorkerPool::loop() {
  while (!stopping_) {
    take_inbox();
    watch_time();
    serve_queue();
    std::vector<int> numbers{wake_->descriptor().number()};
    for (const auto& worker : workers_)
      numbers.push_back(worker->socket.descriptor().number());
    const auto ready = poll_readable(numbers, next_moment());
    if (!ready) {
      log_.error("the worker pool cannot wait", {{"error", ready.error()}});
      continue;
    }
    for (const std::size_t place : *ready) {
      if (place == 0) {
        wake_->take();
      } else {
        read(*workers_[place - 1]);
      }
    }
    std::erase_if(workers_, [](const auto& worker) { return worker->is_gone; });
    std::erase_if(retired_, [](Subprocess& process) {
      const auto end = process.wait_for(Duration::zero());
      return !end || end->has_value();
    });
  }
  for (Subprocess& process : retired_)
    process.release();
  retired_.clear();
  inbox_.with([this](Inbox& inbox) {
    inbox.open = false;
    for (auto& request : inbox.requests)
      queue_.push_back(std::move(request));
    inbox.requests.clear();
  });
  for (auto& worker : workers_) {
    if (worker->request && worker->request->is_call()) {
      answer(std::move(worker->request), WorkerLost{"the engine is stopping"});
    }
  }
}

void WorkerPool::take_inbox() {
  Inbox taken = inbox_.with([](Inbox& inbox) {
    Inbox out;
    out.requests = std::exchange(inbox.requests, {});
    out.cancels = std::exchange(inbox.cancels, {});
    out.settled = std::exchange(inbox.settled, {});
    return out;
  });
  for (auto& request : taken.requests) {
    request->id = next_id_++;
    // Calls are short and somebody waits for them: they pass the attempts.
    const auto place = request->is_call()
                           ? std::ranges::find_if(queue_, [](auto& r) { return !r->is_call(); })
                           : queue_.end();
    queue_.insert(place, std::move(request));
  }
  for (const Cancel& cancel : taken.cancels)
    take_cancel(cancel);
  for (const AttemptId& attempt : taken.settled) {
    const auto keeper = kept_by_.find(attempt);
    if (keeper == kept_by_.end()) continue;
    if (const auto bytes = encode(SettleAttempt{attempt})) {
      static_cast<void>(keeper->second->socket.send(*bytes));
    }
    kept_by_.erase(keeper);
  }
}

void WorkerPool::take_cancel(const Cancel& cancel) {
  const auto is_meant = [&](const auto& request) {
    return request && request->job.attempt == cancel.attempt;
  };
  const auto waiting = std::ranges::find_if(queue_, is_meant);
  if (waiting != queue_.end()) {
    auto request = std::move(*waiting);
    queue_.erase(waiting);
    answer(std::move(request), stopped(cancel.attempt, cancel.reason));
    return;
  }
  const auto running =
      std::ranges::find_if(workers_, [&](const auto& worker) { return is_meant(worker->request); });
  if (running == workers_.end()) return;
  Request& request = *(*running)->request;
  if (request.stopped) return;
  request.stopped = cancel.reason;
  request.kill_at = clock_.steady() + options_.grace;
  if (const auto bytes = encode(CancelJob{request.id})) {
    static_cast<void>((*running)->socket.send(*bytes));
  }
}

// Jobs past their time are asked to end, and workers that do not listen are killed.
void WorkerPool::watch_time() {
  const SteadyInstant now = clock_.steady();
  std::vector<std::unique_ptr<Request>> late;
  std::erase_if(queue_, [&](auto& request) {
    if (!request->due || *request->due > now) return false;
    late.push_back(std::move(request));
    return true;
  });
  for (auto& request : late) {
    const AttemptId attempt = request->job.attempt;
    answer(std::move(request), stopped(attempt, StopReason::timeout));
  }
  for (auto& worker : workers_) {
    if (!worker->request) continue;
    Request& request = *worker->request;
    if (!request.stopped && request.due && *request.due <= now) {
      request.stopped = StopReason::timeout;
      // Whoever waits for a call gets no grace on top of the patience that it named.
      request.kill_at = request.is_call() ? now : now + options_.grace;
      if (const auto bytes = encode(CancelJob{request.id})) {
        static_cast<void>(worker->socket.send(*bytes));
      }
    }
    if (request.kill_at && *request.kill_at <= now) {
      static_cast<void>(worker->process.send_signal(SIGKILL));
      request.kill_at.reset();  // its socket tells the rest
    }
  }
}

std::optional<Duration> WorkerPool::next_moment() const {
  std::optional<SteadyInstant> next;
  const auto consider = [&](const std::optional<SteadyInstant>& moment) {
    if (moment && (!next || *moment < *next)) next = moment;
  };
  for (const auto& request : queue_)
    consider(request->due);
  for (const auto& worker : workers_) {
    if (!worker->request) continue;
    if (!worker->request->stopped) consider(worker->request->due);
    consider(worker->request->kill_at);
  }
  if (!next) return std::nullopt;
  return std::max(Duration::zero(), *next - clock_.steady());
}

void WorkerPool::serve_queue() {
  while (!queue_.empty()) {
    const auto idle = std::ranges::find_if(workers_, [](const auto& worker) {
      return worker->is_ready && !worker->request && !worker->is_gone;
    });
    if (idle == workers_.end()) break;
    auto request = std::move(queue_.front());
    queue_.pop_front();
    give(**idle, std::move(request));
  }
  start_what_is_missing();
}

void WorkerPool::start_what_is_missing() {
  const auto is_starting = [](const auto& worker) { return !worker->is_ready && !worker->is_gone; };
  auto starting = static_cast<std::size_t>(std::ranges::count_if(workers_, is_starting));
  const std::size_t calls = !queue_.empty() && queue_.front()->is_call() ? 1 : 0;
  while (starting < queue_.size() && workers_.size() < options_.workers + calls) {
    if (failed_starts_ >= failed_starts_most) break;
    if (start_worker()) ++starting;
  }
  if (failed_starts_ < failed_starts_most || !workers_.empty()) return;
  const std::string why = fmt::format("{} does not start; {} says why", options_.program.string(),
                                      (options_.state / "worker.log").string());
  for (auto& waiting : std::exchange(queue_, {})) {
    const AttemptId attempt = waiting->job.attempt;
    answer(std::move(waiting), failed(attempt, unavailable(why).error()));
  }
  failed_starts_ = 0;  // the next job is tried anew
}

Result<void> WorkerPool::start_worker() {
  TRY_ASSIGN(auto sockets, Socket::pair());
  SpawnOptions options;
  options.argv = {options_.program.string(), "--state", options_.state.string()};
  options.environment = options_.environment;
  options.folder = options_.state;
  options.standard_output = output_.number();
  options.standard_error = output_.number();
  options.descriptors = {{sockets.second.descriptor().number(), worker_socket_descriptor}};
  options.group = ProcessGroup::new_session;
  auto process = Subprocess::spawn(options);
  if (!process) {
    log_.error("cannot start a worker", {{"error", process.error()}});
    ++failed_starts_;
    return std::unexpected(process.error());
  }
  workers_.push_back(std::make_unique<WorkerProcess>(
      WorkerProcess{std::move(*process), std::move(sockets.first), false, false, nullptr}));
  return {};
}

void WorkerPool::give(WorkerProcess& worker, std::unique_ptr<Request> request) {
  const auto bytes = encode(RunJob{request->id, request->job});
  if (!bytes) {
    const AttemptId attempt = request->job.attempt;
    return answer(std::move(request), failed(attempt, bytes.error()));
  }
  std::vector<int> descriptors;
  if (request->lock) descriptors.push_back(request->lock->descriptor().number());
  worker.request = std::move(request);
  // A worker that died meanwhile is noticed when its socket is read.
  static_cast<void>(worker.socket.send(*bytes, descriptors));
  worker.request->lock.reset();
}

void WorkerPool::read(WorkerProcess& worker) {
  auto message = worker.socket.receive_within(message_patience);
  if (!message || !*message) return bury(worker);
  auto decoded = decode_from_worker((*message)->bytes);
  if (!decoded) {
    log_.error("a worker says what cannot be read", {{"error", decoded.error()}});
    return bury(worker);
  }
  if (std::holds_alternative<WorkerReady>(*decoded)) {
    worker.is_ready = true;
    failed_starts_ = 0;
  } else if (const auto* progress = std::get_if<JobProgress>(&*decoded)) {
    if (!worker.request || worker.request->is_call()) return;
    progress_.with(
        [&](auto& all) { all[worker.request->job.attempt] = {progress->done, progress->total}; });
  } else {
    finish(worker, std::get<JobFinished>(std::move(*decoded)));
  }
}

void WorkerPool::finish(WorkerProcess& worker, JobFinished finished) {
  if (!worker.request || worker.request->id != finished.id) return;
  auto request = std::move(worker.request);
  if (request->is_attempt) kept_by_[request->job.attempt] = &worker;
  // A job that was asked to end and still succeeded has succeeded.
  const bool was_stopped =
      request->stopped && finished.result.status != orchestration::AttemptStatus::succeeded;
  const AttemptId attempt = request->job.attempt;
  const auto reason = request->stopped.value_or(StopReason::cancelled);
  if (finished.memory_bytes > options_.memory_bytes_max) retire(worker);
  answer(std::move(request), was_stopped ? stopped(attempt, reason) : std::move(finished.result));
}

// Lets a worker go that has grown: it leaves its unsettled results in done/ and ends.
void WorkerPool::retire(WorkerProcess& worker) {
  worker.is_gone = true;
  worker.socket.shut_down();
  retired_.push_back(std::move(worker.process));
  std::erase_if(kept_by_, [&](const auto& kept) { return kept.second == &worker; });
}

// The worker is dead, or of no use: its job is lost with it.
void WorkerPool::bury(WorkerProcess& worker) {
  static_cast<void>(worker.process.send_signal(SIGKILL));
  const auto end = worker.process.wait();
  worker.is_gone = true;
  std::erase_if(kept_by_, [&](const auto& kept) { return kept.second == &worker; });
  if (!worker.is_ready) ++failed_starts_;  // the job that it was for still waits in the queue
  const std::string how = end ? end->describe() : end.error().describe();
  log_.warning("a worker ended", {{"how", how}});
  if (!worker.request) return;
  auto request = std::move(worker.request);
  const AttemptId attempt = request->job.attempt;
  const auto reason = request->stopped;
  if (reason) return answer(std::move(request), stopped(attempt, *reason));
  answer(std::move(request), WorkerLost{fmt::format("its worker process ended: {}", how)});
}

void WorkerPool::answer(std::unique_ptr<Request> request, WorkerAnswer answer) {
  if (!request->is_call()) {
    progress_.with([&](auto& all) { all.erase(request->job.attempt); });
  }
  request->answered(std::move(answer));
}

}  // namespace gossamer::executors
