// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "executors/supervisor/spec.hpp"

namespace gossamer::supervisor {

// The supervisor's exit codes: for its own log and for tests, since the engine reads reports.
enum class Exit : int { reported = 0, misused = 2, entombed = 3, unreported = 4 };

// Runs the attempt to its end. The caller holds the attempt's lock until this has returned.
Exit supervise(const Spec& spec);

// Blocks until the lock of `path` is free, without keeping it: how an engine waits for an attempt
// that it did not start itself.
Exit wait_for_lock(const char* path);

}  // namespace gossamer::supervisor
