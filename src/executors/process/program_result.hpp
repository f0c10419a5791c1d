// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "executors/state_folder.hpp"

namespace gossamer::executors {

// What the end of a supervised program means for its attempt. `asked` is why the engine asked for
// its end, if it did. Success has no outputs yet: those are in the attempt's folder.
orchestration::AttemptResult result_of(const AttemptId& attempt, const ProgramEnd& end,
                                       std::optional<orchestration::StopReason> asked);

// Says more of a failed program where more is known: what a notebook said of its cell, that there
// was no container to run in.
void explain(orchestration::Failure& failure, const orchestration::AttemptOrder& order,
             const AttemptFolder& folder);

// The values that a program wrote into GOSSAMER_RESULT; an empty object where it wrote none.
// invalid_input where the file is no JSON object or larger than 1 MiB.
Result<Json> outputs_in(const fs::path& file);

}  // namespace gossamer::executors
