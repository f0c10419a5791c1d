// SPDX-License-Identifier: Apache-2.0
// The rules that transition.cpp joins, by what they are about. Each changes a draft.
#pragma once

#include <set>

#include "orchestration/draft.hpp"

namespace gossamer::orchestration::rules {

// --- settling.cpp: what follows when something has finished ---------------------------------

bool is_satisfied(const StepView& upstream, bool left_out, pipeline::Condition condition);
// Begins every step that waits for nothing any more, through all that follows from it.
void begin_ready(Draft& draft);
// `step` has become final as a whole: its dependents wait for one less.
void settle_dependents(Draft& draft, std::size_t step);
// The run's own status after its rows have changed, with what it tells others.
void settle_run(Draft& draft);

// --- attempts.cpp ---------------------------------------------------------------------------

void grant(Draft& draft, const StepGranted& event);
void wait_for_data(Draft& draft, const DataMissing& event);
void take_up_data(Draft& draft, const DataArrived& event);
void give_up_data(Draft& draft, const DataGivenUp& event);
void finish_attempt(Draft& draft, const AttemptFinished& event);
void pass_time(Draft& draft, const TimePassed& event);
// The attempt of a row that will not get a result any more.
void abandon_attempt(Draft& draft, const StepState& row);
bool may_retry(const pipeline::Retries& retries, const Failure& failure, int attempts);
Duration backoff_after(const pipeline::Retries& retries, int attempts);

// --- gates.cpp ------------------------------------------------------------------------------

void open_gate(Draft& draft, StepState row, const approval::Gate& gate);
void let_stand(Draft& draft, StepState row, const approval::Gate& decided);
void vote(Draft& draft, const PersonVoted& event);
void supersede(Draft& draft, const GateSuperseded& event);
void withdraw(Draft& draft, const GateId& gate);
void pass_gate_time(Draft& draft, const StepState& row);

// --- reruns.cpp -----------------------------------------------------------------------------

void start_run(Draft& draft, const RunStarted& event);
void cancel(Draft& draft, const CancelRequested& event);
void retry(Draft& draft, const RetryRequested& event);
void force(Draft& draft, const StepForced& event);
// Whether a step that is done again reads the model versions that it read before.
enum class Pins : std::uint8_t { keep, fresh };
// `roots` and all that depends on them go back to pending, in the next generation.
void reset_behind(Draft& draft, const std::set<std::size_t>& roots, Pins pins);

}  // namespace gossamer::orchestration::rules
