// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/files.hpp"
#include "base/result.hpp"

namespace gossamer::executors {

// Who drives a workspace: at most one process of this machine. The kernel gives the lock back the
// instant its holder dies; a paused holder keeps it. Its descriptor is close-on-exec, so that no
// child can keep it alive.
class EngineLock {
 public:
  // Nothing where another process drives. `state` is `.gossamer`, created where it is missing.
  // unavailable on a network file system, whose locks cannot be trusted.
  static Result<std::optional<EngineLock>> try_take(const fs::path& state);

  // For messages: the process that took it last, if it still runs.
  static std::optional<int> holder(const fs::path& state);

 private:
  explicit EngineLock(FileLock lock) : lock_(std::move(lock)) {}

  FileLock lock_;
};

}  // namespace gossamer::executors
