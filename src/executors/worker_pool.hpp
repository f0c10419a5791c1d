// SPDX-License-Identifier: Apache-2.0
// The engine's side of worker processes: starts them when there is work, keeps them warm, gives
// each one job at a time, and ends those that crash, hang or have grown. One thread of its own; the
// public methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/event_fd.hpp"
#include "base/files.hpp"
#include "base/guarded.hpp"
#include "base/log.hpp"
#include "base/service.hpp"
#include "base/subprocess.hpp"
#include "executors/job.hpp"
#include "executors/worker_protocol.hpp"

namespace gossamer::executors {

struct WorkerPoolOptions {
  fs::path program;  // gossamer-worker
  fs::path state;    // `.gossamer`
  std::map<std::string, std::string> environment;
  std::size_t workers = 2;  // for attempts; calls that nobody else serves may start one more
  std::uint64_t memory_bytes_max = std::uint64_t{2} << 30U;  // a worker over it is replaced
  Duration grace = std::chrono::seconds(10);  // between asking a job to end and killing its worker
};

// The worker ended before its job did; the attempt's lock is free.
struct WorkerLost {
  std::string why;
};
using WorkerAnswer = std::variant<orchestration::AttemptResult, WorkerLost>;

struct Progress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

class WorkerPool final : public Service {
 public:
  using Answered = std::function<void(WorkerAnswer)>;

  WorkerPool(WorkerPoolOptions options, const Clock& clock, Log log);
  ~WorkerPool() override;

  [[nodiscard]] std::string_view name() const override { return "workers"; }
  Result<void> start() override;
  // Workers are left: each finishes its attempt, puts its results into done/ and ends by itself.
  // Nobody is answered any more.
  void stop() noexcept override;

  // Runs an attempt's job; the lock goes to the worker. `answered` is called once, on the pool's
  // thread, and must not block. Past `patience` the job is stopped, and fails as a timeout.
  void run(Job job, FileLock lock, std::optional<Duration> patience, Answered answered);
  // As run, for a part of an attempt's work whose result nobody waits for after a crash. It has no
  // lock, and is cancelled with its attempt.
  void run_beside(Job job, Answered answered);
  // A job that was not given to a worker yet is answered at once.
  void cancel(const AttemptId& attempt, orchestration::StopReason reason);
  void settle(const AttemptId& attempt);
  // A small job that is no attempt (parse_sql, query), ahead of all attempts. Waits for the answer;
  // its failure becomes the error, `unavailable` past `patience`.
  Result<orchestration::StepResult> call(Job job, Duration patience);
  [[nodiscard]] std::optional<Progress> progress(const AttemptId& attempt) const;

 private:
  struct Request;
  struct WorkerProcess;
  struct Cancel {
    AttemptId attempt;
    orchestration::StopReason reason;
  };
  struct Inbox {
    std::deque<std::unique_ptr<Request>> requests;
    std::vector<Cancel> cancels;
    std::vector<AttemptId> settled;
    bool open = false;
  };

  void loop();
  void take_inbox();
  void take_cancel(const Cancel& cancel);
  void serve_queue();
  void start_what_is_missing();
  Result<void> start_worker();
  void give(WorkerProcess& worker, std::unique_ptr<Request> request);
  void read(WorkerProcess& worker);
  void finish(WorkerProcess& worker, JobFinished finished);
  void bury(WorkerProcess& worker);
  void retire(WorkerProcess& worker);
  void watch_time();
  [[nodiscard]] std::optional<Duration> next_moment() const;
  void answer(std::unique_ptr<Request> request, WorkerAnswer answer);
  void submit(std::unique_ptr<Request> request);

  WorkerPoolOptions options_;
  const Clock& clock_;
  Log log_;
  std::optional<EventFd> wake_;
  FileDescriptor output_;  // `.gossamer/worker.log`
  Guarded<Inbox> inbox_;
  Guarded<std::map<AttemptId, Progress>> progress_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // The loop's own.
  std::deque<std::unique_ptr<Request>> queue_;
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
  std::vector<Subprocess> retired_;              // told to go, not yet collected
  std::map<AttemptId, WorkerProcess*> kept_by_;  // who holds an unsettled result
  std::uint64_t next_id_ = 1;
  int failed_starts_ = 0;  // in a row
};

}  // namespace gossamer::executors
