// SPDX-License-Identifier: Apache-2.0
// What the engine's pool and a worker process say to each other: JSON messages over a socket pair.
// The first message about an attempt carries its lock as a descriptor.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "executors/job.hpp"

namespace gossamer::executors {

inline constexpr int worker_socket_descriptor = 3;

// --- To the worker --------------------------------------------------------------------------

struct RunJob {
  std::uint64_t id = 0;  // of the job in this conversation
  Job job;               // without an attempt: a call, whose result nobody waits for later
};
struct CancelJob {
  std::uint64_t id = 0;
};
// The attempt's result is committed: the worker need not keep it any more.
struct SettleAttempt {
  AttemptId attempt;
};
using ToWorker = std::variant<RunJob, CancelJob, SettleAttempt>;

// --- To the engine --------------------------------------------------------------------------

struct WorkerReady {};
struct JobProgress {
  std::uint64_t id = 0;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  // 0: not known
};
struct JobFinished {
  std::uint64_t id = 0;
  orchestration::AttemptResult result;
  std::uint64_t memory_bytes = 0;  // what the worker holds after it
};
using FromWorker = std::variant<WorkerReady, JobProgress, JobFinished>;

// invalid_input where a value cannot be written as JSON (a NaN in a report): it names the place.
Result<std::string> encode(const ToWorker& message);
Result<std::string> encode(const FromWorker& message);
Result<ToWorker> decode_to_worker(const std::string& bytes);
Result<FromWorker> decode_from_worker(const std::string& bytes);

}  // namespace gossamer::executors
