// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "base/socket.hpp"
#include "base/subprocess.hpp"
#include "executors/worker_pool.hpp"

namespace gossamer::executors {

struct WorkerPool::Request {
  std::uint64_t id = 0;
  Job job;
  std::optional<FileLock> lock;
  std::optional<SteadyInstant> due;
  Answered answered;
  std::optional<orchestration::StopReason> stopped;
  std::optional<SteadyInstant> kill_at;
  bool is_attempt = false;  // it came with a lock, and its result is kept until it is settled
  bool is_call() const { return job.attempt.empty(); }
};

struct WorkerPool::WorkerProcess {
  Subprocess process;
  Socket socket;
  bool is_ready = false;
  bool is_gone = false;
  std::unique_ptr<Request> request;  // null: free
};

}  // namespace gossamer::executors
