// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <vector>

#include "base/files.hpp"
#include "base/ids.hpp"
#include "base/subprocess.hpp"
#include "executors/supervisor/spec.hpp"

namespace gossamer::executors {

// Starts the supervisor `program` for one attempt in a session of its own and hands it the lock.
// `log` becomes its standard output and error. The returned process must be released where it
// should outlive this one.
Result<Subprocess> launch(const fs::path& program, const supervisor::Spec& spec,
                          const FileLock& lock, const FileDescriptor& log);

// Starts a process that ends once nobody holds the lock of `path`; it dies with this one.
Result<Subprocess> launch_lock_waiter(const fs::path& program, const fs::path& path,
                                      const FileDescriptor& log);

// Kills every process that still works for one of these attempts, whose supervisors are gone: those
// that name it in their environment, and those that hold a file of its folder below `runs` open.
// Spares this process and `spared`.
void end_holders(const fs::path& runs, const std::set<AttemptId>& attempts,
                 const std::vector<pid_t>& spared);

}  // namespace gossamer::executors
