// SPDX-License-Identifier: Apache-2.0
#include "orchestration/naming.hpp"
#include "orchestration/run.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Names<6> run_status_names{"queued",    "running", "waiting",
                                    "succeeded", "failed",  "cancelled"};
constexpr Names<10> step_status_names{
    "pending",          "queued",           "running",   "waiting_for_decision",
    "waiting_for_data", "waiting_to_retry", "succeeded", "failed",
    "skipped",          "cancelled"};
constexpr Names<8> outcome_names{"none",     "succeeded", "passed",  "failed_criteria",
                                 "approved", "rejected",  "expired", "superseded"};
constexpr Names<8> failure_names{"invalid_input", "unavailable",  "lost",      "timeout",
                                 "exit_code",     "check_failed", "cancelled", "bug"};
constexpr Names<2> lane_names{"live", "backfill"};
constexpr Names<2> stop_reason_names{"cancelled", "timeout"};
constexpr Names<3> attempt_status_names{"succeeded", "failed", "cancelled"};

}  // namespace

std::string_view name_of(RunStatus status) { return name_in(run_status_names, status); }
std::string_view name_of(StepStatus status) { return name_in(step_status_names, status); }
std::string_view name_of(Outcome outcome) { return name_in(outcome_names, outcome); }
std::string_view name_of(FailureClass failure) { return name_in(failure_names, failure); }
std::string_view name_of(Lane lane) { return name_in(lane_names, lane); }
std::string_view name_of(StopReason reason) { return name_in(stop_reason_names, reason); }
std::string_view name_of(AttemptStatus status) { return name_in(attempt_status_names, status); }

Result<RunStatus> parse_run_status(std::string_view text) {
  return parse_name<RunStatus>(run_status_names, text, "run state");
}
Result<StepStatus> parse_step_status(std::string_view text) {
  return parse_name<StepStatus>(step_status_names, text, "step state");
}
Result<Outcome> parse_outcome(std::string_view text) {
  return parse_name<Outcome>(outcome_names, text, "outcome");
}
Result<FailureClass> parse_failure_class(std::string_view text) {
  return parse_name<FailureClass>(failure_names, text, "class of failure");
}
Result<Lane> parse_lane(std::string_view text) {
  return parse_name<Lane>(lane_names, text, "lane");
}
Result<StopReason> parse_stop_reason(std::string_view text) {
  return parse_name<StopReason>(stop_reason_names, text, "reason to stop");
}
Result<AttemptStatus> parse_attempt_status(std::string_view text) {
  return parse_name<AttemptStatus>(attempt_status_names, text, "attempt status");
}

bool is_final(RunStatus status) {
  return status == RunStatus::succeeded || status == RunStatus::failed ||
         status == RunStatus::cancelled;
}

bool is_final(StepStatus status) {
  return status == StepStatus::succeeded || status == StepStatus::failed ||
         status == StepStatus::skipped || status == StepStatus::cancelled;
}

}  // namespace gossamer::orchestration
