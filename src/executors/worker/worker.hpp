// SPDX-License-Identifier: Apache-2.0
// worker: the process in which built-in kinds run. Owns one conversation with an engine and runs
// one job at a time; keeps each attempt's result, and its lock, until the engine says it is
// committed. An engine that goes away changes nothing for the attempt: it is finished, its result
// is left in done/, and the worker ends. Never opens the control database.
#pragma once

#include <map>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/socket.hpp"
#include "executors/job.hpp"
#include "executors/state_folder.hpp"

namespace gossamer::executors {

using JobHandlers = std::map<std::string, JobHandler>;  // by Job::kind

// Serves until the engine closes its side. An error: a result could not be left in done/.
Result<void> serve_jobs(Socket socket, const StateFolder& state, const JobHandlers& handlers,
                        const Clock& clock);

}  // namespace gossamer::executors
