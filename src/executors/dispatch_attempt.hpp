// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/subprocess.hpp"
#include "executors/dispatch.hpp"

namespace gossamer::executors {

// What the dispatch thread remembers of one attempt until it is settled.
struct Dispatch::Attempt {
  std::shared_ptr<const orchestration::AttemptOrder> order;
  AttemptFolder folder;
  std::optional<Subprocess> process;  // its supervisor, or what waits for its lock
  bool is_own_program = false;        // `process` is its supervisor
  bool in_worker = false;
  bool was_launched = false;      // by this engine: it is not begun a second time
  bool output_was_given = false;  // to a worker, likewise
  bool delivered = false;
  // While its inputs are cut: the job, its lock, and the cuts that are still to be made.
  std::optional<Job> job;
  std::optional<FileLock> lock;
  std::vector<Job> cuts;
  std::string ended = "the process that ran it ended without a report";
  std::optional<orchestration::StopReason> asked;
  std::optional<SteadyInstant> kill_at;  // of one that we reach only by its files

  [[nodiscard]] const AttemptId& id() const { return order->attempt; }
};

}  // namespace gossamer::executors
