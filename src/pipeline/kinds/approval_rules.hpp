// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipeline/draft.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/problems.hpp"

namespace gossamer::pipeline {

// Who may decide exists and can be enough; what is switched exists and has the right type; what is
// published is held; expiry, reminders and escalation are in a possible order.
void check_approval(const StepDraft& draft, const Surroundings& around, Problems& problems);

}  // namespace gossamer::pipeline
