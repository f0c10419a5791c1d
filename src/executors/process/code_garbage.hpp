// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "executors/state_folder.hpp"
#include "orchestration/ports.hpp"
#include "warehouse/services.hpp"

namespace gossamer::executors {

// Copies of code that no run has pinned which `kept` can still load, and what a crash has left of
// copies that were being made or removed: [{what, bytes}]. May run beside attempts that pin code: a
// copy is taken away in one step while none does.
Result<Json> collect_code(const StateFolder& state, const orchestration::RunStore& kept,
                          warehouse::CollectMode mode);

}  // namespace gossamer::executors
