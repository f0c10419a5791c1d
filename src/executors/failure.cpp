// SPDX-License-Identifier: Apache-2.0
#include "executors/failure.hpp"

#include <utility>

#include "base/json.hpp"

namespace gossamer::executors {

using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::Failure;
using orchestration::FailureClass;
using orchestration::Outcome;
using orchestration::StopReason;

FailureClass class_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
    case ErrorKind::not_found:
    case ErrorKind::denied:
      return FailureClass::invalid_input;
    case ErrorKind::conflict:
    case ErrorKind::unavailable:
      return FailureClass::unavailable;
    case ErrorKind::bug:
      return FailureClass::bug;
  }
  return FailureClass::bug;
}

AttemptResult failed(const AttemptId& attempt, Failure failure) {
  AttemptResult result;
  result.attempt = attempt;
  result.status = AttemptStatus::failed;
  result.outcome = Outcome::none;
  result.failure = std::move(failure);
  return result;
}

AttemptResult failed(const AttemptId& attempt, const Error& error) {
  return failed(attempt, Failure{class_of(error.kind), error.describe(), {}, {}});
}

AttemptResult lost(const AttemptId& attempt, std::string why) {
  return failed(attempt, Failure{FailureClass::lost, std::move(why), {}, {}});
}

AttemptResult stopped(const AttemptId& attempt, StopReason reason) {
  if (reason == StopReason::timeout) {
    return failed(attempt, Failure{FailureClass::timeout, "ended by its timeout", {}, {}});
  }
  AttemptResult result =
      failed(attempt, Failure{FailureClass::cancelled, "ended by a cancel", {}, {}});
  result.status = AttemptStatus::cancelled;
  return result;
}

}  // namespace gossamer::executors
