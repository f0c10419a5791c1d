// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.hpp"
#include "orchestration/run.hpp"

namespace gossamer::executors {

// The class that retry rules see: what cannot get better by itself is `invalid_input`; a moved
// world (conflict) and missing resources are `unavailable`.
orchestration::FailureClass class_of(ErrorKind kind);

orchestration::AttemptResult failed(const AttemptId& attempt, orchestration::Failure failure);
orchestration::AttemptResult failed(const AttemptId& attempt, const Error& error);
orchestration::AttemptResult lost(const AttemptId& attempt, std::string why);
orchestration::AttemptResult stopped(const AttemptId& attempt, orchestration::StopReason reason);

}  // namespace gossamer::executors
