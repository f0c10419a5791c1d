// SPDX-License-Identifier: Apache-2.0
// Runs a program with its children and kills the one that is about to change the disk for the n-th
// time: SIGKILL at each step, chosen exactly.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "base/subprocess.hpp"

namespace gossamer::test {

enum class DiskSteps : std::uint8_t {
  names,   // what changes names or makes data durable: mkdir, link, rename, unlink, fsync ...
  writes,  // these and every positioned write: those of SQLite and DuckDB
};

struct TracedEnd {
  int exit_code = -1;       // of the program itself; 128 + signal where a signal ended it
  std::uint64_t steps = 0;  // that it and its children came to
  std::string killed_at;    // the system call before which one was killed; empty: none was
};

// Steps count from 1; a `kill_at` beyond the last kills nothing. Only the process that comes to the
// step dies: what it started, or what started it, goes on and is waited for. stdout and stderr go
// nowhere. `unavailable` where this user may not trace processes.
Result<TracedEnd> run_traced(const SpawnOptions& options, DiskSteps which, std::uint64_t kill_at);

}  // namespace gossamer::test
