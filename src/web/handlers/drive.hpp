// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "orchestration/service.hpp"
#include "web/request.hpp"

namespace gossamer::web {

// Waits until the run and all that follow from it have finished or wait for people, telling
// `events` of every step and run that moves. Each run is told at most once a state, and nothing is
// told of those steps of the run that had `ended` before, unless they are repeated.
Result<std::vector<orchestration::RunEnd>> drive(orchestration::EngineService& engine,
                                                 const approval::GateStore& gates, const RunId& run,
                                                 const EventSink& events,
                                                 std::set<std::string> ended = {});

}  // namespace gossamer::web
